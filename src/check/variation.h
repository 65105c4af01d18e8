/*
 * What `assay check` varies between two builds, one bit each: what the box shows a step in its own way (its channels,
 * box/box_view.h, in the same order), and what it promises not to show at all: how the machine outside of it is.
 *
 * Without --vary all of the outside varies at once, since none of it may reach a byte, and so does the schedule, which
 * nobody promises. With --vary the box's guarantees are released, each by a value that can be found again (canary.h).
 */
#ifndef ASSAY_CHECK_VARIATION_H
#define ASSAY_CHECK_VARIATION_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum variation {
	VARIATION_CLOCK,
	VARIATION_RANDOM,
	VARIATION_ADDRESSES,
	VARIATION_PIDS,
	VARIATION_HOST_NAME,
	VARIATION_USER,
	VARIATION_HOME,
	VARIATION_UMASK,
	VARIATION_ENVIRONMENT,
	VARIATION_LOCALE,
	VARIATION_ZONE,
	VARIATION_KERNEL,
	VARIATION_PROCESSORS,
	VARIATION_MEMORY,
	VARIATION_FILE_TIMES,
	VARIATION_FILE_ORDER,
	VARIATION_FILE_NUMBERS,
	VARIATION_PATH,
	VARIATION_SCHEDULE,
	/* outside of the box */
	VARIATION_OUTSIDE_PATH, /* of the store, the scratch folders and the toolchain */
	VARIATION_OUTSIDE_HOST_NAME,
	VARIATION_OUTSIDE_USER,
	VARIATION_OUTSIDE_HOME,
	VARIATION_OUTSIDE_UMASK,
	VARIATION_OUTSIDE_ENVIRONMENT,
	VARIATION_OUTSIDE_LOCALE,
	VARIATION_OUTSIDE_ZONE,
	VARIATION_OUTSIDE_PROCESSORS, /* one instead of all; the number of threads with it */
	VARIATION_OUTSIDE_PRIORITY,
	VARIATION_SOURCE_ORDER, /* in which sources are laid out */
	VARIATION_UNPACKING, /* packages are unpacked again, in another order, into an empty store */
	VARIATION_N,
};

/* A set of them: bit v is variation v. */
#define VARIATION_BIT(v) (UINT64_C(1) << (v))
#define VARIATION_CHANNELS (VARIATION_BIT(VARIATION_OUTSIDE_PATH) - 1)
#define VARIATION_OUTSIDE \
	((VARIATION_BIT(VARIATION_N) - 1 - VARIATION_CHANNELS) | VARIATION_BIT(VARIATION_SCHEDULE))

/* As in --vary: "clock", "outside-path". */
const char *variation_name(enum variation v);
/* "the clock", "the path of the work folder": for sentences. */
const char *variation_words(enum variation v);

/*
 * A list as --vary takes it: names and groups (time, all, outside), separated by commas. Fails: USAGE, naming the word
 * that is none, with a hint that lists those there are.
 */
bool variation_parse(uint64_t *ret, struct str list, struct err *e) MUST_CHECK;

#endif
