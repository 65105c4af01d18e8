/* What a claim about configuration or executables rests on: registers that were compared, and nothing else. */
#include "appraise_case.h"

enum { CODE = 1 << 0 | 1 << 2 | 1 << 4 | 1 << 9 | 1 << 11, SETTINGS = 1 << 7 };

static void differs(unsigned pcr)
{
	m.banks[0].values[pcr].bytes[3] ^= 8;
	m.signed_banks[0] = m.banks[0];
}
/* A log that does not fit speaks against the configuration. */
static void without_log(void)
{
	m.bundle.firmware_log = span_make(NULL, 0);
}
static void code_alone(void)
{
	m.policy.registers = CODE;
}
static void code_alone_differs(void)
{
	code_alone();
	differs(4);
}
static void one_register_differs(void)
{
	m.policy.registers = 1 << 4;
	differs(4);
}
static void settings_alone(void)
{
	m.policy.registers = SETTINGS;
}
static void settings_alone_cover_all(void)
{
	settings_alone();
	for (size_t i = 0; i < ARRAY_LEN(m.coverage); i++)
		m.coverage[i].by = STR("PCR 7");
}
static void settings_without_value(void)
{
	m.policy.registers = CODE | SETTINGS;
	for (size_t i = 0; i < m.shape.n_registers; i++)
		if (m.registers[i].reg == 7)
			m.registers[i].how = REFERENCE_NOT_PREDICTABLE;
}

#define C(name, want)                                                         \
	{                                                                     \
#name "_without_log", name, without_log, want, "pcr-4.sha256" \
	}

static const struct {
	struct test_case c;
	int configuration, executables; /* their values */
} cases[] = {
	{ B(nothing, GOOD, NULL), CHECK_AFFIRMS, CHECK_AFFIRMS_BOOT },
	{ A(code_alone, GOOD, NULL), CHECK_NO_CLAIM, CHECK_AFFIRMS_BOOT },
	{ B(code_alone_differs, BAD, "event-log"), CHECK_UNSAFE, CHECK_CONTRAINDICATED },
	{ C(code_alone_differs, BAD), CHECK_NO_CLAIM, CHECK_CONTRAINDICATED },
	{ C(one_register_differs, BAD), CHECK_NO_CLAIM, CHECK_CONTRAINDICATED },
	{ A(settings_alone, WARN, "coverage"), CHECK_AFFIRMS, CHECK_UNRECOGNISED },
	{ A(settings_alone_cover_all, WARN, NULL), CHECK_AFFIRMS, CHECK_NO_CLAIM },
	{ A(settings_without_value, WARN, "pcr-7.sha256"), CHECK_UNSAFE, CHECK_AFFIRMS_BOOT },
};

static bool is_claimed(enum check_claim claim, int value)
{
	return out.verdict.claims[claim].value == value && out.verdict.claims[claim].why.n;
}

int main(void)
{
	verdict_told_begin();
	made_keys();
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(arena_freep) struct arena *a = arena_new(8 << 20);

		run_case_in(a, &cases[i].c);
		CHECK(is_claimed(CHECK_CONFIGURATION, cases[i].configuration));
		CHECK(is_claimed(CHECK_EXECUTABLES, cases[i].executables));
	}
	made_keys_done();
	verdict_told_end("appraise_compared");
	return test_end();
}
