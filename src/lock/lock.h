/*
 * assay.lock: every input by hash. Canonical JSON, no host name, no local path. A lock proves nothing by itself: see
 * lock_verify.h, which replays signature -> InRelease -> index -> stanza -> .deb.
 */
#ifndef ASSAY_LOCK_LOCK_H
#define ASSAY_LOCK_LOCK_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"
#include "lock/description.h"

#define LOCK_FORMAT "assay.lock/1"
enum {
	LOCK_IMAGE_VERSION =
		1, /* what our writers emit; a change of their bytes takes the next number */
	LOCK_SIZE_MAX = 16 << 20,
	LOCK_PACKAGES_MAX = 20000,
};

struct lock_suite {
	struct str archive, suite, codename;
	uint8_t release_sha256[SHA256_SIZE]; /* of InRelease */
	uint64_t release_size;
	int64_t date_unix; /* of Release */
	struct str signer; /* fingerprint of the primary key, 40 upper-case hex digits */
};

struct lock_index {
	size_t suite; /* position in suites */
	struct str component;
	struct str path; /* "main/binary-amd64/Packages.xz" */
	uint64_t size;
	uint8_t sha256[SHA256_SIZE];
};

struct lock_package {
	struct str name, version, architecture;
	struct str path; /* in the pool */
	uint64_t size;
	uint8_t sha256[SHA256_SIZE];
	struct str source, source_version;
	size_t index;   /* whose stanza it is */
	struct str why; /* "seed", "essential", "dependency of NAME" */
};

struct lock_file {
	struct str name;
	uint64_t size;
	uint8_t sha256[SHA256_SIZE];
};

/* A source package that a component is built from, as its stanza in a Sources index describes it. */
struct lock_source {
	struct str name, version;
	struct str format;             /* "3.0 (quilt)", "3.0 (native)" or "1.0" */
	struct str directory;          /* in the pool, of its files */
	size_t index;                  /* in source_indexes: whose stanza it is */
	const struct lock_file *files; /* sorted by name */
	size_t n_files;
};

/* Which packages make one root: "image", "firmware", "toolchain:NAME". Sorted positions in packages. */
struct lock_set {
	struct str name;
	const uint32_t *packages;
	size_t n;
};

struct lock {
	uint32_t image_version;
	struct str architecture; /* "amd64" */
	uint8_t resolution_sha256
		[SHA256_SIZE]; /* of what resolution depended on; see lock_resolution_digest */
	int64_t source_date_epoch;
	const struct lock_suite *suites;
	size_t n_suites;
	const struct lock_index *indexes;
	size_t n_indexes;
	const struct lock_package *packages; /* sorted by name, version */
	size_t n_packages;
	const struct lock_set *sets;
	size_t n_sets;
	const struct lock_index
		*source_indexes; /* none where no component asks for a source package */
	size_t n_source_indexes;
	const struct lock_source *sources; /* sorted by name, version */
	size_t n_sources;
	struct str_list left_out; /* names kept out of the closure by the description */
};

bool lock_parse(struct lock *ret, struct span text, struct arena *a, struct err *e) MUST_CHECK;
/* Reads DIR/assay.lock. NOTFOUND with the hint to run `assay lock`. */
bool lock_read(struct lock *ret, const char *dir, struct arena *a, struct err *e) MUST_CHECK;
/* The canonical bytes. */
void lock_emit(const struct lock *l, struct buf *out);

/* SHA-256 of the parts of a description that decide what is in the lock; a lock with another digest is stale. */
void lock_resolution_digest(const struct description *d, uint8_t ret[static SHA256_SIZE]);
/* MISMATCH with the hint to run `assay lock` when l was not made for d. */
bool lock_check_fresh(const struct lock *l, const struct description *d, struct err *e) MUST_CHECK;

const struct lock_set *lock_set_find(const struct lock *l, const char *name);
const struct lock_package *lock_package_find(const struct lock *l, struct str name);
/* Where in the pool a file of it is; p NULL when the arena is full. */
struct str lock_source_path(
	const struct lock_source *s, const struct lock_file *f, struct arena *a);
/*
 * Whether a build reads it. The description (.dsc) and signatures beside it (.asc) are locked and kept where an archive has
 * them; what they say of the others stands in the signed index.
 */
bool lock_source_file_is_read(const struct lock_file *f);
/* What was locked for a component's debian-source: of that version where it names one. NULL when there is none. */
const struct lock_source *lock_source_find(const struct lock *l, const struct source_request *r);

#endif
