/*
 * What whoever follows a log keeps between two looks, in a folder:
 *
 *   seen.json       assay.log-seen/1: the last checkpoint with all its signatures, and the tree's frontier (log_frontier.h)
 *   open/NUMBER     entries that wait for something: the file is the entry
 *   conflict/NAME/  seen and shown: two checkpoints that one log signed and that cannot both be true. They stay until somebody has
 *                   dealt with them
 *   lock, new       held while it is looked at; entries that are being read
 */
#ifndef ASSAY_LOG_LOG_STATE_H
#define ASSAY_LOG_LOG_STATE_H

#include "base/arena.h"
#include "log/log_frontier.h"
#include "log/log_note.h"

#define LOG_STATE_FORMAT "assay.log-seen/1"

struct log_state; /* opaque; owned by the caller */

/* Makes the folder where it is not there, and locks it. Fails: IO when another one has it, FORMAT. */
bool log_state_open(struct log_state **ret, const char *path, struct err *e) MUST_CHECK;
void log_state_free(struct log_state *s);
void log_state_freep(struct log_state **s); /* for CLEANUP */

/* NULL: nothing was seen yet. Borrowed. */
const struct log_note *log_state_seen(const struct log_state *s);
struct log_frontier log_state_frontier(const struct log_state *s);
/* After all else is kept. Fails: IO. */
bool log_state_keep(struct log_state *s, const struct log_note *note, const struct log_frontier *f,
	struct err *e) MUST_CHECK;

/* An empty file for log_follow; closed by the caller. -1 on failure. */
int log_state_spool(struct log_state *s, struct err *e) MUST_CHECK;

/* Entries that wait, by number; list is owned by the caller (free). Fails: IO. */
bool log_state_open_list(
	uint64_t **list, size_t *n, const struct log_state *s, struct err *e) MUST_CHECK;
bool log_state_open_read(
	struct buf *out, const struct log_state *s, uint64_t number, struct err *e) MUST_CHECK;
bool log_state_open_keep(
	struct log_state *s, uint64_t number, struct span entry, struct err *e) MUST_CHECK;
bool log_state_open_drop(struct log_state *s, uint64_t number, struct err *e) MUST_CHECK;

/* Keeps two notes as evidence; place (owned by the caller) is where. Fails: IO. */
bool log_state_conflict(char **place, struct log_state *s, const struct log_note *seen,
	const struct log_note *shown, struct err *e) MUST_CHECK;
/* How many there are, and the path below which they lie; borrowed. */
bool log_state_conflicts(
	size_t *n, const char **place, const struct log_state *s, struct err *e) MUST_CHECK;

#endif
