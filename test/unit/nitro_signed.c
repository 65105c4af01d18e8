/* Attestation documents byte by byte: what is signed, what is around it, and how much memory it takes. */
#include "trust/nitro_signed.h"

#include "arena_steps.h"
#include "nitro_made.h"
#include "trust/nitro_chain.h"

static struct arena *a;

static bool step(struct arena *little, const void *of, struct err *e)
{
	struct nitro_signed s;

	return nitro_signed_parse(&s, buf_span((const struct buf *)of), little, e);
}

/* Every changed byte of the whole document is another document, or none: tag and lengths included. */
static void flips(void)
{
	struct made_nitro m = made_nitro();
	CLEANUP(buf_done) struct buf b = { 0 };
	CLEANUP(public_key_freep) struct public_key *key = NULL;
	struct err e = { 0 };
	CLEANUP(nitro_chain_freep) struct nitro_chain *chain = NULL;
	struct nitro_signed s;

	m.n_cabundle = 1;
	b = made_document(&m);
	CHECK_OK(nitro_signed_parse(&s, buf_span(&b), a, &e), e);
	CHECK_OK(nitro_chain_of_document(&chain, &s.document, &e), e);
	CHECK_OK(nitro_chain_key(&key, chain, &e), e);
	CHECK_OK(nitro_signed_verify(&s, key, &e), e);
	for (size_t i = 0; i < b.n; i++) {
		CLEANUP(arena_freep) struct arena *own = arena_new(1 << 20);
		struct nitro_signed got;

		b.p[i] ^= (uint8_t)(1u << i % 8);
		CHECK(!nitro_signed_parse(&got, buf_span(&b), own, &e) ||
			!nitro_signed_verify(&got, key, &e));
		b.p[i] ^= (uint8_t)(1u << i % 8);
	}
	for (size_t n = 0; n < b.n; n += 3) {
		CLEANUP(arena_freep) struct arena *own = arena_new(1 << 20);
		struct nitro_signed got;

		CHECK_ERR(nitro_signed_parse(&got, span_make(b.p, n), own, &e), e, ERR_FORMAT);
	}
}

/* Bytes that nobody signs stand in one form: around the payload nothing is looser than in it. */
static void loose(void)
{
	struct made_nitro m = made_nitro();
	CLEANUP(buf_done) struct buf b = made_document(&m);
	CLEANUP(buf_done) struct buf open = buf_init(1 << 20);
	struct nitro_signed s;
	struct err e = { 0 };

	buf_u8(&open, 0x9f);
	buf_add(&open, b.p + 1, b.n - 1);
	buf_u8(&open, 0xff);
	CHECK_ERR(nitro_signed_parse(&s, buf_span(&open), a, &e), e, ERR_FORMAT);
	CHECK(strstr(e.text, "no length is given"));
	buf_u8(&b, 0);
	CHECK_ERR(nitro_signed_parse(&s, buf_span(&b), a, &e), e, ERR_FORMAT);
	buf_fill(&b, 0, NITRO_DOCUMENT_SIZE_MAX - b.n);
	CHECK_ERR(nitro_signed_parse(&s, buf_span(&b), a, &e), e, ERR_FORMAT);
	buf_u8(&b, 0);
	CHECK_ERR(nitro_signed_parse(&s, buf_span(&b), a, &e), e, ERR_LIMIT);
}

/* With too little memory it says so. */
static void no_memory(void)
{
	struct made_nitro m = made_nitro();
	CLEANUP(buf_done) struct buf b = made_document(&m);
	CLEANUP(arena_freep) struct arena *small = arena_new(1000);
	struct nitro_signed s;
	struct err e = { 0 };

	CHECK_ERR(nitro_signed_parse(&s, buf_span(&b), small, &e), e, ERR_LIMIT);
	arena_steps(step, &b);
}

int main(void)
{
	a = arena_new(64 << 20);
	made_keys_new();
	flips();
	loose();
	no_memory();
	made_keys_free();
	arena_free(a);
	return test_end();
}
