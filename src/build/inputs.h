/*
 * Everything that a build reads before it makes anything: the description, the lock made for it, and the packages of a
 * set, unpacked.
 */
#ifndef ASSAY_BUILD_INPUTS_H
#define ASSAY_BUILD_INPUTS_H

#include "deb/pack.h"
#include "lock/description.h"
#include "lock/lock.h"
#include "store/store.h"

enum { INPUTS_MEMORY_MAX = 256 << 20 };

struct inputs {
	struct arena *arena; /* of description and lock */
	struct description description;
	struct lock lock;
	uint8_t lock_sha256[SHA256_SIZE], description_sha256[SHA256_SIZE];
	int64_t source_date_epoch; /* the description's, else the lock's */
};

/* Reads DIR and refuses a stale lock: MISMATCH, which nothing else here is. *ret is for inputs_done. */
bool inputs_read(struct inputs *ret, const char *dir, struct err *e) MUST_CHECK;
/* The same, whether the lock fits the description or not (lock_check_fresh). */
bool inputs_read_any(struct inputs *ret, const char *dir, struct err *e) MUST_CHECK;
void inputs_done(struct inputs *in);

/* The packages of one set of the lock, sorted by name, each with its pack. */
struct package_set {
	const struct lock_package **packages;
	struct pack **packs;
	size_t n;
};

/* Unpacks what the store has not unpacked yet. NOTFOUND for a set that is not there or a .deb that was not fetched. */
bool package_set_open(struct package_set *ret, struct store *s, const struct lock *l,
	const char *set, struct err *e) MUST_CHECK;
void package_set_done(struct package_set *p);

#endif
