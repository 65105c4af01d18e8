/*
 * What a policy demands of a TPM's keys and quotes, in its member `tpm`: how the attestation key is known, how strong its
 * signature is, which firmware the TPM has. doc/policy.md says it for people. A zeroed one demands nothing beside what every
 * appraisal does.
 */
#ifndef ASSAY_APPRAISE_POLICY_TPM_H
#define ASSAY_APPRAISE_POLICY_TPM_H

#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"
#include "codec/json.h"

/* By what an attestation key is known to live in a TPM; of several that are offered the first is told as its bond. */
enum policy_tpm_ak {
	POLICY_TPM_PINNED,     /* the trust file has its name */
	POLICY_TPM_CREDENTIAL, /* the TPM opened this verifier's own credential, in this conversation */
	POLICY_TPM_ENROLLED,    /* this verifier's record of an earlier one */
	POLICY_TPM_CERTIFICATE, /* of the key itself; Google's among them */
	POLICY_TPM_AKS,
};

struct policy_tpm {
	unsigned ak;           /* bit n: enum policy_tpm_ak n will do; 0: any */
	unsigned min_rsa_bits; /* 0: not asked */
	unsigned hashes;       /* bit n: enum digest_alg n; 0: any that is strong */
	uint64_t min_firmware; /* firmwareVersion of the quote; 0: not asked */
};

const char *policy_tpm_ak_name(enum policy_tpm_ak ak); /* "certificate" */
/* v NULL: nothing changes. Members that are absent keep what they have. Fails: FORMAT with the line. */
bool policy_tpm_parse(struct policy_tpm *ret, const struct json *v, struct err *e) MUST_CHECK;
/* What is demanded, one sentence a line; nothing where nothing is. */
void policy_tpm_tell(const struct policy_tpm *p, struct buf *out);
/* "sha256 or sha384", "pinned or certificate"; nothing for none. */
void policy_tpm_tell_hashes(unsigned hashes, struct buf *out);
void policy_tpm_tell_aks(unsigned aks, struct buf *out);

#endif
