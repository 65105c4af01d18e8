/*
 * Appraising a TPM's evidence: from a bundle, reference values, the user's policy and trust to a verdict. Pure: time, the
 * verifier's nonce and secret, and who vouches for the reference values are arguments.
 *
 * In this order: the attestation key (its structure, attributes, scheme; bound to a TPM by a credential, the verifier's
 * own enrolment record, a pinned name or a certificate), the endorsement key behind it, the quote (magic, type, signature,
 * qualifying data, report data, nonce; counters since the enrolment), what the policy's member tpm asks, the registers (signed
 * selection, digest over the claimed values, comparison with the prediction), the event log, who vouches, what is covered.
 * Claims come only from what is signed.
 */
#ifndef ASSAY_APPRAISE_APPRAISE_TPM_H
#define ASSAY_APPRAISE_APPRAISE_TPM_H

#include "appraise/appraise.h"

/*
 * True when there is a verdict, whatever it says. Borrowed from the arguments and a. Fails: USAGE for a policy that requires
 * nothing or a shape of another platform, LIMIT when a is full.
 */
bool appraise_tpm(struct appraise_out *ret, const struct appraise_in *in, struct arena *a,
	struct err *e) MUST_CHECK;

#endif
