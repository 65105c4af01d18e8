/*
 * A component of the description, compiled in the box with a toolchain from the lock: the guest's PID 1, the attester.
 *
 * Its derivation is the SHA-256 of a canonical JSON document with all that can reach its bytes, members in this order:
 *
 *   format             "assay.derivation.component/2"
 *   box                the box's version
 *   source-date-epoch  the source date
 *   toolchain          digests of the packages, in the order of the lock
 *   source             kind "folder": files, each with path, executable, sha256; "git": sha256 of its canonical archive;
 *                      "tarball": sha256, strip; "debian": format, files, each with name and sha256
 *   needs              only of a component with needs: of each, sorted by name, `name` and the digest of what it gave
 *                      (component_needs.h)
 *   release            what the box does not fix, sorted
 *   steps              lists of arguments; the script that patches a source package is one
 *   outputs            where in /out they are, and whether they are folders
 *
 * Names, places and limits are not in it: they do not reach the bytes. The result is cached under that digest, which also seeds the
 * box's random numbers; equal inputs never run twice. Of a folder beside the description exactly the files that it names are sources:
 * nothing else there is seen, no git state, no version, no time and no mode but "executable". In the box all sources are /src, a copy
 * that the steps may write to and that ends with them. What components gave that it needs is below /need, read only.
 */
#ifndef ASSAY_BUILD_COMPONENT_H
#define ASSAY_BUILD_COMPONENT_H

#include "base/arena.h"
#include "base/buf.h"
#include "build/step_log.h"
#include "lock/description.h"
#include "lock/lock.h"
#include "store/store.h"
#include "tree/tree.h"

enum {
	COMPONENT_SOURCES_MAX = 10000,
	COMPONENT_SOURCE_SIZE_MAX = 64 << 20,
	COMPONENT_OUTPUT_SIZE_MAX = 512 << 20,
	COMPONENT_OUTPUTS_MAX = 256,
};

/* A file that the description names; path is relative to the component's `from`. */
struct component_source {
	struct str path;
	bool executable;
	uint64_t size;
	uint8_t sha256[SHA256_SIZE];
};

/*
 * One product: where it goes and, of a file, its bytes, an object of the store. An output that is a folder gives one for each
 * folder, file and link below it, and for itself, in the tree's order.
 */
struct component_product {
	const struct component_output *output;
	struct str path;     /* in the tree that output->to names */
	enum node_kind kind; /* FILE, FOLDER, LINK */
	uint32_t mode;
	struct str target;      /* LINK */
	struct content content; /* FILE */
};

struct component_result {
	uint8_t derivation[SHA256_SIZE];
	bool cached; /* nothing ran */
	const struct component_source
		*sources; /* sorted by path; of a git tree and of tarballs, the archives */
	size_t n_sources;
	const struct component_product *products; /* in the order of the description */
	size_t n_products;
	const struct lock_source
		*debian; /* the source package that it is built from, of the lock; else NULL */
};

/* A component and what it gave. */
struct component_made {
	const struct component *component; /* NULL: not made yet */
	struct component_result result;
};

/* What a person wants to see of a step that failed. */
struct component_failure {
	struct buf
		tail; /* the last lines of the step's output, at most STEP_LOG_LINES; released by the caller */
	char log[STEP_LOG_PATH_MAX]; /* absolute path of all of it; "" when no step failed */
	size_t step;                 /* which failed, from 1; 0: none of the description's */
};

struct box_view;
struct box_result;

/* How a build differs from a plain one, for those who build to compare. A zeroed one, and NULL: not at all. */
struct component_how {
	/* What the steps see of the machine; NULL: what the box fixes. With a view the build is fresh, too. */
	const struct box_view *view;
	/* The steps run whatever the store knows, and leave no record of what they gave; their products are objects. */
	bool fresh;
	/* Absolute path of an empty folder that takes sources, outputs and log while the steps run; NULL: one of the store's. */
	const char *scratch;
	/*
	 * The toolchain as sysroot_of_set has laid it out in this run, for who builds many times: it is not held against its
	 * packages again. NULL: it is.
	 */
	const char *sysroot;
	/* Takes what the box says of the run: undeclared inputs, the limit that ended it; may be NULL. */
	struct box_result *box;
	/*
	 * What was made earlier in this run: components that c needs are taken from here. Those that are not here are taken from
	 * the store or built, plainly.
	 */
	const struct component_made *made;
	size_t n_made;
	bool backwards; /* sources are laid out from the last to the first */
	const char *
		log; /* absolute path: where all that the steps printed is kept, also when they did well; NULL: nowhere */
};

/* Whether it builds without records: what came about in another view is no result of the derivation. */
bool component_is_fresh(const struct component_how *how);

/*
 * Builds component c of d, or takes the cached result. source_date_epoch is what the image uses; how may be NULL. Memory from
 * a; the contents live as long as s. Fails: NOTFOUND for a glob that matches nothing, a missing toolchain, package or output;
 * MISMATCH "step N of component 'X' ..." for a step that fails, with failure (zeroed by the caller; may be NULL) filled;
 * MISMATCH also when equal inputs gave other bytes before; as box_run.
 */
bool component_build(struct component_result *ret, struct store *s, const struct lock *l,
	const struct description *d, const struct component *c, int64_t source_date_epoch,
	const struct component_how *how, struct arena *a, struct component_failure *failure,
	struct err *e) MUST_CHECK;

/* A shell in the box of a component. */
struct component_shell {
	size_t before; /* the step in whose place it stands, from 1; one more than there are: behind the last */
	int terminal;        /* its input and output */
	int status;          /* takes its exit code, 128 + signal */
	const char *program; /* takes which shell it is */
};

/*
 * The box of component c as its step `before` finds it: the steps before have run, and in its place comes the first of bash
 * and sh that the toolchain has. Nothing of it stays. Fails as component_build; NOTFOUND for a toolchain without a shell,
 * USAGE for a step that is not there.
 */
bool component_enter(struct store *s, const struct lock *l, const struct description *d,
	const struct component *c, int64_t source_date_epoch, struct component_shell *shell,
	struct component_failure *failure, struct err *e) MUST_CHECK;

#endif
