/*
 * X.509 certificates (RFC 5280) as TPM makers use them, and their chains: endorsement keys and attestation keys (TCG EK
 * Credential Profile 2.5; TCG Infrastructure WG platform and AIK profiles). Roots are only those that the caller names;
 * libcrypto's default paths are never looked at, and the time is an argument. Revocation is not looked up: a verifier
 * without network cannot, and says so.
 */
#ifndef ASSAY_TRUST_CERTIFICATE_H
#define ASSAY_TRUST_CERTIFICATE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "trust/public_key.h"

enum {
	CERTIFICATE_SIZE_MAX = 16 << 10, /* in DER, however it is written */
	CERTIFICATE_EXTENSIONS_MAX = 64,
	CERTIFICATE_CHAIN_MAX = 8,
};

enum certificate_purpose {
	CERTIFICATE_EK, /* extended key usage 2.23.133.8.1, tcg-kp-EKCertificate */
	CERTIFICATE_AK, /* extended key usage 2.23.133.8.3, tcg-kp-AIKCertificate */
	/*
	 * As Google's are, of which gce_instance.h tells that they are: those of all keys of a TPM have 2.23.133.8.1 or no
	 * extended key usage at all, and the key usage alone says for what a key is: key encipherment or key agreement and
	 * nothing else, or digital signature and nothing else.
	 */
	CERTIFICATE_EK_GCE,
	CERTIFICATE_AK_GCE,
};

struct certificate; /* opaque; owned by the caller */

/* One certificate in DER, nothing behind it but what TPMs pad their NV index with: zeroes or ones. FORMAT, LIMIT. */
bool certificate_of_der(struct certificate **ret, struct span der, struct err *e) MUST_CHECK;
/* The first certificate of a PEM file, or a DER file. */
bool certificate_of_file(struct certificate **ret, struct span bytes, struct err *e) MUST_CHECK;
void certificate_free(struct certificate *c);
void certificate_freep(struct certificate **c); /* for CLEANUP */

bool certificate_key(
	struct public_key **ret, const struct certificate *c, struct err *e) MUST_CHECK;
/* Appends the certificate itself in DER, without padding. */
void certificate_put(struct buf *out, const struct certificate *c);
/* Of those bytes. */
void certificate_sha256(uint8_t ret[static 32], const struct certificate *c);
/* "CN = ..., O = ..." of the subject (issuer), for people; from a, empty when it does not fit. */
struct str certificate_subject(const struct certificate *c, struct arena *a);
struct str certificate_issuer(const struct certificate *c, struct arena *a);

struct certificate_chain {
	const struct certificate *leaf;
	const struct certificate *const
		*others; /* from the evidence: help in building, never trusted */
	size_t n_others;
	const struct certificate *const *roots; /* the user's; an issuing authority may be one */
	size_t n_roots;
};

/*
 * Some path from leaf to a root holds at that time: signatures (at least 112 bits of strength), validity, basic
 * constraints, key usage, path lengths; the leaf is no authority and has the usages of its purpose. Each may be
 * leeway_s before its begin and after its end, for a clock that is slow or fast. *root gets the index of the root that was
 * used. Fails: SIGNATURE with what was wrong and in which certificate; NOTFOUND when there are no roots at all.
 */
bool certificate_verify(const struct certificate_chain *chain, enum certificate_purpose purpose,
	int64_t at_unix, int64_t leeway_s, size_t *root, struct err *e) MUST_CHECK;

#endif
