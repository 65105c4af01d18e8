/*
 * A component of the description, compiled in the box with a toolchain from the lock: the guest's PID 1, the attester.
 *
 * Its derivation is the SHA-256 of a canonical JSON document with all that can reach its bytes: the box's version, the
 * digests of the toolchain's packages, every source file with its digest, the steps, the names of its outputs and the
 * source date. The result is cached under that digest; equal inputs never run twice. Sources are exactly the files that
 * the description names: nothing else of their folder is seen, no git state, no version, no time and no mode but "executable".
 */
#ifndef ASSAY_BUILD_COMPONENT_H
#define ASSAY_BUILD_COMPONENT_H

#include "base/arena.h"
#include "base/buf.h"
#include "lock/description.h"
#include "lock/lock.h"
#include "store/store.h"

enum {
	COMPONENT_SOURCES_MAX = 10000,
	COMPONENT_SOURCE_SIZE_MAX = 64 << 20,
	COMPONENT_OUTPUT_SIZE_MAX = 512 << 20,
	COMPONENT_OUTPUTS_MAX = 256,
	COMPONENT_TAIL_LINES = 30,
};

/* A file that the description names; path is relative to the component's `from`. */
struct component_source {
	struct str path;
	bool executable;
	uint64_t size;
	uint8_t sha256[SHA256_SIZE];
};

/* One product: where it goes (as described) and its bytes, an object of the store. */
struct component_product {
	const struct component_output *output;
	struct content content;
};

struct component_result {
	uint8_t derivation[SHA256_SIZE];
	bool cached;                            /* nothing ran */
	const struct component_source *sources; /* sorted by path */
	size_t n_sources;
	const struct component_product *products; /* in the order of the description */
	size_t n_products;
};

/* What a person wants to see of a step that failed. */
struct component_failure {
	struct buf
		tail; /* the last lines of the step's output, at most COMPONENT_TAIL_LINES; released by the caller */
	char log[4096]; /* absolute path of all of it; "" when no step failed */
};

struct box_view;

/* How a build differs from a plain one, for those who build to compare. A zeroed one, and NULL: not at all. */
struct component_how {
	/* What the steps see of the machine; NULL: what the box fixes. With a view the build is fresh, too. */
	const struct box_view *view;
	/* The steps run whatever the store knows, and leave no record of what they gave; their products are objects. */
	bool fresh;
	/* Absolute path of an empty folder that takes sources, outputs and log while the steps run; NULL: one of the store's. */
	const char *scratch;
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

#endif
