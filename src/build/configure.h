/*
 * `configure: scripts`: the maintainer scripts of all packages of an image run in the box, by the image's own dpkg
 * (configure_job.h), and what they changed is a difference of trees (configure_delta.h).
 *
 * Its derivation is the SHA-256 of a canonical JSON document with all that can reach the result: versions of the box and of
 * the rules here, the packages in their batches, the trees that dpkg starts with and is compared with (they hold the
 * accounts), the source date. The difference is kept in the store under that name; equal inputs run once.
 */
#ifndef ASSAY_BUILD_CONFIGURE_H
#define ASSAY_BUILD_CONFIGURE_H

#include "build/component.h"
#include "build/configure_delta.h"
#include "build/inputs.h"

enum {
	CONFIGURE_VERSION =
		1, /* of commands, environment and leftovers; a change takes the next number */
};

struct configure_inputs {
	struct store *store;
	const struct description *description;
	const struct package_set *set; /* the image's */
	bool incomplete; /* the lock leaves packages out: what depends on them is configured without */
	int64_t source_date_epoch;
	/* For those who build to compare, as for a component: view, fresh and box count; may be NULL. */
	const struct component_how *how;
};

struct configure_result {
	uint8_t derivation[SHA256_SIZE];
	bool cached; /* nothing ran */
	struct configure_delta delta;
	struct tree
		*before; /* has contents of the tree that was filled, which must not outlive it */
};

void configure_result_done(struct configure_result *r);

/*
 * Runs the scripts or takes the stored result, and fills the empty tree t, which is not finished: what packages hold has its
 * origin "package:NAME", what scripts made or changed the origin "scripts". Memory from a; contents live as long as the store and
 * the packs. Fails: MISMATCH for a script that fails, with failure (may be NULL) filled, for a private key that a script
 * made and the description does not exclude, and when equal inputs gave other bytes before; as box_run.
 */
bool configure_build(struct tree *t, struct configure_result *ret,
	const struct configure_inputs *in, struct arena *a, struct component_failure *failure,
	struct err *e) MUST_CHECK;

#endif
