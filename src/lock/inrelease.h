/*
 * InRelease: a clearsigned Release file. The signature is judged by gpgv with the given keyring, and what is used
 * afterwards is gpgv's own output, never an unwrapping of ours: what was verified is what is read.
 *
 * A suite is signed by several keys (two archive keys and the release key). One good signature by a key of the keyring
 * is enough, keys that the keyring does not have are passed over, a signature that is wrong refuses the whole. As
 * signer stands the primary key of the first good signature in the order of the file: that order is the archive's, so
 * every host whose keyring has that key names the same one.
 *
 * A key that has expired signs nothing new. What it signed before it expired can still be judged, years later, for a lock
 * that is old itself: then the signature's own date must lie before the expiry. That date is the signer's word: whoever
 * got hold of an expired key could date a signature back. A revoked key is good for nothing.
 */
#ifndef ASSAY_LOCK_INRELEASE_H
#define ASSAY_LOCK_INRELEASE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#define INRELEASE_KEYRING "/usr/share/keyrings/debian-archive-keyring.gpg"
enum { INRELEASE_SIZE_MAX = 16 << 20, INRELEASE_SIGNERS_MAX = 16, INRELEASE_FINGERPRINT_MAX = 64 };

/* Which keys are good: those that are valid now, or also those that were when they signed. */
enum inrelease_keys { INRELEASE_KEYS_NOW, INRELEASE_KEYS_THEN };

struct inrelease {
	struct buf payload; /* what was signed */
	/* Fingerprints of the primary keys of the good signatures, in capitals, in the order of the file. */
	char signers[INRELEASE_SIGNERS_MAX][INRELEASE_FINGERPRINT_MAX + 1];
	/* Beside each: when it signed, by its own word, and since when its key is no longer valid; 0: it is. */
	int64_t signed_unix[INRELEASE_SIGNERS_MAX], expired_unix[INRELEASE_SIGNERS_MAX];
	size_t n_signers; /* at least 1 */
};

/*
 * Verifies bytes with the keyring file. *ret is the caller's to release with inrelease_done. Fails SIGNATURE with the
 * reason, NOTFOUND without gpgv or keyring, IO.
 */
bool inrelease_verify(struct inrelease *ret, struct span bytes, const char *keyring,
	enum inrelease_keys keys, struct err *e) MUST_CHECK;
void inrelease_done(struct inrelease *r);
bool inrelease_signed_by(const struct inrelease *r, struct str fingerprint);
/* Which of the signers that is, or n_signers. */
size_t inrelease_find(const struct inrelease *r, struct str fingerprint);

/* gpgv's status lines alone, for the tests: fills signers from them. Fails SIGNATURE. */
bool inrelease_status(struct inrelease *ret, struct str status, enum inrelease_keys keys,
	struct err *e) MUST_CHECK;

#endif
