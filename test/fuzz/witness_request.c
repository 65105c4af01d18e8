/*
 * What a log sends to a witness, and what a witness answers: a request that is taken is written again as it was; an answer
 * that is taken gives lines of the answer and no more. The key of both is one that has signed none of the samples.
 */
#include "trust/witness_request.h"

#include "base/mem.h"
#include "trust/witness_reply.h"

#include "fuzz.h"

#define TEXT "log.example/1\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"

static bool request(struct span bytes, struct arena *a)
{
	static const uint8_t zeroes[NOTE_KEY_SIZE];
	CLEANUP(mem_free) struct witness_request *r = MEM_NEW(struct witness_request);
	CLEANUP(buf_done) struct buf again = buf_init(WITNESS_REQUEST_SIZE_MAX);
	struct trust_log k;
	struct err e = { 0 };

	if (!witness_request_parse(r, bytes, a, &e)) {
		MUST(e.kind == ERR_FORMAT || e.kind == ERR_LIMIT);
		return false;
	}
	MUST(witness_request_emit(&again, r->old_size, &r->proof, r->note, &e));
	MUST(span_equal(buf_span(&again), bytes));
	MUST(witness_request_decide(r, NULL, 0, NULL, &e) == WITNESS_UNKNOWN);
	k.origin = r->checkpoint.origin;
	if (note_key_of(&k.key, r->checkpoint.origin, NOTE_KEY_ED25519, zeroes, &e))
		MUST(witness_request_decide(r, &k, 1, &r->checkpoint, &e) == WITNESS_UNSIGNED);
	return true;
}

static bool size_of(struct span bytes)
{
	CLEANUP(buf_done) struct buf again = buf_init(WITNESS_REPLY_SIZE_MAX);
	uint64_t size;
	struct err e = { 0 };

	if (!witness_reply_parse_size(&size, bytes, &e))
		return false;
	witness_reply_emit_size(&again, size);
	MUST(span_equal(buf_span(&again), bytes));
	return true;
}

static void lines(struct span bytes, struct arena *a)
{
	static const uint8_t zeroes[NOTE_KEY_SIZE];
	CLEANUP(buf_done) struct buf taken = buf_init(WITNESS_REPLY_SIZE_MAX);
	struct note_key k;
	int64_t by = 0;
	struct err e = { 0 };

	MUST(note_key_of(&k, STR("witness.example/1"), NOTE_KEY_COSIGNATURE, zeroes, &e));
	if (witness_reply_check(&taken, &by, bytes, STR(TEXT), &k, 1, a, &e))
		MUST(taken.n && taken.n <= bytes.n);
	else
		MUST(taken.n == 0 && e.kind != ERR_NONE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(WITNESS_REQUEST_ARENA);
	CLEANUP(arena_freep) struct arena *b = arena_new(WITNESS_REPLY_ARENA);
	struct span bytes = span_make(data, size);

	fuzz_taken = request(bytes, a) || size_of(bytes);
	lines(bytes, b);
	return 0;
}
