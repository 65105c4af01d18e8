/*
 * What a verifier has seen last of each log and each channel, and whether what he is shown now may follow: a log only grows,
 * a channel's counter only rises, and neither is ever two things at once. Pure: bytes and values in, a decision out; where
 * the bytes are kept is the caller's business. Canonical JSON (codec/json.h):
 *
 *   format    "assay.last-seen/1"
 *   logs      ascending by origin: origin, size, root (hex)
 *   channels  ascending by name: name, counter, sha256 of the signed payload
 */
#ifndef ASSAY_TRUST_LAST_SEEN_H
#define ASSAY_TRUST_LAST_SEEN_H

#include "base/arena.h"
#include "base/buf.h"
#include "trust/channel.h"
#include "trust/checkpoint.h"

#define LAST_SEEN_FORMAT "assay.last-seen/1"
enum { LAST_SEEN_SIZE_MAX = 4 << 20, LAST_SEEN_ENTRIES_MAX = 4096 };

struct last_seen_log {
	struct str origin;
	uint64_t size;
	struct merkle_hash root;
};

struct last_seen_channel {
	struct str name;
	uint64_t counter;
	uint8_t sha256[SHA256_SIZE];
};

/* Zeroed: nothing was seen. */
struct last_seen {
	const struct last_seen_log *logs; /* ascending */
	size_t n_logs;
	const struct last_seen_channel *channels; /* ascending */
	size_t n_channels;
};

enum last_seen_answer {
	LAST_SEEN_FINE,     /* new, the same, or later */
	LAST_SEEN_ROLLBACK, /* of a log: it was larger */
	LAST_SEEN_FORK,     /* the same size or counter, and something else in it */
	LAST_SEEN_REPLAY,   /* of a channel: its counter was higher */
};

/* Strict, also about the order. All memory is the arena's. Fails: FORMAT, LIMIT. */
bool last_seen_parse(
	struct last_seen *ret, struct span text, struct arena *a, struct err *e) MUST_CHECK;
void last_seen_emit(struct buf *out, const struct last_seen *s);

enum last_seen_answer last_seen_judge_log(const struct last_seen *s, const struct checkpoint *c);
enum last_seen_answer last_seen_judge_channel(const struct last_seen *s, const struct channel *c);
const char *last_seen_answer_name(enum last_seen_answer x); /* "rollback" */
/* A sentence for a person. */
void last_seen_tell_log(struct buf *out, const struct last_seen *s, const struct checkpoint *c);
void last_seen_tell_channel(struct buf *out, const struct last_seen *s, const struct channel *c);

/*
 * Remembers what is later than what is known; what is not FINE is MISMATCH and changes nothing. Texts are copied to the
 * arena. Fails: LIMIT for too many logs or channels.
 */
bool last_seen_add_log(
	struct last_seen *s, const struct checkpoint *c, struct arena *a, struct err *e) MUST_CHECK;
bool last_seen_add_channel(
	struct last_seen *s, const struct channel *c, struct arena *a, struct err *e) MUST_CHECK;

#endif
