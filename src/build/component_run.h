/*
 * One run of a component's steps in the box, in a scratch folder of the store: sources in, outputs out.
 */
#ifndef ASSAY_BUILD_COMPONENT_RUN_H
#define ASSAY_BUILD_COMPONENT_RUN_H

#include "build/component.h"

struct component_run {
	struct store *store;
	const struct component *component;
	const struct component_source *sources;
	size_t n_sources;
	const char *sysroot; /* absolute */
	int64_t source_date_epoch;
	const uint8_t *derivation; /* names the log of a failure */
	const struct component_how *how;
};

/* A file that the steps left in /out. */
struct component_made {
	uint64_t size;
	uint8_t sha256[SHA256_SIZE];
};

/*
 * Runs all steps and puts the described outputs into the store; ret has room for component->n_outputs. Fails as
 * component_build says.
 */
bool component_run(struct component_made *ret, const struct component_run *run,
	struct component_failure *failure, struct err *e) MUST_CHECK;

#endif
