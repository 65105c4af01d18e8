/*
 * Entries that come to a log, many in one go. What it costs depends on how many come, not on how many are there: of the log
 * only the right edge is read (log_edge.h) and the entries of the last tile, when that is not full.
 *
 * Nothing of it counts before log_append_end has returned: then all entries are there to stay. When it ends otherwise, they
 * are not in the log, or, after a kill, all of them may be.
 */
#ifndef ASSAY_LOG_LOG_APPEND_H
#define ASSAY_LOG_LOG_APPEND_H

#include "log/log_folder.h"

struct log_append; /* opaque; owned by the caller */

/* Locks the log (log_folder_lock) until it is freed. Borrows both. */
bool log_append_begin(struct log_append **ret, struct log_folder *l, const struct private_key *key,
	struct err *e) MUST_CHECK;
/* *index is the place that it will have. Fails: LIMIT for an entry above TLOG_TILE_ENTRY_MAX, IO. After a failure all fail. */
bool log_append_entry(
	struct log_append *a, struct span entry, uint64_t *index, struct err *e) MUST_CHECK;
/* Makes it all stay, and publishes the checkpoint; nothing to do when nothing came. */
bool log_append_end(struct log_append *a, struct err *e) MUST_CHECK;
void log_append_free(struct log_append *a);
void log_append_freep(struct log_append **a); /* for CLEANUP */

#endif
