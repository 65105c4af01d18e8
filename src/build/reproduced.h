/*
 * What this store remembers of packages that were rebuilt here: that a .deb of the distribution came out of its source bit for
 * bit, and the digest of the rebuild's statement. `assay rebuild --packages` writes it; the manifest of a build says of
 * such a package's files that they are "reproduced".
 */
#ifndef ASSAY_BUILD_REPRODUCED_H
#define ASSAY_BUILD_REPRODUCED_H

#include "store/store.h"

/*
 * Keeps that the .deb with this digest was made here, as the statement with that digest says. The first statement stays:
 * a second rebuild changes nothing. IO.
 */
bool reproduced_put(struct store *s, const uint8_t deb_sha256[static SHA256_SIZE],
	const uint8_t statement_sha256[static SHA256_SIZE], struct err *e) MUST_CHECK;

/* *is: there is such a record; then the digest of its statement, which may be NULL. A damaged record is none. IO, FORMAT. */
bool reproduced_get(const struct store *s, const uint8_t deb_sha256[static SHA256_SIZE], bool *is,
	uint8_t statement_sha256[SHA256_SIZE], struct err *e) MUST_CHECK;

#endif
