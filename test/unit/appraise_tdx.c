/* TDX evidence: honest machines, and one thing at a time that is not. See tdx_machine.h. */
#include "appraise/appraise_tdx.h"

#include "tdx_machine.h"

/* ---- affirmed ---- */

static void version_5(void)
{
	m.spec.version = 5;
}
static void version_5_tdx_15(void)
{
	m.spec.version = 5;
	m.spec.body_type = 3;
}

static const struct tdx_case cases[] = {
	{ "version_4", nothing, nothing, nothing, GOOD, NULL, 0 },
	B(version_5, GOOD, NULL, 0),
	B(version_5_tdx_15, GOOD, NULL, 0),
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		run_case(&cases[i]);
	return test_end();
}
