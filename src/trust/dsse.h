/*
 * DSSE envelopes (secure-systems-lab/dsse, version 1): JSON around a payload and signatures over
 *
 *   "DSSEv1" SP LEN(type) SP type SP LEN(payload) SP payload       lengths in decimal
 *
 * A key id is a hint and decides nothing. What is to be read afterwards is the very payload that was verified: it is kept.
 */
#ifndef ASSAY_TRUST_DSSE_H
#define ASSAY_TRUST_DSSE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"
#include "trust/private_key.h"
#include "trust/statement_key.h"

enum {
	DSSE_SIZE_MAX = 4 << 20,
	DSSE_SIGNATURES_MAX = 32,
	DSSE_TYPE_MAX = 255,
	DSSE_KEY_ID_MAX = 255,
	DSSE_SIGNED_MAX =
		4
		<< 20 /* payload times signatures: each key of a reader is tried on each of them */
};

/* In memory of the arena. */
struct dsse {
	struct str type;
	struct span payload;
	struct span signatures[DSSE_SIGNATURES_MAX];
	struct str key_ids[DSSE_SIGNATURES_MAX]; /* of each signature; empty without one */
	size_t n;
};

/* Members that are not known are left alone, as the format demands; doubled ones are refused. Fails: FORMAT, LIMIT. */
bool dsse_parse(struct dsse *ret, struct span json, struct arena *a, struct err *e) MUST_CHECK;
/* One of the signatures is by this key. Fails: SIGNATURE. */
bool dsse_check(const struct dsse *d, const struct statement_key *key, struct err *e) MUST_CHECK;
/*
 * Which of the keys signed it: their places in the list, ascending, *n_at of them, perhaps none. Signatures by others are
 * nobody's business. Fails: LIMIT.
 */
bool dsse_signers(size_t *at, size_t *n_at, const struct dsse *d,
	const struct statement_key *const *keys, size_t n_keys, struct err *e) MUST_CHECK;

/*
 * One more signature, in memory of the arena: d is what was parsed, or a type and a payload. key_id may be empty. Fails: USAGE for a
 * key that signed already, and for a type that is empty or too long; LIMIT; as private_key_sign.
 */
bool dsse_add(struct dsse *d, const struct private_key *key, struct str key_id, struct arena *a,
	struct err *e) MUST_CHECK;
/* The envelope, appended. Fails: LIMIT. */
bool dsse_emit(struct buf *out, const struct dsse *d, struct err *e) MUST_CHECK;

/* An envelope with one signature, appended. key_id may be empty. Fails: as both of these. */
bool dsse_sign(struct buf *out, struct str type, struct span payload, const struct private_key *key,
	struct str key_id, struct err *e) MUST_CHECK;

#endif
