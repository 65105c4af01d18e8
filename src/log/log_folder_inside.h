/* What the files of this module share of a log's folder (log_folder.h). */
#ifndef ASSAY_LOG_LOG_FOLDER_INSIDE_H
#define ASSAY_LOG_LOG_FOLDER_INSIDE_H

#include "log/log_folder.h"
#include "log/log_source.h"

struct log_folder {
	char *path;
	struct log_source source; /* its folder */
	int private_folder, lock; /* -1: not open, not held */
	struct arena *names;      /* what the key and key_path borrow */
	struct note_key key;
	const char *key_path;
	/* The checkpoint as it was read last; note.n 0: there is none, and now is the empty tree. */
	struct arena *of_note;
	struct buf note;
	struct signed_note *signatures;
	struct checkpoint now;
};

/* Reads the checkpoint anew. */
bool log_folder_reload(struct log_folder *l, struct err *e) MUST_CHECK;
/* A file of the log: whole under its name or not at all. sync: and it stays so after a power cut. The lock is held. */
bool log_folder_put(struct log_folder *l, int folder, const char *path, struct span bytes,
	bool sync, struct err *e) MUST_CHECK;
/*
 * Signs and publishes a checkpoint whose tiles are there to stay, after it has read them once more: the tree of them is that, and
 * begins with the tree before. The lock is held. Fails: MISMATCH, IO.
 */
bool log_folder_publish(struct log_folder *l, const struct checkpoint *next,
	const struct private_key *key, struct err *e) MUST_CHECK;
/* Publishes what was promised and has no checkpoint yet. The lock is held. Fails: as log_folder_publish. */
bool log_folder_fulfil(
	struct log_folder *l, const struct private_key *key, struct err *e) MUST_CHECK;
/* The key is the log's own. Fails: MISMATCH. */
bool log_folder_owned(
	const struct log_folder *l, const struct private_key *key, struct err *e) MUST_CHECK;
/* The lock alone, without a look at the log. */
bool log_folder_wait(struct log_folder *l, struct err *e) MUST_CHECK;
/* Signature lines of the checkpoint that are not the log's own. */
void log_folder_put_others(struct buf *out, const struct log_folder *l);

#endif
