/*
 * What a witness keeps on disk: for each log the checkpoint that it cosigned last, in a folder that belongs to one running
 * witness with one key. The promise of a witness is no better than this folder: whoever empties it, or puts an older copy
 * in its place, makes the witness sign a second history.
 *
 *   HEX.checkpoint   signed note: the log's signature and the witness's own
 *   HEX.NAME         what else was shown, as evidence
 *
 * HEX is the SHA-256 of the log's origin. Written beside its place, synced, renamed, and the folder synced: after a kill or
 * a power cut the older or the newer one is there, and whole.
 */
#ifndef ASSAY_WITNESS_WITNESS_STATE_H
#define ASSAY_WITNESS_WITNESS_STATE_H

#include "base/buf.h"
#include "base/err.h"

struct witness_state;

/* The folder is made where there is none, with mode 0700. Fails: IO; USAGE when another process serves from it. */
bool witness_state_open(struct witness_state **ret, const char *folder, struct err *e) MUST_CHECK;
void witness_state_close(struct witness_state *s);
void witness_state_closep(struct witness_state **s); /* for CLEANUP */

/* 64 hex digits, terminated: what a log's files begin with. */
void witness_state_name(char ret[static 65], struct str origin);

/* *found is whether there is one; out is initialised here and owned by the caller. Fails: IO, LIMIT. */
bool witness_state_load(struct buf *out, bool *found, const struct witness_state *s,
	struct str origin, struct err *e) MUST_CHECK;
/* Returns true only when the note is on the disk. Fails: IO; then the older or the newer one is there. */
bool witness_state_save(const struct witness_state *s, struct str origin, struct span note,
	struct err *e) MUST_CHECK;
/* HEX.NAME; first: nothing is done where there is one already. Fails: IO. */
bool witness_state_keep(const struct witness_state *s, struct str origin, const char *name,
	bool first, struct span bytes, struct err *e) MUST_CHECK;

#endif
