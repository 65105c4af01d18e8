/*
 * One run of a component's steps in the box, in a scratch folder of the store: sources in, outputs out.
 */
#ifndef ASSAY_BUILD_COMPONENT_RUN_H
#define ASSAY_BUILD_COMPONENT_RUN_H

#include "build/component_needs.h"

struct component_run {
	struct store *store;
	const struct component *component;
	struct str dir; /* of the description */
	const struct component_source *sources;
	size_t n_sources;
	struct component_made_list needs; /* whose outputs are below /need */
	const struct lock_source *debian; /* NULL: sources are of another kind */
	const char *sysroot;              /* absolute */
	int64_t source_date_epoch;
	const uint8_t *derivation; /* names the log of a failure */
	const struct component_how *how;
	struct component_shell *shell; /* NULL: none */
};

/*
 * Runs all steps and fills the products of *ret with what they left, its bytes in the store; memory from a. With a shell it runs
 * the steps before it and the shell, and takes nothing. Fails as component_build says.
 */
bool component_run(struct component_result *ret, const struct component_run *run, struct arena *a,
	struct component_failure *failure, struct err *e) MUST_CHECK;

#endif
