#include "base/utc.h"

#include <stdio.h>

#include "base/banned.h"

enum { DAY = 86400, DAYS_OF_400_YEARS = 146097, FROM_MARCH_0_TO_1970 = 719468 };
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
