/*
 * A rebuild_unit.h built in the box, as one of Debian's builders does it: dpkg-source unpacks, dpkg-buildpackage builds what is
 * for amd64 or for all, in a root whose packages their own scripts have configured (configure.h), as an ordinary
 * user whose files dpkg-deb gives to root. The path is Debian's, /build/reproducible-path/NAME-VERSION, the clock starts with
 * the changelog's newest entry, and everything else is the box's.
 *
 * Its derivation is the SHA-256 of a canonical JSON document with all that can reach the result; equal inputs run once, and
 * other bytes from equal inputs are a finding.
 */
#ifndef ASSAY_BUILD_REBUILD_BOX_H
#define ASSAY_BUILD_REBUILD_BOX_H

#include "build/component.h"
#include "build/inputs.h"
#include "build/rebuild_unit.h"
#include "lock/buildinfo.h"

enum { REBUILD_BOX_VERSION = 1, REBUILD_BOX_FILES_MAX = 400 };
#define REBUILD_BOX_PATH "/build/reproducible-path"

struct rebuild_box_request {
	struct store *store;
	const struct rebuild_unit *unit;
	const struct inputs *
		root; /* rebuild_root.h; its packages, and the files of its source that are needed, are in the store */
	struct str_list profiles;
	const struct buildinfo *info; /* path and environment; may be NULL */
	bool tests;                   /* the package's own: else "nocheck" */
	bool fresh;                   /* build again, whatever the store knows */
	unsigned jobs;                /* parallel=N; 0: 2 */
};

struct rebuild_file {
	struct str name;
	uint64_t size;
	uint8_t sha256[SHA256_SIZE]; /* an object of the store */
};

struct rebuild_built {
	uint8_t derivation[SHA256_SIZE];
	bool cached;
	int64_t date_unix;                /* of its changelog, where the clock started */
	const struct rebuild_file *files; /* by name; without debug symbols */
	size_t n_files;
};

/*
 * Memory from a. Fails as configure_build and box_run; MISMATCH for a build that fails, with failure (zeroed; may be NULL) filled, and
 * where equal inputs gave other packages before.
 */
bool rebuild_box_run(struct rebuild_built *ret, const struct rebuild_box_request *q,
	struct arena *a, struct component_failure *failure, struct err *e) MUST_CHECK;

/*
 * Whether a file of the source package is needed: the .dsc and signatures are not, since the signed index says the same of
 * the others. dpkg-source gets a .dsc that is made from the lock.
 */
bool rebuild_box_needs(const struct lock_file *f);

#endif
