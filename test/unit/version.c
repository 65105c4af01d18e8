#include "deb/version.h"

#include "test.h"

static void order(void)
{
	/* sign of version_compare(a, b), as dpkg --compare-versions has it */
	static const struct {
		const char *a, *b;
		int want;
	} cases[] = {
		{ "1.0", "1.0", 0 },
		{ "1.0", "1.1", -1 },
		{ "1.9", "1.10", -1 },
		{ "1.0", "1.0-0", 0 },
		{ "1.0", "0:1.0", 0 },
		{ "1.0", "1:0.1", -1 },
		{ "2:0", "10:0", -1 },
		{ "1.0~rc1", "1.0", -1 },
		{ "1.0~rc1", "1.0~rc1~1", 1 },
		{ "1.0~~", "1.0~", -1 },
		{ "1.0~~a", "1.0~", -1 },
		{ "1.0-1", "1.0-1+b1", -1 },
		{ "1.0-1", "1.0-1~bpo12+1", 1 },
		{ "1.0+dfsg-1", "1.0-1", 1 },
		{ "1.0a", "1.0", 1 },
		{ "1.0a", "1.0+", -1 },
		{ "1.0a", "1.0.1", -1 },
		{ "1.0-1-2", "1.0-1-3", -1 },
		{ "1.0-1-2", "1.0-2", 1 },
		{ "1.001", "1.1", 0 },
		{ "1.99999999999999999999999", "1.100000000000000000000000", -1 },
		{ "252.39-1~deb12u1", "252.39-1", -1 },
		{ "6.1.0-9", "6.1.0-10", -1 },
		{ "", "", 0 },
		{ "", "~", 1 },
		{ "a", "b", -1 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct str a = str_of(cases[i].a), b = str_of(cases[i].b);

		CHECK(version_compare(a, b) == cases[i].want);
		CHECK(version_compare(b, a) == -cases[i].want);
		CHECK(version_compare(a, a) == 0);
	}
}

static void form(void)
{
	static const struct {
		const char *text;
		bool ok;
	} cases[] = {
		{ "1.0", true },
		{ "1:2.3-4", true },
		{ "1.0-1-2", true },
		{ "0:1:2-3", true },
		{ "2147483647:1", true },
		{ "1.0~rc1+dfsg-1~bpo12+1", true },
		{ "", false },
		{ ":1", false },
		{ "a:1", false },
		{ "2147483648:1", false },
		{ "-1:1", false },
		{ "a1", false },
		{ "1:", false },
		{ "1-", false },
		{ "-1", false },
		{ "1 0", false },
		{ "1_0", false },
		{ "1/0", false },
		{ "1-1:0", false },
		{ "1\n", false },
		{ "1\xc3\xa9", false },
	};
	static char big[VERSION_MAX + 1];
	struct err e;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK(version_check(str_of(cases[i].text), &e) == cases[i].ok);
	memset(big, '1', sizeof big);
	CHECK(version_check(str_make(big, VERSION_MAX), &e));
	CHECK_ERR(version_check(str_make(big, VERSION_MAX + 1), &e), e, ERR_LIMIT);
	CHECK(!version_check(str_make("1\0", 2), &e));
}

int main(void)
{
	order();
	form();
	return test_end();
}
