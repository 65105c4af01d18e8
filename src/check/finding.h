/*
 * What `check` says of one place that differs: a cause and what shows it.
 *
 * Proved by a canary: the value that was planted in a channel stands there. Proved by bisection: builds that differ in
 * nothing but this channel differ there. Suspected: no channel moves it, and this is what the bytes look like.
 */
#ifndef ASSAY_CHECK_FINDING_H
#define ASSAY_CHECK_FINDING_H

#include "base/arena.h"
#include "check/bisect.h"
#include "check/canary.h"
#include "check/cause.h"
#include "check/place.h"
#include "lock/description.h"

enum { FINDING_TEXT_MAX = 120, FINDING_CANARY_SETS = BISECT_RETRIES + 2 };

struct finding {
	struct str component; /* "" for the image */
	struct str artefact;
	const struct str *where;
	size_t n_where;
	enum diff_kind kind;
	enum cause_class class;
	bool proved;
	enum cause_by by;
	uint64_t
		variations; /* that move it: one, or several that are all needed; 0: none is known */
	struct str evidence;  /* a sentence */
	struct str registers; /* "PCR 4, 5, 9, 11"; may be empty */
	struct str first,
		second; /* what stands there, printable, at most FINDING_TEXT_MAX characters */
};

struct finding_job {
	const struct places *places;
	const struct bisect_result *search;
	/* By attempt: the values that were planted. */
	const struct canaries *canaries[FINDING_CANARY_SETS];
	uint64_t variations; /* of builds with everything varied */
	/* What the component asked for without declaring it; where there is something, it is suspected of what moves by itself. */
	const struct str *notes;
	size_t n_notes;
	int64_t began_unix, ended_unix;    /* all builds: by the machine's own clock */
	const struct component *component; /* NULL: the image */
	bool measured; /* what outputs of a component go into is an image that a platform measures */
};

/* The findings, by place and then by variation; memory from a. */
bool finding_make(const struct finding **ret, size_t *n_ret, const struct finding_job *job,
	struct arena *a, struct err *e) MUST_CHECK;

/* Bytes as a person can read them: a line end as "\n", what is not printable as "\x..". For tests. */
bool finding_printable(
	struct str *ret, struct span s, size_t from, struct arena *a, struct err *e) MUST_CHECK;

#endif
