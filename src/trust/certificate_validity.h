/*
 * From when to when a certificate or a list of revoked ones says that it is valid, as seconds since 1970, and whether a time
 * that the caller gives lies between. The leeway is for clocks that differ: a verifier's may be slow or fast by so much.
 */
#ifndef ASSAY_TRUST_CERTIFICATE_VALIDITY_H
#define ASSAY_TRUST_CERTIFICATE_VALIDITY_H

#include <openssl/asn1.h>
#include <stdint.h>

#include "base/err.h"
#include "trust/certificate.h"

struct certificate_validity {
	int64_t from_unix, to_unix; /* both inclusive */
};

/* Fails: FORMAT for what is no time. */
bool certificate_validity_read(
	struct certificate_validity *ret, const struct certificate *c, struct err *e) MUST_CHECK;
/* The same of two times that libcrypto has, for the sibling files; what: "CRL". NULL is FORMAT, too. */
bool certificate_validity_of(struct certificate_validity *ret, const ASN1_TIME *from,
	const ASN1_TIME *to, const char *what, struct err *e) MUST_CHECK;

/* Fails: SIGNATURE with both ends and the time, and that the clock may be the cause. */
bool certificate_validity_check(const struct certificate_validity *v, int64_t at_unix,
	int64_t leeway_s, const char *what, struct err *e) MUST_CHECK;
/* At that time it began at most max_age_s ago, however long it says that it is valid. Fails: SIGNATURE with both times. */
bool certificate_validity_check_age(const struct certificate_validity *v, int64_t max_age_s,
	int64_t at_unix, int64_t leeway_s, const char *what, struct err *e) MUST_CHECK;

#endif
