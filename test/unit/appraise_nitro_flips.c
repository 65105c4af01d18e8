/* Documents of AWS Nitro with each byte changed, and cut at each length. */
#include "appraise/appraise_nitro.h"

#include "appraise_nitro_case.h"

/* Root and leaf alone, few registers: the shortest document that is affirmed. */
static void short_document(void)
{
	w.m.n_cabundle = 1;
	w.m.n_pcrs = 3;
	w.m.certs[MADE_LEAF].issuer = w.m.certs[0].subject;
	w.m.certs[MADE_LEAF].signer = w.m.certs[0].key;
}

static void change_one(size_t at)
{
	CLEANUP(arena_freep) struct arena *own = arena_new(8 << 20);
	uint8_t *p = (uint8_t *)(uintptr_t)w.bundle.nitro_document.p + at;
	struct err e = { 0 };

	*p ^= (uint8_t)(1u << at % 8);
	CHECK_OK(appraise_nitro(&out, &w.in, own, &e), e);
	CHECK(out.verdict.status == BAD && !verdict_affirms(&out.verdict));
	*p ^= (uint8_t)(1u << at % 8);
}

/* Each byte of the document, signed or around what is signed, changed; each length that is too short. */
static void flips(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(8 << 20);
	struct err e = { 0 };
	size_t whole;

	world_init(a);
	short_document();
	world_sign();
	CHECK_OK(appraise_nitro(&out, &w.in, a, &e), e);
	CHECK(verdict_affirms(&out.verdict));
	whole = w.bundle.nitro_document.n;
	for (size_t i = 0; i < whole; i++)
		change_one(i);
	for (size_t n = 0; n < whole; n++) {
		CLEANUP(arena_freep) struct arena *own = arena_new(8 << 20);

		w.bundle.nitro_document.n = n;
		CHECK_OK(appraise_nitro(&out, &w.in, own, &e), e);
		CHECK(out.verdict.status == BAD && failed("cose-form"));
	}
}

int main(void)
{
	case_keys_new();
	flips();
	case_keys_free();
	return test_end();
}
