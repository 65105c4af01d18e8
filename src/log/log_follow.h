/*
 * All entries of a log between a tree that one has seen and its checkpoint. They are read once, into a file of the caller's, and counted
 * as entries only when they give the checkpoint's root: then each is in the tree, and the tree begins with what was seen.
 */
#ifndef ASSAY_LOG_LOG_FOLLOW_H
#define ASSAY_LOG_LOG_FOLLOW_H

#include "log/log_frontier.h"
#include "log/log_source.h"
#include "trust/checkpoint.h"

enum { LOG_FOLLOW_ENTRIES_MAX = 10 << 20 }; /* at once */

/*
 * From the tree of f to that of c, which is not smaller. spool is an empty file, opened for reading and writing. f is moved on when
 * all fits. Fails: MISMATCH when the entries give another root; LIMIT, NOTFOUND, FORMAT, IO.
 */
bool log_follow(struct log_frontier *f, const struct log_source *from, const struct checkpoint *c,
	int spool, struct err *e) MUST_CHECK;

/* Called for each entry; borrows it. Fails as it likes. */
typedef bool log_follow_entry(void *ctx, uint64_t index, struct span entry, struct err *e);
/* n entries out of the file, the first of which has that number. Fails: as see does, FORMAT, IO. */
bool log_follow_each(int spool, uint64_t first, uint64_t n, log_follow_entry *see, void *ctx,
	struct err *e) MUST_CHECK;

#endif
