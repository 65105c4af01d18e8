#include "base/utc.h"

#include <time.h>

#include "test.h"

static void cases(void)
{
	static const struct {
		int64_t unix_time;
		const char *text;
	} at[] = {
		{ 0, "1970-01-01T00:00:00Z" },
		{ -1, "1970-01-01T00:00:00Z" },
		{ 951782399, "2000-02-28T23:59:59Z" },
		{ 951782400, "2000-02-29T00:00:00Z" },
		{ 1700000000, "2023-11-14T22:13:20Z" },
		{ 4107542400, "2100-03-01T00:00:00Z" },
		{ 253402300799, "9999-12-31T23:59:59Z" },
		{ INT64_MAX, "9999-12-31T23:59:59Z" },
	};

	for (size_t i = 0; i < sizeof at / sizeof at[0]; i++) {
		char got[UTC_SIZE];

		utc_write(got, at[i].unix_time);
		test_report(!strcmp(got, at[i].text), __FILE__, __LINE__, got);
	}
}

static void reads(void)
{
	static const char *const bad[] = { "", "1969-12-31T23:59:59Z", "2023-11-14T22:13:20",
		"2023-11-14T22:13:20z", "2023-11-14 22:13:20Z", "2023-02-29T00:00:00Z",
		"2100-02-29T00:00:00Z", "2023-13-01T00:00:00Z", "2023-00-01T00:00:00Z",
		"2023-01-00T00:00:00Z", "2023-01-01T24:00:00Z", "2023-01-01T00:60:00Z",
		"2023-01-01T00:00:60Z", "2023-01-01T00:00:00Z ", "+023-01-01T00:00:00Z" };
	int64_t got = 7;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		CHECK(!utc_read(str_of(bad[i]), &got) && got == 7);
	for (int64_t t = 0; t < 253402300799; t += INT64_C(86400) * 97 + 3661) {
		char text[UTC_SIZE];

		utc_write(text, t);
		if (!utc_read(str_of(text), &got) || got != t)
			test_report(false, __FILE__, __LINE__, text);
	}
	CHECK(utc_read(STR("9999-12-31T23:59:59Z"), &got) && got == 253402300799);
}

/* Days from 1970 to 9999 in steps that meet each month: as the C library has it. */
static void as_the_library(void)
{
	unsigned wrong = 0;

	for (int64_t t = 0; t < 253402300799; t += 86400 * 7 + 3661) {
		time_t when = (time_t)t;
		struct tm tm = { 0 };
		char got[UTC_SIZE], want[64];

		gmtime_r(&when, &tm);
		strftime(want, sizeof want, "%Y-%m-%dT%H:%M:%SZ", &tm);
		utc_write(got, t);
		wrong += strcmp(got, want) != 0;
	}
	CHECK(wrong == 0);
}

int main(void)
{
	cases();
	reads();
	as_the_library();
	return test_end();
}
