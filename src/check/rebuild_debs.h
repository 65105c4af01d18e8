/*
 * Rebuilt packages held against the published ones of the lock: each bit for bit, and where it differs file by file.
 */
#ifndef ASSAY_CHECK_REBUILD_DEBS_H
#define ASSAY_CHECK_REBUILD_DEBS_H

#include "build/rebuild_box.h"
#include "build/rebuild_tools.h"
#include "check/rebuilt_cause.h"

enum rebuild_deb_verdict {
	REBUILD_DEB_FAILED, /* the unit did not build: why says why */
	REBUILD_DEB_IDENTICAL,
	REBUILD_DEB_DIFFERS,
	REBUILD_DEB_MISSING, /* it built, but gave no such package */
	REBUILD_DEB_VERDICTS,
};

/* One package of a unit. */
struct rebuild_deb {
	const struct lock_package *package;
	enum rebuild_deb_verdict verdict;
	uint8_t sha256[SHA256_SIZE];      /* of what was built */
	const struct rebuilt_file *files; /* DIFFERS: which of its files, and why */
	size_t n_files;
};

struct rebuild_debs {
	const struct rebuild_unit *unit;
	bool locked, cached;  /* its root was resolved now; nothing was built now */
	struct str why, hint; /* FAILED */
	struct rebuild_deb *debs;
	size_t n;
	uint8_t derivation[SHA256_SIZE];
	int64_t date_unix; /* of the package, by its changelog */
	const struct rebuild_tool *tools;
	size_t n_tools;
};

/*
 * Compares, looks for causes with the tools of the build root, and writes down in the store which packages came out identical (build/reproduced.h; the statement is the derivation). Published and built packages are
 * objects of s. Memory from a. IO, LIMIT.
 */
bool rebuild_debs_compare(struct rebuild_debs *ret, struct store *s, const struct rebuild_unit *u,
	const struct rebuild_built *built, const struct lock *root, struct arena *a,
	struct err *e) MUST_CHECK;
/* The outcome of a unit that could not be built. */
bool rebuild_debs_failed(
	struct rebuild_debs *ret, const struct err *why, struct arena *a, struct err *e) MUST_CHECK;
bool rebuild_debs_are_identical(const struct rebuild_debs *d);

/* The files of a build into the folder. */
bool rebuild_debs_keep(const struct store *s, const struct rebuild_built *built, const char *folder,
	struct err *e) MUST_CHECK;

/* "identical", "differs", "failed", "missing" */
const char *rebuild_deb_verdict_name(enum rebuild_deb_verdict v);

#endif
