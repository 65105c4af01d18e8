/*
 * What makes a lock more than a claim: for every package the chain is replayed from the archive's signature over the
 * InRelease that the lock names, to the index in it, to the package's stanza in that, to the bytes of the .deb. Nothing
 * that the lock says is believed on the way. A vendor cannot smuggle in a package that the archive never signed.
 */
#ifndef ASSAY_LOCK_LOCK_VERIFY_H
#define ASSAY_LOCK_LOCK_VERIFY_H

#include "lock/archive.h"
#include "lock/lock.h"

enum { LOCK_VERIFY_WHO_MAX = 200, LOCK_VERIFY_WHY_MAX = 600, LOCK_VERIFY_EXPIRED_MAX = 64 };

/* Where the chain holds, everything is zero but ok and what has expired. */
struct lock_verdict {
	bool ok;
	const char *
		link; /* that breaks: "signature", "release", "index", "stanza", "package", "source" */
	char who[LOCK_VERIFY_WHO_MAX]; /* the suite, index, package or file */
	char why[LOCK_VERIFY_WHY_MAX];
	/* Suites whose signer's key has expired since; by the dates of signature and Release it was made before. */
	struct lock_expiry {
		size_t suite;
		int64_t signed_unix, expired_unix;
	} expired[LOCK_VERIFY_EXPIRED_MAX];
	size_t n_expired;
};

/*
 * Replays the whole lock. Objects that the store lacks are asked of the mirrors by digest; packages only when
 * with_packages is set. Returns true with a verdict, also when that is no; false when the chain cannot be followed:
 * NOTFOUND for an InRelease, index or package that neither store nor mirrors have, LIMIT, IO. q->keys should be THEN.
 */
bool lock_verify(const struct lock *l, const struct archive_access *q, bool with_packages,
	struct lock_verdict *ret, struct err *e) MUST_CHECK;

#endif
