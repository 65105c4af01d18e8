/*
 * Canaries: the values that `check` shows a step in one of two builds, chosen so that they can be found again in what the
 * step made. Whoever sees "i-capture-the-hostname-kwxvdpa" in a program has no need to guess why two builds differ.
 *
 * All of them follow from a seed, which is new in every run, so that nothing can know them and no file has them by chance:
 * texts end in a tag of seven letters that is found alone, too, where a field was too short for the rest; numbers
 * and times are looked for as canary_scan.h says.
 */
#ifndef ASSAY_CHECK_CANARY_H
#define ASSAY_CHECK_CANARY_H

#include <stdbool.h>

#include "base/digest.h"
#include "check/variation.h"

enum {
	CANARY_TEXT_MAX = 96,
	CANARY_TAG = 7,  /* letters of a tag: 31 bits of chance */
	CANARY_MAX = 40, /* of one set */
	CANARY_BUILD_S =
		900, /* by how much a virtual clock goes on while a component is built, at most */
	CANARY_FILES = 4096, /* how many numbers of files are looked for, from the first on */
	CANARY_PROCESSES = 2000,
	CANARY_ZONE_S = 14 * 3600, /* by how much local time is before UTC in the canary's zone */
};

enum canary_form {
	CANARY_TEXT,
	CANARY_NUMBER, /* from..to */
	CANARY_TIME,   /* from..to, seconds since 1970 */
};

struct canary {
	enum variation variation;
	enum canary_form form;
	char text[CANARY_TEXT_MAX]; /* TEXT: all of it */
	char tag[CANARY_TAG + 1];   /* TEXT */
	uint64_t from, to;          /* both are in it */
};

struct canaries {
	/* The values, for those who plant them. */
	int64_t clock_start;      /* a year and some hours behind the source date */
	int64_t file_time_offset; /* seconds */
	uint8_t random_seed[SHA256_SIZE];
	char host_name[CANARY_TEXT_MAX], user[CANARY_TEXT_MAX], home[CANARY_TEXT_MAX];
	char variable[CANARY_TEXT_MAX]; /* NAME=VALUE */
	char zone[CANARY_TEXT_MAX];     /* as in TZ, needs no table of zones */
	char kernel_release[CANARY_TEXT_MAX], kernel_version[CANARY_TEXT_MAX];
	char processor_model[CANARY_TEXT_MAX], path[CANARY_TEXT_MAX];
	unsigned user_id, pid_base, n_processors, umask_bits;
	uint64_t memory, file_number_base, disturb;
	char outside_path[CANARY_TEXT_MAX]; /* relative: a folder to make */
	char outside_host_name[CANARY_TEXT_MAX], outside_home[CANARY_TEXT_MAX];
	char outside_variable[CANARY_TEXT_MAX], outside_zone[CANARY_TEXT_MAX];
	unsigned outside_user_id;
	/* The same, for those who look for them. */
	struct canary items[CANARY_MAX];
	size_t n;
};

/* Equal seeds give equal canaries. source_date_epoch: where the box's own clock starts. */
void canary_make(
	struct canaries *ret, const uint8_t seed[static SHA256_SIZE], int64_t source_date_epoch);

/* The outside of `to` becomes that of `from`: it stays the same where the inside is tried with other values. */
void canary_keep_outside(struct canaries *to, const struct canaries *from);

#endif
