/*
 * Asking a Debian archive: InRelease of a suite, verified, and its indexes by digest. Everything that was used becomes
 * an object of the store, so that lock_verify can replay it. Whom to ask is the caller's business; nothing of it gets
 * into a lock.
 */
#ifndef ASSAY_LOCK_ARCHIVE_H
#define ASSAY_LOCK_ARCHIVE_H

#include "lock/inrelease.h"
#include "lock/lock.h"
#include "lock/release.h"
#include "net/fetch.h"
#include "net/mirrors.h"
#include "store/store.h"

struct archive_access {
	struct store *store;
	struct mirrors *mirrors;
	const char *keyring; /* file */
	/* Zeroed: the keys that are valid now. THEN is for lock_verify alone, which judges what is old. */
	enum inrelease_keys keys;
	const struct fetch_options *options; /* of all downloads; may be NULL */
};

/*
 * Takes the InRelease of a suite as it is now, from the first mirror whose answer holds: what is not signed by the
 * keyring, calls itself another suite, has expired or is older than the previous lock is passed over for the next mirror's.
 * now_unix is held against Valid-Until; before (may be NULL) is the same suite in the previous lock. Strings of both results
 * are the arena's. Fails when no mirror's answer holds, with what each of them answered and the gravest kind of it
 * (SIGNATURE, MISMATCH, FORMAT, LIMIT, IO, NOTFOUND); USAGE without a mirror; IO, NOTFOUND for store, keyring and gpgv.
 */
bool archive_take_release(const struct archive_access *q, const struct suite_request *s,
	const struct lock_suite *before, int64_t now_unix, struct arena *a, struct lock_suite *ret,
	struct release *ret_release, struct err *e) MUST_CHECK;

/* Brings the index of a component into the store; fills path, size, digest and component of *ret. */
bool archive_take_index(const struct archive_access *q, const struct lock_suite *s,
	const struct release *r, struct str component, struct arena *a, struct lock_index *ret,
	struct err *e) MUST_CHECK;

/* The same for the index of its source packages. *there false, and nothing done, when the suite has none. */
bool archive_take_source_index(const struct archive_access *q, const struct lock_suite *s,
	const struct release *r, struct str component, struct arena *a, struct lock_index *ret,
	bool *there, struct err *e) MUST_CHECK;

/* Brings what a lock names into the store, where it is not there yet. Fails as fetch_all. */
bool archive_fetch_release(
	const struct archive_access *q, const struct lock_suite *s, struct err *e) MUST_CHECK;
bool archive_fetch_index(const struct archive_access *q, const struct lock_suite *s, bool by_hash,
	const struct lock_index *x, struct err *e) MUST_CHECK;

/* "main/binary-amd64/Packages.xz"; p NULL when the arena is full. */
struct str archive_index_path(struct str component, struct str architecture, struct arena *a);
/* "main/source/Sources.xz" */
struct str archive_source_index_path(struct str component, struct arena *a);

/* Verified bytes of an InRelease object as a parsed Release; all memory is the arena's. */
bool archive_read_release(const struct archive_access *q, struct span inrelease, struct arena *a,
	struct inrelease *ret_signers, struct release *ret, struct err *e) MUST_CHECK;

#endif
