/*
 * What the user demands of a machine: which registers, in which bank, and that the evidence is fresh. doc/policy.md says
 * it for people. A zeroed policy requires no register and is refused by the appraisal.
 */
#ifndef ASSAY_APPRAISE_POLICY_H
#define ASSAY_APPRAISE_POLICY_H

#include "appraise/policy_azure.h"
#include "appraise/policy_gce.h"
#include "appraise/policy_nitro.h"
#include "appraise/policy_snp.h"
#include "appraise/policy_tdx.h"
#include "appraise/policy_tpm.h"
#include "appraise/policy_vouchers.h"
#include "base/arena.h"
#include "base/digest.h"
#include "base/err.h"
#include "codec/json.h"

#define POLICY_FORMAT "assay.policy/1"
enum { POLICY_LEEWAY_MAX = 24 * 3600 };

enum policy_freshness {
	POLICY_NONCE,   /* the evidence answers a nonce that the verifier knows */
	POLICY_ARCHIVE, /* old evidence may be looked at: what it says was true at some time */
};

struct policy {
	struct str id;      /* goes into the result */
	uint32_t registers; /* bit n: PCR n is required */
	enum digest_alg bank;
	enum policy_freshness freshness;
	int64_t leeway_s; /* that this verifier's clock may be slow or fast, for certificates, lists and documents */
	bool safe_clock; /* the TPM must say that it reported no later value of its clock */
	/* Bit n: evidence of enum bundle_kind n is taken; 0: of any. What the file names, else those of which it asks something. */
	uint32_t kinds;
	struct str shape; /* of the reference values; empty: the only one for a TPM */
	struct policy_tpm tpm;
	struct policy_vouchers vouchers; /* and of which images they may be */
	struct policy_snp snp;
	struct policy_tdx tdx;
	struct policy_nitro nitro;
	struct policy_azure azure;
	struct policy_gce gce;
};

/* PCR 0, 2-7, 9, 11-14 of the SHA-256 bank, a fresh nonce. */
struct policy policy_default(void);

/* Members that are absent keep their default. All memory from a. Fails: FORMAT with the line, LIMIT. */
bool policy_parse(
	struct policy *ret, const struct json *v, struct arena *a, struct err *e) MUST_CHECK;

#endif
