/*
 * One build of one component, or of the whole image, as a folder: what its steps left, with what was varied. Where
 * something of the outside varies it is made by a process of its own (outside.h), in a store of its own (annex.h).
 */
#ifndef ASSAY_CHECK_TRIAL_H
#define ASSAY_CHECK_TRIAL_H

#include "build/component.h"
#include "build/inputs.h"
#include "check/annex.h"

enum { TRIAL_NOTES_MAX = 32, TRIAL_LOG_MAX = 65 << 20 };

struct trial {
	struct store *store;
	struct annex *annex; /* NULL where nothing of the outside varies */
	const struct inputs *inputs;
	const struct component *component; /* NULL: the whole image */
	const char
		*sysroot; /* of the component's toolchain, in the store; NULL: not laid out yet */
	const struct canaries *canaries;
	uint64_t variations;
	const char *locale; /* for VARIATION_LOCALE */
	bool released; /* the machine's own shows in every channel; variations is not looked at */
	bool shuffled; /* VARIATION_FILE_ORDER: by chance, instead of the reverse */
	/* The image: PCR 0 of its firmware, where it is known, so that no machine is booted to learn it. */
	const uint8_t *firmware_sha256; /* NULL: not known */
	const struct digest *pcr0;
};

struct trial_result {
	bool failed;   /* a step did, or left an output out */
	char why[600]; /* then: the error */
	/* What the box noted as asked for and not declared: "network: connect to ...". Owned by the arena. */
	const struct str *notes;
	size_t n_notes;
};

/*
 * Builds into the folder out (absolute; made here, with the outputs' names from the description below it; in the annex
 * where something of the outside varies). A step that
 * fails is a result where something varies, and an error where nothing does. Memory from a. Fails as component_build.
 */
bool trial_run(struct trial_result *ret, const struct trial *t, const char *out, struct arena *a,
	struct err *e) MUST_CHECK;

#endif
