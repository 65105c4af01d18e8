/*
 * What this user was shown last of logs and channels (trust/last_seen.h), in $XDG_STATE_HOME/assay/last-seen.json, else
 * ~/.local/state. One process at a time has it; it is replaced whole, and lives through a crash. A file that cannot be read
 * is an error and never begun anew: whoever can damage it must not be able to make it forget.
 */
#ifndef ASSAY_CMD_LAST_SEEN_FILE_H
#define ASSAY_CMD_LAST_SEEN_FILE_H

#include "trust/last_seen.h"

struct last_seen_file {
	struct str path;
	int lock; /* starts as -1 */
	struct last_seen seen;
};

/*
 * Waits until no other process has it, and reads it; none yet is nothing seen. Memory is the arena's. *ret is for
 * last_seen_file_done, also after a failure. Fails: USAGE without a place for it, FORMAT when it is damaged, IO.
 */
bool last_seen_file_open(struct last_seen_file *ret, struct arena *a, struct err *e) MUST_CHECK;
/* Writes nothing where nothing changed. */
bool last_seen_file_write(
	struct last_seen_file *f, const struct last_seen *now, struct err *e) MUST_CHECK;
void last_seen_file_done(struct last_seen_file *f);

#endif
