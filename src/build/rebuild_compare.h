/*
 * What was rebuilt, held against what was published: every artefact's digest, every register's value, and where they differ
 * the first place in the order in which one follows from the other, so that the cause comes before what it moves: the lock,
 * files of the initrd and of the root, parts, whole files, registers.
 */
#ifndef ASSAY_BUILD_REBUILD_COMPARE_H
#define ASSAY_BUILD_REBUILD_COMPARE_H

#include "appraise/reference_values.h"
#include "build/manifest_parse.h"

enum rebuild_verdict {
	REBUILD_FAILED, /* there is no image: the lock is refuted or does not fit, or a step fails */
	REBUILD_DIFFERS,   /* some artefact or value is not the published one */
	REBUILD_BUILT,     /* nothing was published to compare with */
	REBUILD_IDENTICAL, /* all that was published is what was built */
};

/* One side; its manifest may be NULL: nothing was published, or nothing was built. */
struct rebuild_side {
	const struct manifest *manifest;
	const uint8_t *manifest_sha256;
	const struct reference_values *values;
	bool values_are_right; /* the whole file is what the rebuilt image gives, but for PCR 0 */
};

enum { REBUILD_ARTEFACTS_MAX = 12 };

struct rebuild_artefact {
	const char *name;                 /* a file's path in the output folder, or a part's name */
	struct digest published, rebuilt; /* DIGEST_NONE: not on that side */
};

struct rebuild_comparison {
	enum rebuild_verdict verdict;
	/* In the order above. Not reference-values.json: it says what a machine could observe. */
	struct rebuild_artefact artefacts[REBUILD_ARTEFACTS_MAX];
	size_t n_artefacts;
	size_t n_registers; /* values that both sides have */
	struct str first;   /* that differs: "root: usr/bin/app", "disk.img", "qemu-vtpm PCR 4" */
	struct digest published, rebuilt; /* of the first; DIGEST_NONE where a side lacks it */
};

/*
 * Memory from a, which must be as long-lived as what the sides point to. A register that only one side observed has no say;
 * one that both observed has. Fails LIMIT.
 */
bool rebuild_compare(struct rebuild_comparison *ret, const struct rebuild_side *published,
	const struct rebuild_side *rebuilt, struct arena *a, struct err *e) MUST_CHECK;

/*
 * Before anything is built: whether the sources at hand are those of the published manifest. Where they are not, the
 * comparison says so and building has no sense.
 */
bool rebuild_compare_inputs(struct rebuild_comparison *ret, const struct rebuild_side *published,
	const uint8_t description_sha256[static SHA256_SIZE],
	const uint8_t lock_sha256[static SHA256_SIZE], struct arena *a, struct err *e) MUST_CHECK;

/* "identical", "differs", "built", "failed". */
const char *rebuild_verdict_name(enum rebuild_verdict v);

/* A value follows from the image alone, whatever machine made it: what rebuilders compare. */
static inline bool rebuild_is_computed(const struct reference_register *r)
{
	return r->how == REFERENCE_COMPUTED;
}

#endif
