/*
 * `assay check`: every component of a description under examination (examine.h), the image as a whole where something of
 * the outside varies, and what could not be varied here.
 */
#ifndef ASSAY_CHECK_SURVEY_H
#define ASSAY_CHECK_SURVEY_H

#include "check/examine.h"
#include "codec/json.h"

#define SURVEY_FORMAT "assay.check/1"

struct survey {
	const struct inputs *inputs; /* all that its toolchains need is in the store */
	struct store *store;
	uint64_t variations;
	bool plain;     /* examine.plain */
	unsigned races; /* as bisect_job has them */
	struct str
		only; /* the components to look at, separated by commas; empty: all, and the image */
	uint8_t seed[SHA256_SIZE]; /* of the canaries: random */
	/* Told before each build; may be NULL. */
	void (*builds)(void *ctx, struct str component, unsigned n, uint64_t variations);
	void *ctx;
};

/* What was asked for and cannot be done here. */
struct survey_not_effective {
	struct str component; /* "": for all */
	enum variation variation;
	struct str why;
};

struct survey_component {
	struct str name; /* "image" for the image */
	bool is_image;
	struct examine_result result;
};

struct survey_result {
	bool identical;
	uint64_t varied; /* in some component */
	const struct survey_not_effective *not_effective;
	size_t n_not_effective;
	const struct survey_component *components; /* in the order of the description */
	size_t n_components;
};

/*
 * Memory from a. Fails: NOTFOUND for a component of that name, or a description without any, with the names there are as a
 * hint; as component_build.
 */
bool survey_run(struct survey_result *ret, const struct survey *s, struct arena *a,
	struct err *e) MUST_CHECK;

/* The result as JSON (SURVEY_FORMAT); members in a fixed order. */
void survey_emit(struct json_out *w, const struct survey *s, const struct survey_result *r);

#endif
