/*
 * One component, or the whole image, under examination: a steady build, one with everything varied, and where they differ the search for what
 * moves it.
 */
#ifndef ASSAY_CHECK_EXAMINE_H
#define ASSAY_CHECK_EXAMINE_H

#include "check/finding.h"
#include "check/trial.h"

enum { EXAMINE_ARENA_MAX = 512 << 20 };

struct examine {
	struct store *store;
	const struct inputs *inputs;
	struct annex *annex;               /* NULL where nothing of the outside varies */
	const struct component *component; /* NULL: the whole image */
	const struct canaries *canaries[FINDING_CANARY_SETS]; /* by attempt */
	uint64_t variations;
	const char *locale;  /* for VARIATION_LOCALE */
	const char *sysroot; /* trial.sysroot */
	/*
	 * Plainly: first a build in which every channel shows the machine's own is held against the one with everything varied; the
	 * search goes on only where those differ.
	 */
	bool plain;
	unsigned races;  /* as bisect_job has them */
	unsigned number; /* of this examination, among those that share the folder */
	const char *
		scratch; /* absolute path of an empty folder; that of the annex where there is one */
	/* Told before each build what varies in it; may be NULL. */
	void (*builds)(void *ctx, uint64_t variations);
	void *ctx;
};

struct examine_result {
	unsigned n_builds;
	size_t n_artefacts, n_differing;
	bool identical;
	const struct finding *findings;
	size_t n_findings;
	const struct str *notes; /* undeclared inputs */
	size_t n_notes;
	/* Without these the steps fail, so that nothing was compared with them varied; why by variation. */
	uint64_t needed;
	struct str why_needed[VARIATION_N];
};

/* Memory from a. Fails as component_build. */
bool examine_run(struct examine_result *ret, const struct examine *x, struct arena *a,
	struct err *e) MUST_CHECK;

#endif
