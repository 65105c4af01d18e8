#include "cmd/at_time.h"

#include <time.h>

#include "base/str.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

#define AT_TIME_MAX UINT64_C(253402300799) /* the end of the year 9999 */

/* n digits at *p, followed by the character after (0: the end); moves *p behind it. */
static bool take(const char **p, unsigned n, char after, int *v)
{
	*v = 0;
	for (unsigned i = 0; i < n; i++, (*p)++) {
		if (**p < '0' || **p > '9')
			return false;
		*v = *v * 10 + (**p - '0');
	}
	if (**p != after)
		return false;
	*p += after != 0;
	return true;
}

static bool read_calendar(int64_t *ret_unix, const char *p)
{
	struct tm t = { 0 }, back;
	time_t at;

	if (!take(&p, 4, '-', &t.tm_year) || !take(&p, 2, '-', &t.tm_mon) ||
		!take(&p, 2, 'T', &t.tm_mday) || !take(&p, 2, ':', &t.tm_hour) ||
		!take(&p, 2, ':', &t.tm_min) || !take(&p, 2, 'Z', &t.tm_sec) || *p ||
		t.tm_year < 1970)
		return false;
	t.tm_year -= 1900;
	t.tm_mon -= 1;
	back = t;
	at = timegm(&back);
	/* timegm carries what is too large into the next field: then it was no time of the calendar. */
	if (back.tm_mon != t.tm_mon || back.tm_mday != t.tm_mday || back.tm_hour != t.tm_hour ||
		back.tm_min != t.tm_min || back.tm_sec != t.tm_sec)
		return false;
	*ret_unix = at;
	return true;
}

bool at_time_read(int64_t *ret_unix, const char *text, struct err *e)
{
	uint64_t seconds;

	if (!text) {
		*ret_unix = time(NULL);
		return true;
	}
	if (str_u64(str_of(text), &seconds, AT_TIME_MAX)) {
		*ret_unix = (int64_t)seconds;
		return true;
	}
	return read_calendar(ret_unix, text) ||
	       err_set(e, ERR_USAGE,
		       "'%s' is no time, want 2026-11-23T12:00:00Z (UTC, with a Z) or seconds since 1970",
		       text);
}
