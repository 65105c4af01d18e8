/* The checkpoint of a log, read where it lies. Who signed it is asked of its signatures. */
#ifndef ASSAY_LOG_LOG_NOTE_H
#define ASSAY_LOG_LOG_NOTE_H

#include "log/log_source.h"
#include "trust/checkpoint.h"
#include "trust/signed_note.h"

struct log_note {
	struct buf bytes;
	struct signed_note signatures;
	struct checkpoint checkpoint;
};

/* Owned by the caller; memory of the arena. Fails: NOTFOUND, FORMAT, LIMIT, IO. */
bool log_note_read(struct log_note *ret, const struct log_source *from, struct arena *a,
	struct err *e) MUST_CHECK;
/* The same of bytes, which become the note's. */
bool log_note_of(
	struct log_note *ret, struct buf *bytes, struct arena *a, struct err *e) MUST_CHECK;
void log_note_done(struct log_note *n); /* for CLEANUP */

#endif
