/*
 * A keyring file of OpenPGP keys (RFC 4880 4.2, 5.2, 5.5, 12.2), read for one question that gpgv leaves open: of a key
 * that has expired it does not say whether it was revoked, too. No signature is checked here: a revocation that somebody
 * put into the user's own keyring counts, of the key or of one of its subkeys.
 */
#ifndef ASSAY_LOCK_KEYRING_H
#define ASSAY_LOCK_KEYRING_H

#include "base/err.h"
#include "base/span.h"
#include "base/str.h"

enum { KEYRING_SIZE_MAX = 64 << 20 };

/*
 * Whether the keyring has a revocation of the key with this fingerprint (version 4, 40 upper-case digits). Fails
 * NOTFOUND when it has no such key, FORMAT when the file is not a plain sequence of packets (armour, a keybox).
 */
bool keyring_is_revoked(
	struct span keyring, struct str fingerprint, bool *ret, struct err *e) MUST_CHECK;

#endif
