/*
 * Appraising a TPM's evidence: from a bundle, reference values, the user's policy and trust to a verdict. Pure: time, the
 * verifier's nonce and secret, and who vouches for the reference values are arguments.
 *
 * In this order: the attestation key (its structure, attributes, scheme; bound to a TPM by a credential, the verifier's
 * own enrolment record, a pinned name or a certificate), the endorsement key behind it, the quote (magic, type, signature,
 * qualifying data, nonce), the registers (signed selection, digest over the claimed values, comparison with the
 * prediction), the event log, who vouches, what is covered. Claims come only from what is signed.
 */
#ifndef ASSAY_APPRAISE_APPRAISE_TPM_H
#define ASSAY_APPRAISE_APPRAISE_TPM_H

#include "appraise/enrolment.h"
#include "appraise/policy.h"
#include "appraise/reference_values.h"
#include "appraise/verdict.h"
#include "evidence/bundle.h"
#include "evidence/event_log.h"
#include "trust/credential.h"
#include "trust/trust_file.h"

/* Who stands behind the reference values, as the verifier found out itself; never read from their file. */
enum appraise_vouch {
	APPRAISE_UNSIGNED_CLAIM, /* nobody that the verifier knows */
	APPRAISE_BUILT_HERE,     /* this store's own build record has the manifest */
};

/* What the verifier sent to the machine it talks to: for which keys it made the credential, and what is in it. */
struct appraise_challenge {
	struct tpm_name ak;
	struct span ek_public;
	uint8_t secret[CREDENTIAL_SECRET_SIZE];
};

struct appraise_tpm_in {
	const struct bundle *bundle;
	const struct reference_shape *shape;
	enum appraise_vouch vouch;
	const struct policy *policy;
	const struct trust_file *trust; /* with its certificates */
	const uint8_t *nonce; /* BINDING_NONCE_SIZE bytes that the verifier chose, or NULL */
	const struct appraise_challenge *challenge; /* NULL: evidence from a file */
	const struct enrolment *enrolment;          /* the record for the bundle's AK, or NULL */
	int64_t at_unix;
};

struct appraise_tpm_out {
	struct verdict verdict;
	/* Values that the signature covers and the log that replays to them, for explaining; empty when they do not hold. */
	struct bundle_bank signed_bank; /* of the policy's bank; pcrs 0: none */
	bool log_holds;
	struct event_log log;
	uint32_t differing; /* bit n: PCR n differs from its reference value in some bank */
};

/*
 * True when there is a verdict, whatever it says. Borrowed from the arguments and a. Fails: USAGE for a policy that requires
 * nothing or a shape of another platform, LIMIT when a is full.
 */
bool appraise_tpm(struct appraise_tpm_out *ret, const struct appraise_tpm_in *in, struct arena *a,
	struct err *e) MUST_CHECK;

#endif
