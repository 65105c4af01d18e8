/*
 * The tiles and entries of a log of a given size, read where it lies. Nothing is believed: who wants a proof checks it against a
 * checkpoint. A partial tile that is gone because the log has grown is taken from the full one.
 */
#ifndef ASSAY_LOG_LOG_READER_H
#define ASSAY_LOG_LOG_READER_H

#include "log/log_source.h"
#include "trust/tlog_tile.h"

struct log_reader; /* opaque; owned by the caller */

/* Borrows the source. */
struct log_reader *log_reader_new(const struct log_source *from, uint64_t size);
void log_reader_free(struct log_reader *r);
void log_reader_freep(struct log_reader **r); /* for CLEANUP */

/* A merkle_subtree (trust/merkle.h); of is the reader. Fails: NOTFOUND, FORMAT, IO. */
bool log_reader_hash(
	struct merkle_hash *ret, unsigned level, uint64_t at, void *of, struct err *e) MUST_CHECK;
/*
 * The hashes of leaves from at * 256 on, *n of them, of this size's log; borrowed until the next call. Fails as above, USAGE beyond
 * the last.
 */
bool log_reader_leaves(const struct merkle_hash **ret, unsigned *n, struct log_reader *r,
	uint64_t at, struct err *e) MUST_CHECK;

/* A tile with entries; of a log that has grown there may be more in it than the size has: width is how many of it count. */
struct log_entries {
	struct buf bytes;
	unsigned width, held;
};

/* out is initialised here and owned by the caller (log_entries_done). Fails as above. */
bool log_reader_entries(
	struct log_entries *out, const struct log_reader *r, uint64_t at, struct err *e) MUST_CHECK;
void log_entries_done(struct log_entries *t);
/* Borrowed. Number n of this tile, below width. Fails: FORMAT. */
bool log_entries_get(
	struct span *ret, const struct log_entries *t, unsigned n, struct err *e) MUST_CHECK;

#endif
