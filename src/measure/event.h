/*
 * Every platform is a list of ordered events; register values are folded from it. An event says which register it
 * extends, what was hashed, by which rule, and where the bytes come from, so that a prediction can be compared with a
 * log event by event and explained in the image's own words.
 */
#ifndef ASSAY_MEASURE_EVENT_H
#define ASSAY_MEASURE_EVENT_H

#include "base/arena.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/str.h"

enum { EVENT_BANKS_MAX = 4, EVENT_LIST_MAX = 100000, REGISTER_MAX = 24 };

struct event {
	unsigned reg;  /* PCR 0..23, or RTMR number */
	uint32_t type; /* TCG event type (EV_EFI_ACTION, ...), 0 where the platform has none */
	struct digest digests[EVENT_BANKS_MAX]; /* one a bank, in the list's order of banks */
	struct str what; /* short name: "UKI", ".cmdline section", "separator" */
	struct str
		rule; /* the specification that makes it: "TCG PFP 3.3.4", "systemd-stub PCR 11" */
	struct str origin; /* the file or input of the build: "uki.efi", "command line" */
	struct str text;   /* what was measured, readable, where it is short; else empty */
};

struct event_list {
	struct arena *a;
	enum digest_alg banks[EVENT_BANKS_MAX];
	size_t n_banks;
	struct event *items;
	size_t n, room;
};

/* An empty list for these banks; all memory from a. */
void event_list_init(
	struct event_list *l, struct arena *a, const enum digest_alg *banks, size_t n_banks);
/* Appends an event whose digests are the hash of data in every bank. Strings are borrowed. LIMIT. */
bool event_list_add(struct event_list *l, unsigned reg, uint32_t type, struct span data,
	const char *what, const char *rule, struct str origin, struct str text,
	struct err *e) MUST_CHECK;
/* Appends an event with digests made elsewhere (Authenticode), n_banks of them. */
bool event_list_add_digests(struct event_list *l, const struct event *ev, struct err *e) MUST_CHECK;
/* The register's value after all its events: from zeroes, R' = H(R | digest). */
void event_fold(const struct event_list *l, unsigned reg, size_t bank, struct digest *ret);

#endif
