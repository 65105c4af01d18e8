#include "base/utc.h"

#include <stdio.h>

#include "base/banned.h"

enum {
	DAY = 86400,
	DAYS_OF_400_YEARS = 146097,
	FROM_MARCH_0_TO_1970 = 719468,
	YEAR_MIN = 1970,
	YEAR_MAX = 9999
};
#define LAST INT64_C(253402300799)

/*
 * Years are counted from March, so that the leap day is the last of its year; eras of 400 years repeat.
 */
void utc_write(char out[static UTC_SIZE], int64_t unix_time)
{
	uint32_t t, day, era, of_era, year, of_year, march, month;
	uint64_t v = unix_time < 0 ? 0 : (uint64_t)(unix_time > LAST ? LAST : unix_time);

	t = (uint32_t)(v % DAY);
	day = (uint32_t)(v / DAY) + FROM_MARCH_0_TO_1970;
	era = day / DAYS_OF_400_YEARS;
	of_era = day % DAYS_OF_400_YEARS;
	year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	of_year = of_era - (365 * year + year / 4 - year / 100);
	march = (5 * of_year + 2) / 153;
	month = march < 10 ? march + 3 : march - 9;
	year += 400 * era + (month <= 2);
	snprintf(out, UTC_SIZE, "%04u-%02u-%02uT%02u:%02u:%02uZ", year % 10000, month % 100,
		(of_year - (153 * march + 2) / 5 + 1) % 100, t / 3600 % 100, t / 60 % 60, t % 60);
}

/* Two or four digits. */
static bool decimal(const char *p, size_t n, unsigned min, unsigned max, unsigned *ret)
{
	unsigned v = 0;

	for (size_t i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return false;
		v = 10 * v + (unsigned)(p[i] - '0');
	}
	*ret = v;
	return v >= min && v <= max;
}

static unsigned days_of(unsigned year, unsigned month)
{
	static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap ? 1u : 0u);
}

bool utc_read(struct str s, int64_t *ret)
{
	unsigned year, month, day, hour, minute, second;
	int64_t days;

	if (s.n != UTC_SIZE - 1 || s.p[4] != '-' || s.p[7] != '-' || s.p[10] != 'T' ||
		s.p[13] != ':' || s.p[16] != ':' || s.p[19] != 'Z')
		return false;
	if (!decimal(s.p, 4, YEAR_MIN, YEAR_MAX, &year) || !decimal(s.p + 5, 2, 1, 12, &month) ||
		!decimal(s.p + 8, 2, 1, days_of(year, month), &day) ||
		!decimal(s.p + 11, 2, 0, 23, &hour) || !decimal(s.p + 14, 2, 0, 59, &minute) ||
		!decimal(s.p + 17, 2, 0, 59, &second))
		return false;
	/* Leap days before this year and since 1970. */
	days = (int64_t)(year - YEAR_MIN) * 365 + (year - 1) / 4 - (year - 1) / 100 +
	       (year - 1) / 400 - (1969 / 4 - 1969 / 100 + 1969 / 400);
	for (unsigned m = 1; m < month; m++)
		days += days_of(year, m);
	*ret = (days + day - 1) * DAY + hour * 3600 + minute * 60 + second;
	return true;
}
