#include "check/variation.h"

#include "test.h"

static void lists(void)
{
	uint64_t set = 0;
	struct err e = { 0 };

	CHECK_OK(variation_parse(&set, STR("clock"), &e), e);
	CHECK(set == VARIATION_BIT(VARIATION_CLOCK));
	CHECK_OK(variation_parse(&set, STR("time, host-name"), &e), e);
	CHECK(set == (VARIATION_BIT(VARIATION_CLOCK) | VARIATION_BIT(VARIATION_FILE_TIMES) |
			     VARIATION_BIT(VARIATION_HOST_NAME)));
	CHECK_OK(variation_parse(&set, STR("all"), &e), e);
	CHECK(set == VARIATION_CHANNELS && (set & VARIATION_BIT(VARIATION_SCHEDULE)));
	CHECK(!(set & VARIATION_BIT(VARIATION_OUTSIDE_PATH)));
	CHECK_OK(variation_parse(&set, STR("outside"), &e), e);
	CHECK(set == VARIATION_OUTSIDE && !(set & VARIATION_BIT(VARIATION_CLOCK)));
	CHECK(set & VARIATION_BIT(VARIATION_UNPACKING));
}

static void every_name(void)
{
	for (enum variation v = 0; v < VARIATION_N; v++) {
		uint64_t set = 0;
		struct err e = { 0 };

		CHECK_OK(variation_parse(&set, str_of(variation_name(v)), &e), e);
		CHECK(set == VARIATION_BIT(v));
		CHECK(strlen(variation_words(v)) > 4);
	}
}

static void refuses(void)
{
	static const char *const bad[] = { "", ",", "clock,", "clocks", "CLOCK", "clock zone" };
	uint64_t set = 7;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err e = { 0 };

		CHECK_ERR(variation_parse(&set, str_of(bad[i]), &e), e, ERR_USAGE);
		CHECK(strstr(e.hint, "all time outside clock random") &&
			strstr(e.hint, "schedule"));
	}
	CHECK(set == 7);
}

int main(void)
{
	lists();
	every_name();
	refuses();
	return test_end();
}
