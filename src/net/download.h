/*
 * One file from the first mirror that gives it: retried and resumed, the next mirror tried where one does not do. Bytes
 * of several mirrors and of several runs may end up in one file; the digest decides, and when it says no to such a file,
 * the same mirror is asked once more for all of it.
 */
#ifndef ASSAY_NET_DOWNLOAD_H
#define ASSAY_NET_DOWNLOAD_H

#include <stdatomic.h>

#include "net/fetch.h"
#include "net/transfer.h"

/* How mirrors did so far, shared by all downloads of a run: one that never answers is not asked for every file. */
struct download_mirror {
	const char *uri;
	atomic_uint exhausted; /* downloads in a row for which all tries broke */
};

struct download {
	/* What the caller sets. */
	struct str path;
	struct fetch_bases bases;
	struct fetch_place also;             /* asked when none of bases gives it */
	uint64_t max;                        /* bytes; exactly so many where sha256 is set ... */
	bool at_most;                        /* ... and this is not */
	const uint8_t *sha256;               /* NULL: whatever comes, into bytes */
	struct store *store;                 /* unless sha256 is NULL */
	struct buf *bytes;                   /* if sha256 is NULL; initialised with max */
	const struct fetch_options *options; /* no zero in it */
	struct transfer *transfer;
	struct download_mirror *mirrors; /* all that bases name */
	size_t n_mirrors;
	void (*arrived)(void *ctx, int64_t n); /* bytes; negative: thrown away; may be NULL */
	void *ctx;

	/* Its own. */
	struct sink sink;
	struct store_writer *writer;
	uint64_t at;
	bool resumed, other_bytes, too_large, unreachable;
	struct buf notes;
};

bool download_run(struct download *d, struct err *e) MUST_CHECK;

#endif
