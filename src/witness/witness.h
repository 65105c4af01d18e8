/*
 * A witness of transparency logs (C2SP tlog-witness): cosigns a checkpoint of a log that it knows when the log shows that
 * everything it cosigned before is part of it. A request is checked against what is kept, kept, and answered, in this order
 * and with nothing in between (witness_state.h): a cosignature leaves only when a crash can no longer undo it.
 *
 * What does not hold is kept as evidence. HEX.fork-seen and HEX.fork-shown: two checkpoints of one size with different
 * roots, both signed by the log; whoever has the log's key sees that it lied. HEX.refused: the last request whose proof did
 * not hold; that alone may be an asker's doing, but the log signed its checkpoint, and can be asked to prove it.
 */
#ifndef ASSAY_WITNESS_WITNESS_H
#define ASSAY_WITNESS_WITNESS_H

#include "trust/note_key.h"
#include "trust/private_key.h"
#include "trust/witness_request.h"
#include "witness/witness_state.h"

enum { WITNESS_LOGS_MAX = 1024, WITNESS_ANSWER_MAX = SIGNED_NOTE_SIZE_MAX };

/* All is borrowed. */
struct witness {
	struct note_key
		key; /* of type NOTE_KEY_COSIGNATURE: the name and public half of private_key */
	const struct private_key *private_key;
	const struct trust_log *logs;
	size_t n_logs;
	const struct witness_state *state;
	/* Told, in one line, what an operator should know; may be NULL. */
	void (*tell)(void *arg, const char *line);
	void *tell_arg;
};

/*
 * The answer to the body of a request, which is also the status of HTTP. out gets its body: with
 * WITNESS_COSIGNS the cosignature, made at now_unix, with WITNESS_CONFLICT the size that was seen last, else a line that
 * says why.
 */
enum witness_answer witness_add_checkpoint(
	const struct witness *w, struct span body, int64_t now_unix, struct buf *out);
/* What it cosigned last of the log whose files begin with hex (witness_state_name). WITNESS_UNKNOWN when there is none. */
enum witness_answer witness_last(const struct witness *w, struct str hex, struct buf *out);

#endif
