/*
 * What an appraisal concludes: the status of an Entity Attestation Result (draft-ietf-rats-ear), the AR4SI vector with a
 * reason for each claim, and the list of checks that both come from. A zeroed verdict rejects.
 */
#ifndef ASSAY_APPRAISE_VERDICT_H
#define ASSAY_APPRAISE_VERDICT_H

#include "appraise/check.h"
#include "appraise/reference_values.h"
#include "base/buf.h"

/* Tiers as EAR writes them in integers. */
enum verdict_status {
	VERDICT_NONE = 0,
	VERDICT_AFFIRMING = 2,
	VERDICT_WARNING = 32,
	VERDICT_CONTRAINDICATED = 96,
};

struct verdict_claim {
	int value;      /* of AR4SI */
	struct str why; /* for a person */
};

struct verdict {
	enum verdict_status status;
	struct verdict_claim claims[CHECK_CLAIMS];
	struct check_list checks;
};

/*
 * Sets claims and status from the checks. pass: the value and reason that each claim takes when none of its checks failed.
 * must: names of the checks without which nothing is affirmed, NULL at the end; those that are not there or did not pass,
 * and a list that overflowed, leave at best a warning. Affirming means: nothing failed, all of must passed, and identity and
 * executables are affirmed; of the configuration a policy need not ask anything, and then no claim is made. Where the signer or
 * the hardware is contraindicated, or one of their checks among must did not pass, no claim is affirmed: whoever reads the vector
 * alone must not be told what only a forger says.
 */
void verdict_conclude(struct verdict *v, const struct verdict_claim pass[static CHECK_CLAIMS],
	const char *const must[]);

/* The only question that a relying party may ask of a verdict. */
bool verdict_affirms(const struct verdict *v);
const char *verdict_status_name(enum verdict_status s); /* "affirming" */
enum verdict_status verdict_tier(int value);            /* of an AR4SI value */

struct verdict_context {
	int64_t at_unix;                       /* iat */
	struct str build;                      /* ear.verifier-id: which verifier, which version */
	struct str policy;                     /* ear.appraisal-policy-id */
	struct str submod;                     /* name of the appraised part: "tpm" */
	struct span nonce;                     /* eat_nonce; empty without one */
	const struct reference_values *values; /* what was appraised against; may be NULL */
};

/* The EAR as JSON (not signed); the checks stand in the private claim "assay.verdict". */
void verdict_emit(const struct verdict *v, const struct verdict_context *c, struct buf *out);

#endif
