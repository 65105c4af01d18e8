/*
 * A signed channel: which images of a publisher are to be run now. Reference values do not age by themselves: an image that
 * was built and rebuilt rightly stays right when it is outdated. A channel says which ones still count, with a number that
 * grows and a day after which it says nothing any more. In a DSSE envelope of the type CHANNEL_TYPE (trust/dsse.h), the
 * payload is canonical JSON (codec/json.h), members in this order and no other:
 *
 *   format    "assay.channel/1"
 *   name      1 to 128 of a-z A-Z 0-9 . _ - /
 *   counter   1 to CHANNEL_COUNTER_MAX, larger in every later channel of that name
 *   accepted  1 to CHANNEL_ACCEPTED_MAX, ascending: manifest-sha256, reference-values-sha256
 *   expires   RFC 3339, UTC
 *
 * Who may sign channels is in the trust file. A channel can only take images away: what it accepts is not believed for it.
 */
#ifndef ASSAY_TRUST_CHANNEL_H
#define ASSAY_TRUST_CHANNEL_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/digest.h"
#include "base/str.h"
#include "trust/statement_key.h"

#define CHANNEL_FORMAT "assay.channel/1"
#define CHANNEL_TYPE "application/vnd.assay.channel+json"
enum {
	CHANNEL_SIZE_MAX = 64 << 10, /* of the payload */
	CHANNEL_FILE_MAX = 128 << 10,
	CHANNEL_NAME_MAX = 128,
	CHANNEL_ACCEPTED_MAX = 256,
};
/* What every reader of JSON holds exactly. */
#define CHANNEL_COUNTER_MAX ((UINT64_C(1) << 53) - 1)

struct channel_image {
	uint8_t manifest_sha256[SHA256_SIZE], values_sha256[SHA256_SIZE];
};

/* In memory of the arena. */
struct channel {
	struct str name;
	uint64_t counter;
	const struct channel_image *accepted;
	size_t n_accepted;
	int64_t expires_unix;
	uint8_t sha256[SHA256_SIZE]; /* of the payload */
};

/* Somebody whom the trust file lets sign channels. */
struct channel_signer {
	struct str name;
	const struct statement_key *key;
};

/* What speaks against a channel that somebody known has signed. */
enum channel_refusal {
	CHANNEL_FINE,
	CHANNEL_OTHER_NAME,
	CHANNEL_EXPIRED,
	CHANNEL_TOO_LONG, /* it would be good for longer than the user lets any be */
	CHANNEL_NOT_ACCEPTED,
};

bool channel_name_ok(struct str name);

/* The payload. Fails: FORMAT with what is wrong, also for JSON in another than its one form; LIMIT. */
bool channel_parse(
	struct channel *ret, struct span payload, struct arena *a, struct err *e) MUST_CHECK;
/* Images in any order; `sha256` is not read. Fails: USAGE for what channel_parse would refuse, LIMIT. */
bool channel_emit(
	struct buf *out, const struct channel *c, struct arena *a, struct err *e) MUST_CHECK;

/*
 * The envelope, by the first of the signers who signed it: *by, his place. Fails: FORMAT, LIMIT, SIGNATURE when it is by
 * none of them (or there are none). The name, the day and the images are not looked at: that is channel_judge.
 */
bool channel_open(struct channel *ret, size_t *by, struct span envelope,
	const struct channel_signer *signers, size_t n_signers, struct arena *a,
	struct err *e) MUST_CHECK;

/*
 * name: the channel that the user means; image: what he was given, NULL: none is asked for. seconds_max: how far ahead a
 * channel may expire; 0: any. Counters are last_seen.h's business.
 */
enum channel_refusal channel_judge(const struct channel *c, struct str name,
	const struct channel_image *image, int64_t at_unix, int64_t seconds_max);
const char *channel_refusal_name(enum channel_refusal r); /* "channel-expired" */
/* A sentence for a person, with what was wanted and found. Arguments as for channel_judge. */
void channel_refusal_tell(struct buf *out, enum channel_refusal r, const struct channel *c,
	struct str name, int64_t seconds_max);

#endif
