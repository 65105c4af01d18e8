/*
 * Certificate revocation lists of Intel's authority: the root's for its CAs and signers, a PCK CA's for its PCK
 * certificates (RFC 5280, section 5). A list that is not there answers like one that does not hold: with an error.
 */
#ifndef ASSAY_TRUST_INTEL_CRL_H
#define ASSAY_TRUST_INTEL_CRL_H

#include "trust/intel_chain.h"

enum { INTEL_CRL_SIZE_MAX = 1 << 20 };

struct intel_crl; /* opaque; owned by the caller */

/* DER, nothing behind it. An empty span is a list that is missing: NOTFOUND. Fails: FORMAT, LIMIT. */
bool intel_crl_of_der(struct intel_crl **ret, struct span der, struct err *e) MUST_CHECK;
void intel_crl_free(struct intel_crl *c);
void intel_crl_freep(struct intel_crl **c); /* for CLEANUP */

/* Version 2, issued and signed by that authority, no critical extension. SIGNATURE. */
bool intel_crl_signed(
	const struct intel_crl *c, const struct certificate *issuer, struct err *e) MUST_CHECK;
/* Between its two dates; t's leeway and grace apply. SIGNATURE. */
bool intel_crl_current(
	const struct intel_crl *c, const struct intel_time *t, struct err *e) MUST_CHECK;
/* Made at most max_age_s before that time, give or take t's leeway. SIGNATURE with both times. */
bool intel_crl_recent(const struct intel_crl *c, int64_t max_age_s, const struct intel_time *t,
	struct err *e) MUST_CHECK;
/* Does not name that certificate, which must be one of the list's issuer. SIGNATURE. */
bool intel_crl_spares(
	const struct intel_crl *c, const struct certificate *cert, struct err *e) MUST_CHECK;
/* When it was made, and when the next list is due. */
int64_t intel_crl_this_update(const struct intel_crl *c);
int64_t intel_crl_next_update(const struct intel_crl *c);

/*
 * All of it for a chain: the root's list holds and spares every certificate that the root issued; with a PCK chain also
 * its CA's list. A NULL list fails as NOTFOUND, which says what is missing.
 */
bool intel_crl_check_root(const struct intel_crl *root_crl, const struct intel_chain *chain,
	const struct intel_time *t, struct err *e) MUST_CHECK;
bool intel_crl_check_pck(const struct intel_crl *pck_crl, const struct intel_chain *chain,
	const struct intel_time *t, struct err *e) MUST_CHECK;

#endif
