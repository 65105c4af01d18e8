/*
 * A transparency log as a folder (C2SP tlog-tiles): static files that any web server can give away, and what its own machine
 * keeps beside them.
 *
 *   checkpoint, tile/...   trust/tlog_tile.h
 *   .log/log.json          format, origin, the log's key (trust/note_key.h), where its private half lies
 *   .log/signed            the text of the newest checkpoint that was signed, or is about to be
 *   .log/lock              whoever writes holds it
 *   .log/part              a file on its way to its name
 *
 * The order of writing, with a sync before each next step: entries and tiles; .log/signed; then the checkpoint is signed and gets its name.
 * So a kill or a power cut at any moment leaves the old or the new checkpoint with all that it needs. What has been signed is a promise
 * before it is a signature: a log that finds a promise without its checkpoint fulfils it and signs nothing else of that size or below,
 * and it never signs what its tiles do not bear out.
 */
#ifndef ASSAY_LOG_LOG_FOLDER_H
#define ASSAY_LOG_LOG_FOLDER_H

#include "trust/checkpoint.h"
#include "trust/note_key.h"
#include "trust/signed_note.h"

#define LOG_FOLDER_FORMAT "assay.log/1"
enum { LOG_FOLDER_WAIT_MS = 30000 }; /* for another one that writes */

struct log_folder; /* opaque; owned by the caller */

/*
 * A new, empty log with a first checkpoint; the folder may be there. key_path is kept as it is (absolute) for those who
 * name no key later; NULL: nothing is kept. One that was killed here goes on when it is asked again. Fails: USAGE for what is a log already,
 * FORMAT for an origin that is no name of a key, USAGE for another kind of key than Ed25519, IO.
 */
bool log_folder_make(const char *path, struct str origin, const struct private_key *key,
	const char *key_path, struct err *e) MUST_CHECK;

/*
 * For reading, without the lock. A checkpoint that is there is one of this log, by its key. Fails: NOTFOUND for a folder that is no log,
 * FORMAT, SIGNATURE, MISMATCH.
 */
bool log_folder_open(struct log_folder **ret, const char *path, struct err *e) MUST_CHECK;
void log_folder_free(struct log_folder *l);
void log_folder_freep(struct log_folder **l); /* for CLEANUP */

/* Borrowed, until the log is locked or grows. */
const struct note_key *log_folder_key(const struct log_folder *l);
const char *log_folder_key_path(
	const struct log_folder *l); /* of the private half; NULL: not kept */
/* Of the whole signed note and what it says. Fails: NOTFOUND when there is none. */
bool log_folder_checkpoint(struct checkpoint *ret, struct span *note, const struct log_folder *l,
	struct err *e) MUST_CHECK;

/*
 * Takes the lock, reads the log anew, and fulfils a promise that was left. Fails: IO when another one holds the lock for
 * LOG_FOLDER_WAIT_MS, MISMATCH for a checkpoint that its tiles or its promise do not bear out, or another's key.
 */
bool log_folder_lock(struct log_folder *l, const struct private_key *key, struct err *e) MUST_CHECK;
void log_folder_unlock(struct log_folder *l);

/* The lock is held. The checkpoint gets the log's signature anew; cosignatures stay. */
bool log_folder_resign(
	struct log_folder *l, const struct private_key *key, struct err *e) MUST_CHECK;

/*
 * Adds signature lines of witnesses, which the caller has checked, to the checkpoint, whose text must still be that: a line takes the
 * place of an older one of its name and id. Takes the lock for itself. Fails: MISMATCH when the log has grown meanwhile, FORMAT for lines
 * that are none, LIMIT, IO.
 */
bool log_folder_cosign(
	struct log_folder *l, struct str text, struct str lines, struct err *e) MUST_CHECK;

#endif
