/*
 * Logs of made-up entries with their checkpoints, requests to witnesses and their answers, for tests. Roots and proofs come from the
 * entries by the definitions of RFC 9162, section 2.1, as slowly as they stand there.
 */
#ifndef ASSAY_TEST_WITNESS_MADE_H
#define ASSAY_TEST_WITNESS_MADE_H

#include "keys_made.h"
#include "trust/witness_reply.h"
#include "trust/witness_request.h"

#define MADE_ORIGIN "log.example/1"
#define MADE_WITNESS "witness.example/1"

/* Entries below `fork` are those of every history, the others are this one's own. */
struct made_log {
	struct private_key *key;
	struct note_key public;
	struct trust_log known; /* as witnesses know it */
	uint64_t fork;
	unsigned history;
};

static inline struct note_key made_key(
	const char *name, enum note_key_type type, const struct private_key *p)
{
	uint8_t bytes[PRIVATE_KEY_ED25519_SIZE];
	struct note_key k = { 0 };
	struct err e = { 0 };

	CHECK_OK(private_key_ed25519(bytes, p, &e), e);
	CHECK_OK(note_key_of(&k, str_of(name), type, bytes, &e), e);
	return k;
}

static inline struct merkle_hash made_tree(const struct made_log *l, uint64_t from, uint64_t to)
{
	uint64_t k = 1;
	struct merkle_hash left, right;

	if (to - from == 0)
		return merkle_empty();
	if (to - from == 1) {
		char entry[64];
		int n = snprintf(entry, sizeof entry, "entry %llu of %u", (unsigned long long)from,
			from < l->fork ? 0 : l->history);

		return merkle_leaf(span_make(entry, (size_t)n));
	}
	while (k * 2 < to - from)
		k *= 2;
	left = made_tree(l, from, from + k);
	right = made_tree(l, from + k, to);
	return merkle_node(&left, &right);
}

/* SUBPROOF(m, D[from:to], whole) */
static inline void made_subproof(struct merkle_proof *p, const struct made_log *l, uint64_t m,
	uint64_t from, uint64_t to, bool whole)
{
	uint64_t k = 1;

	if (m == to - from) {
		if (!whole)
			p->hashes[p->n++] = made_tree(l, from, to);
		return;
	}
	while (k * 2 < to - from)
		k *= 2;
	if (m <= k) {
		made_subproof(p, l, m, from, from + k, whole);
		p->hashes[p->n++] = made_tree(l, from + k, to);
	} else {
		made_subproof(p, l, m - k, from + k, to, false);
		p->hashes[p->n++] = made_tree(l, from, from + k);
	}
}

static inline struct merkle_proof made_proof(const struct made_log *l, uint64_t m, uint64_t n)
{
	struct merkle_proof p = { .n = 0 };

	if (m && m < n)
		made_subproof(&p, l, m, 0, n, true);
	return p;
}

/* What a client asks its log for (net/witness_client.h). */
static inline bool made_prove(
	struct merkle_proof *ret, uint64_t old_size, uint64_t size, void *of, struct err *e)
{
	(void)e;
	*ret = made_proof(of, old_size, size);
	return true;
}

/* Appends the checkpoint as that key signs it. */
static inline void made_checkpoint(struct buf *out, const struct made_log *l, uint64_t size)
{
	struct checkpoint c = { l->known.origin, size, made_tree(l, 0, size), false };
	CLEANUP(buf_done) struct buf text = buf_init(4096);
	struct err e = { 0 };

	checkpoint_emit(&text, &c);
	buf_add_str(out, buf_str(&text));
	buf_u8(out, '\n');
	CHECK_OK(signed_note_sign(out, buf_str(&text), &l->public, l->key, 0, &e), e);
}

/* The request to go from old_size to size. */
static inline struct buf made_request(const struct made_log *l, uint64_t old_size, uint64_t size)
{
	CLEANUP(buf_done) struct buf note = buf_init(SIGNED_NOTE_SIZE_MAX);
	struct buf out = buf_init(WITNESS_REQUEST_SIZE_MAX);
	struct merkle_proof p = made_proof(l, old_size, size);
	struct err e = { 0 };

	made_checkpoint(&note, l, size);
	CHECK_OK(witness_request_emit(&out, old_size, &p, buf_span(&note), &e), e);
	CHECK(buf_ok(&out));
	return out;
}

static inline struct made_log made_log(const char *origin)
{
	struct made_log l = { .key = keys_made("ED25519", NULL), .fork = UINT64_MAX };

	l.public = made_key(origin, NOTE_KEY_ED25519, l.key);
	l.known = (struct trust_log){ str_of(origin), l.public };
	return l;
}

#endif
