/*
 * The list of certificates that an ARK has revoked (RFC 5280; AMD's key distribution service gives one for VCEKs and one for
 * VLEKs of each product line). It names ASKs, ASVKs and ARKs; leaves are revoked by nobody but with their authority. An
 * intermediate whose list is absent, stale or from elsewhere is not known to be good: whether that matters is a policy's.
 */
#ifndef ASSAY_TRUST_SNP_CRL_H
#define ASSAY_TRUST_SNP_CRL_H

#include "trust/snp_chain.h"

enum { SNP_CRL_SIZE_MAX = 64 << 10 };

struct snp_crl; /* opaque; owned by the caller */

/* DER, or the first list of a PEM file. FORMAT, LIMIT. */
bool snp_crl_of_file(struct snp_crl **ret, struct span bytes, struct err *e) MUST_CHECK;
void snp_crl_free(struct snp_crl *c);
void snp_crl_freep(struct snp_crl **c); /* for CLEANUP */

/* Made and signed by this chain's ARK, for all that it has issued. SIGNATURE. */
bool snp_crl_check_issuer(
	const struct snp_crl *crl, const struct snp_chain *chain, struct err *e) MUST_CHECK;
/* Valid at that time, with an end that it names itself. SIGNATURE, FORMAT. */
bool snp_crl_check_time(
	const struct snp_crl *crl, int64_t at_unix, int64_t leeway_s, struct err *e) MUST_CHECK;
/* Made at most max_age_s before that time: who carries it may hold back a newer one. SIGNATURE with both times. */
bool snp_crl_check_age(const struct snp_crl *crl, int64_t max_age_s, int64_t at_unix,
	int64_t leeway_s, struct err *e) MUST_CHECK;
bool snp_crl_validity(
	struct certificate_validity *ret, const struct snp_crl *crl, struct err *e) MUST_CHECK;
/* Neither ARK nor ASK is in the list. SIGNATURE with who is. */
bool snp_crl_check_revoked(
	const struct snp_crl *crl, const struct snp_chain *chain, struct err *e) MUST_CHECK;

#endif
