/*
 * Appraising evidence: from a bundle, reference values, the user's policy and trust to a verdict. Pure: time, the verifier's
 * nonce and secret, and who vouches for the reference values are arguments.
 *
 * Each kind of evidence has its own checks, in files of their own (appraise_tpm.h, appraise_snp.h, appraise_tdx.h,
 * appraise_nitro.h, appraise_azure.h); what they share is in appraise_work.h. Claims come only from what is signed.
 */
#ifndef ASSAY_APPRAISE_APPRAISE_H
#define ASSAY_APPRAISE_APPRAISE_H

#include "appraise/enrolment.h"
#include "appraise/policy.h"
#include "appraise/quorum_outcome.h"
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

struct appraise_in {
	const struct bundle *bundle;
	/* NULL: only what the policy itself names is compared, which a TPM's evidence does not do without */
	const struct reference_shape *shape;
	/* The file that shape is of, which names its image; NULL: no image that a policy names is that of shape */
	const struct reference_values *values;
	enum appraise_vouch vouch;
	/* Of these very reference values, by the same trust file; NULL: no statements were given */
	const struct quorum_outcome *quorum;
	const struct policy *policy;
	const struct trust_file *trust; /* with its certificates */
	const uint8_t *nonce; /* BINDING_NONCE_SIZE bytes that the verifier chose, or NULL */
	/* What the verifier knows that hardware must have signed, beside the nonce; p NULL: nothing */
	struct span report_data;
	/* It was made for this exchange and for nothing else: it does for a nonce. Else it says nothing about age */
	bool report_data_is_fresh;
	const struct appraise_challenge *challenge; /* NULL: evidence from a file */
	const struct enrolment *enrolment;          /* the record for the bundle's AK, or NULL */
	/* Of those for the TPM whose EK the credential was made for, by whatever key, the one that says most; or NULL */
	const struct enrolment *tpm_enrolment;
	int64_t at_unix;
};

struct appraise_out {
	struct verdict verdict;
	/* Values that the signature covers and the log that replays to them, for explaining; empty when they do not hold. */
	struct bundle_bank signed_bank; /* numbered as platform.h does; pcrs 0: none */
	bool log_holds;
	struct event_log log;
	uint32_t differing; /* bit n: register n differs from its reference value in some bank */
};

/*
 * By the bundle's kind. True when there is a verdict, whatever it says. Borrowed from the arguments and a. Fails: USAGE for
 * a policy that requires nothing or a shape of another platform, LIMIT when a is full.
 */
bool appraise(struct appraise_out *ret, const struct appraise_in *in, struct arena *a,
	struct err *e) MUST_CHECK;

/* The nonce that was given, or data in its place, as a result names it (eat_nonce, RFC 9711 4.1); else empty. */
struct span appraise_asked(const struct appraise_in *in);

#endif
