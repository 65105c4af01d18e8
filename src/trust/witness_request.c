#include "trust/witness_request.h"

#include <inttypes.h>

#include "codec/base64.h"
#include "base/banned.h"

static bool read_hash(struct merkle_proof *p, struct str line, struct arena *a, struct err *e)
{
	struct span bytes;

	if (p->n == WITNESS_REQUEST_PROOF_MAX)
		return err_set(e, ERR_LIMIT, "more than %d lines", WITNESS_REQUEST_PROOF_MAX);
	if (!base64_read(&bytes, line, BASE64_STANDARD, a, e))
		return false;
	if (bytes.n != MERKLE_HASH_SIZE)
		return err_set(
			e, ERR_FORMAT, "a hash of %zu bytes, want %d", bytes.n, MERKLE_HASH_SIZE);
	memcpy(p->hashes[p->n++].bytes, bytes.p, MERKLE_HASH_SIZE);
	return true;
}

/* All before the checkpoint, of which *rest is left. */
static bool read_head(struct witness_request *r, struct str *rest, struct arena *a, struct err *e)
{
	struct str line, word, number;

	if (!str_cut(*rest, '\n', &line, rest) || !str_cut(line, ' ', &word, &number) ||
		!str_is(word, "old") || !str_u64(number, &r->old_size, MERKLE_SIZE_MAX))
		return err_set(e, ERR_FORMAT, "its first line is not 'old SIZE'");
	for (;;) {
		if (!str_cut(*rest, '\n', &line, rest))
			return err_set(e, ERR_FORMAT, "there is no checkpoint");
		if (!line.n)
			return true;
		if (!read_hash(&r->proof, line, a, e))
			return err_wrap(e, "line %zu of the proof", r->proof.n + 1);
	}
}

bool witness_request_parse(
	struct witness_request *ret, struct span bytes, struct arena *a, struct err *e)
{
	struct str rest = str_make((const char *)bytes.p, bytes.n);
	struct witness_request *r = ARENA_NEW(a, struct witness_request);

	if (!r)
		return arena_full(a, e);
	if (bytes.n > WITNESS_REQUEST_SIZE_MAX)
		return err_set(e, ERR_LIMIT, "request is %zu bytes, limit %d", bytes.n,
			WITNESS_REQUEST_SIZE_MAX);
	if (!read_head(r, &rest, a, e))
		return err_wrap(e, "request to a witness");
	r->note = str_span(rest);
	if (!signed_note_parse(&r->signatures, r->note, a, e) ||
		!checkpoint_parse(&r->checkpoint, r->signatures.text, e))
		return err_wrap(e, "request to a witness");
	*ret = *r;
	return true;
}

bool witness_request_emit(struct buf *out, uint64_t old_size, const struct merkle_proof *proof,
	struct span note, struct err *e)
{
	if (proof->n > WITNESS_REQUEST_PROOF_MAX)
		return err_set(e, ERR_LIMIT, "a proof of %zu hashes, a witness reads %d", proof->n,
			WITNESS_REQUEST_PROOF_MAX);
	buf_printf(out, "old %" PRIu64 "\n", old_size);
	for (size_t i = 0; i < proof->n; i++) {
		base64_add(out, SPAN_OF(proof->hashes[i].bytes), BASE64_STANDARD);
		buf_u8(out, '\n');
	}
	buf_u8(out, '\n');
	buf_add(out, note.p, note.n);
	return true;
}

/* COSIGNS when one of the origin's keys signed it, and none of them wrongly. */
static enum witness_answer check_signature(const struct witness_request *r,
	const struct trust_log *logs, size_t n_logs, struct err *why)
{
	enum witness_answer answer = WITNESS_UNKNOWN;

	for (size_t i = 0; i < n_logs; i++) {
		struct err e = { 0 };

		if (!str_equal(logs[i].origin, r->checkpoint.origin))
			continue;
		if (signed_note_check(&r->signatures, &logs[i].key, NULL, &e)) {
			answer = WITNESS_COSIGNS;
			continue;
		}
		if (e.kind != ERR_NOTFOUND || answer == WITNESS_UNKNOWN)
			*why = e;
		if (e.kind != ERR_NOTFOUND)
			return WITNESS_UNSIGNED;
		if (answer == WITNESS_UNKNOWN)
			answer = WITNESS_UNSIGNED;
	}
	if (answer == WITNESS_UNKNOWN)
		err_set(why, ERR_NOTFOUND, "this witness does not know the log '%.*s'",
			STR_ARG(r->checkpoint.origin));
	return answer;
}

enum witness_answer witness_request_decide(const struct witness_request *r,
	const struct trust_log *logs, size_t n_logs, const struct checkpoint *seen, struct err *why)
{
	const struct checkpoint *c = &r->checkpoint;
	struct checkpoint nothing = { .root = merkle_empty() };
	enum witness_answer answer = check_signature(r, logs, n_logs, why);

	if (answer != WITNESS_COSIGNS)
		return answer;
	if (!seen)
		seen = &nothing;
	if (r->old_size > c->size) {
		err_set(why, ERR_FORMAT, "old size %" PRIu64 " is above the checkpoint's, %" PRIu64,
			r->old_size, c->size);
		return WITNESS_MALFORMED;
	}
	if (r->old_size != seen->size) {
		err_set(why, ERR_MISMATCH,
			"this witness saw %" PRIu64 " entries last, not %" PRIu64, seen->size,
			r->old_size);
		return WITNESS_CONFLICT;
	}
	return merkle_check_consistency(seen->size, &seen->root, c->size, &c->root, &r->proof, why)
		       ? WITNESS_COSIGNS
		       : WITNESS_FORKED;
}
