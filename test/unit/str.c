#include "base/str.h"

#include "test.h"

static void numbers(void)
{
	static const struct {
		const char *text;
		bool ok;
		uint64_t value;
	} cases[] = {
		{ "0", true, 0 },
		{ "18446744073709551615", true, UINT64_MAX },
		{ "18446744073709551616", false, 0 },
		{ "99999999999999999999", false, 0 },
		{ "01", false, 0 },
		{ "", false, 0 },
		{ "-1", false, 0 },
		{ " 1", false, 0 },
		{ "1x", false, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		uint64_t v = 0;

		CHECK(str_u64(str_of(cases[i].text), &v, UINT64_MAX) == cases[i].ok);
		CHECK(v == cases[i].value);
	}
}

static void globs(void)
{
	static const struct {
		const char *pattern, *text;
		bool match;
	} cases[] = {
		{ "usr/share/doc/**", "usr/share/doc/libc6/copyright", true },
		{ "usr/share/doc/*", "usr/share/doc/libc6/copyright", false },
		{ "usr/share/doc/*", "usr/share/doc/libc6", true },
		{ "**/*.pyc", "usr/lib/a/b.pyc", true },
		{ "a?c", "abc", true },
		{ "a?c", "a/c", false },
		{ "", "", true },
		{ "", "x", false },
		{ "*", "", true },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK(str_glob(str_of(cases[i].pattern), str_of(cases[i].text)) == cases[i].match);
}

static void order(void)
{
	CHECK(str_compare(STR("a"), STR("ab")) < 0);
	CHECK(str_compare(STR("b"), STR("ab")) > 0);
	CHECK(str_compare(STR("a"), STR("a")) == 0);
	CHECK(str_equal(str_trim(STR(" a\t\n")), STR("a")));
}

int main(void)
{
	numbers();
	globs();
	order();
	return test_end();
}
