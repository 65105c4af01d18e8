/*
 * Downloads into the store: several at once, resumed, retried, from the next mirror when one does not do. What arrives
 * is hashed while it is written, never longer than it should be, and becomes an object only if its digest is the wanted
 * one. What had come of a file when the network failed or the process was killed stays in the store's partial/, and the
 * next run asks for the rest; bytes that turned out wrong do not stay.
 */
#ifndef ASSAY_NET_FETCH_H
#define ASSAY_NET_FETCH_H

#include "store/store.h"

/* Base URIs to ask in this order, e.g. of mirrors_for. All borrowed. */
struct fetch_bases {
	const char *const *uris;
	size_t n;
};

/* Where the same bytes may be, too. */
struct fetch_place {
	struct str path;
	struct fetch_bases bases; /* none: nowhere */
};

struct fetch_item {
	struct str path; /* below a base URI: "pool/main/h/hello/hello_2.10-3_amd64.deb" */
	uint64_t size;
	bool at_most; /* size is a limit: how many there are is not known */
	uint8_t sha256[SHA256_SIZE];
	struct fetch_bases bases;
	struct fetch_place also; /* asked when none of bases gives it */
};

struct fetch_progress {
	size_t items_done, items;
	uint64_t bytes_done,
		bytes; /* of what was not in the store already; a kept part counts as done */
};

/* A zeroed field takes the default in the comment. */
struct fetch_options {
	unsigned at_once; /* 8, at most 32 */
	unsigned tries;   /* 3, of one mirror for one item, when it broke off or did not answer */
	unsigned backoff_ms;      /* 500, before the second try; doubled for each further one */
	unsigned connect_s;       /* 15 */
	unsigned low_speed_bytes; /* 1024 bytes per second for ... */
	unsigned low_speed_s;     /* 30 seconds: slower is given up */
	unsigned unpinned_s;      /* 120 seconds for all of a file whose size nobody knows yet */
	/* Called at most some ten times a second and after every item, by one thread at a time; may be NULL. */
	void (*progress)(void *ctx, const struct fetch_progress *p);
	void *ctx;
};

/*
 * Puts all items into the store; those that it has are skipped. options may be NULL. Fails with the item's path and
 * what each mirror answered: NOTFOUND when none has it, MISMATCH when one gave other bytes, IO when none could be asked,
 * USAGE without any base URI, FORMAT for a path that is not canonical.
 */
bool fetch_all(struct store *s, const struct fetch_item *items, size_t n,
	const struct fetch_options *options, struct err *e) MUST_CHECK;

/*
 * One file whose digest is not known yet (InRelease), of at most max bytes, from the first mirror that has it. Nothing
 * about these bytes is checked. out is initialised here and owned by the caller; options may be NULL. Fails as
 * fetch_all, LIMIT when it is larger everywhere.
 */
bool fetch_unpinned(const struct fetch_bases *bases, struct str path, size_t max,
	const struct fetch_options *options, struct buf *out, struct err *e) MUST_CHECK;

#endif
