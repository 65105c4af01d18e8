/* Whose module a chain names, and when all of it is valid. */
#include "nitro_chain_case.h"

static void other_module(void)
{
	static const char *const ids[] = { "i-0123456789abcdef0-enc0123456789abcdee",
		"i-0123456789abcdef0", MADE_MODULE ".test-1" };

	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		struct made_nitro m = made_nitro();
		struct seen s;
		struct err e = { 0 };

		m.module_id = ids[i];
		CHECK_OK(see(&s, &m, &e), e);
		CHECK_ERR(nitro_chain_check_module(s.chain, &s.s.document, &e), e, ERR_MISMATCH);
		nitro_chain_free(s.chain);
	}
}

/* Common names of which the part before the first point is the module, and those without a point or a name. */
static void module_names(void)
{
	static const struct {
		const char *subject;
		bool taken;
	} cases[] = { { MADE_MODULE ".test-1.aws", true }, { MADE_MODULE ".", true },
		{ MADE_MODULE, false }, { "." MADE_MODULE, false },
		{ "x" MADE_MODULE ".test-1.aws", false }, { "test-1." MADE_MODULE ".aws", false } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct made_nitro m = made_nitro();
		struct seen s;
		struct err e = { 0 };

		m.certs[MADE_LEAF].subject = cases[i].subject;
		CHECK_OK(see(&s, &m, &e), e);
		CHECK(nitro_chain_check_module(s.chain, &s.s.document, &e) == cases[i].taken);
		CHECK(cases[i].taken ||
			(e.kind == ERR_MISMATCH && strstr(e.text, cases[i].subject)));
		nitro_chain_free(s.chain);
	}
}

/* The chain is valid while all of it is, whichever ends first or begins last. */
static void validity(void)
{
	for (size_t i = 0; i < MADE_CERTS; i++) {
		struct made_nitro m = made_nitro();
		int64_t from = 0, to = 0;
		struct seen s;
		struct err e = { 0 };

		m.certs[i].from = MADE_AT - 2;
		m.certs[i].to = MADE_AT + 100;
		CHECK_OK(see(&s, &m, &e), e);
		nitro_chain_validity(s.chain, &from, &to);
		CHECK(from == MADE_AT - 2 && to == MADE_AT + 100);
		nitro_chain_free(s.chain);
	}
}

int main(void)
{
	a = arena_new(64 << 20);
	made_keys_new();
	other_module();
	module_names();
	validity();
	made_keys_free();
	arena_free(a);
	return test_end();
}
