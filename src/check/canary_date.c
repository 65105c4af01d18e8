#include "check/canary_date.h"

#include <stdio.h>

#include "base/rd.h"
#include "base/str.h"
#include "base/utc.h"
#include "base/banned.h"

enum { DAY = 24 * 3600, PATTERN_MAX = 64 };

/*
 * Y year, y its last two digits, m month, d day, D day without a leading zero, e day with a blank instead, b month's name in
 * short, B in full, a weekday in short, H hour, M minute, N number of the day since 1970; all else is itself.
 */
static const char *const whole[] = {
	"Y-m-d",
	"Ymd",
	"Y/m/d",
	"Y.m.d",
	"Y_m_d",
	"Y:m:d",
	"m/d/Y",
	"d/m/Y",
	"d.m.Y",
	"m/d/y",
	"b e Y",
	"b d Y",
	"b D Y",
	"b e  Y",
	"d b Y",
	"D b Y",
	"e b Y",
	"d-b-Y",
	"d/b/Y",
	"b D, Y",
	"B D, Y",
	"B d, Y",
	"D B Y",
	"d B Y",
	"Y b d",
	"a b e H:",
	"a b d H:",
};
static const char *const part[] = { "H:M:", "b e", "b d", "ymd", "y-m-d", "N", "Y" };

static const char months[12][10] = { "January", "February", "March", "April", "May", "June", "July",
	"August", "September", "October", "November", "December" };
static const char weekdays[7][4] = { "Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed" };

struct moment {
	char text[UTC_SIZE]; /* YYYY-MM-DDTHH:MM:SSZ */
	uint64_t day;        /* since 1970 */
	unsigned month;      /* from 0 */
};

static void moment_of(struct moment *m, int64_t t)
{
	utc_write(m->text, t);
	m->day = t < 0 ? 0 : (uint64_t)t / DAY;
	m->month = (unsigned)(10 * (m->text[5] - '0') + m->text[6] - '0' - 1) % 12;
}

/* What one letter of a pattern becomes. */
static void put_letter(char *out, size_t size, char letter, const struct moment *m)
{
	const char *t = m->text;
	int n = (int)size;

	switch (letter) {
	case 'Y':
		snprintf(out, size, "%.4s", t);
		break;
	case 'y':
		snprintf(out, size, "%.2s", t + 2);
		break;
	case 'm':
		snprintf(out, size, "%.2s", t + 5);
		break;
	case 'd':
		snprintf(out, size, "%.2s", t + 8);
		break;
	case 'D':
		snprintf(out, size, "%.2s", t[8] == '0' ? t + 9 : t + 8);
		out[t[8] == '0' ? 1 : 2] = 0;
		break;
	case 'e':
		snprintf(out, size, "%c%c", t[8] == '0' ? ' ' : t[8], t[9]);
		break;
	case 'b':
		snprintf(out, size, "%.3s", months[m->month]);
		break;
	case 'B':
		snprintf(out, size, "%.*s", n - 1, months[m->month]);
		break;
	case 'a':
		snprintf(out, size, "%s", weekdays[m->day % 7]);
		break;
	case 'H':
		snprintf(out, size, "%.2s", t + 11);
		break;
	case 'M':
		snprintf(out, size, "%.2s", t + 14);
		break;
	case 'N':
		snprintf(out, size, "%llu", (unsigned long long)m->day);
		break;
	default:
		snprintf(out, size, "%c", letter);
	}
}

static size_t expand(char out[static PATTERN_MAX], const char *pattern, const struct moment *m)
{
	size_t n = 0;

	for (; *pattern && n + 16 < PATTERN_MAX; pattern++) {
		put_letter(out + n, 16, *pattern, m);
		n += strlen(out + n);
	}
	return n;
}

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

static bool is_digit(struct span s, size_t at)
{
	return at < s.n && s.p[at] >= '0' && s.p[at] <= '9';
}

static bool stands_at(struct span s, size_t at, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (lower(s.p[at + i]) != lower((uint8_t)text[i]))
			return false;
	return true;
}

/* alone: no digit stands behind it; none ever stands before it. */
static bool find_text(
	struct canary_date *ret, struct span s, const char *text, size_t n, bool alone)
{
	for (size_t at = 0; at + n <= s.n; at++) {
		if (!stands_at(s, at, text, n) || (at && is_digit(s, at - 1) && is_digit(s, at)) ||
			(alone && is_digit(s, at + n)))
			continue;
		*ret = (struct canary_date){ at, n, false };
		return true;
	}
	return false;
}

static bool find_patterns(struct canary_date *ret, struct span s, const char *const *patterns,
	size_t n_patterns, int64_t t, bool sure)
{
	struct moment m;

	moment_of(&m, t);
	for (size_t i = 0; i < n_patterns; i++) {
		char text[PATTERN_MAX];
		size_t n = expand(text, patterns[i], &m);

		if (!find_text(ret, s, text, n, !sure && text[n - 1] != ':'))
			continue;
		ret->sure = sure;
		return true;
	}
	return false;
}

/* Days of the months before each, in a year that is none of leap. */
static const uint16_t days_before[12] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };

/* Seconds since 1970 of a DOS date and time, or 0 for what is none. */
static int64_t of_dos(uint16_t date, uint16_t clock)
{
	unsigned year = 1980U + (date >> 9), month = date >> 5 & 15, day = date & 31;
	unsigned hour = clock >> 11, minute = clock >> 5 & 63, second = (clock & 31) * 2U;
	int64_t days;

	if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59)
		return 0;
	days = (int64_t)(year - 1970) * 365 + (year - 1969) / 4 + days_before[month - 1] + day - 1;
	if (month > 2 && year % 4 == 0)
		days++;
	return days * DAY + hour * 3600 + minute * 60 + second;
}

static bool find_dos(struct canary_date *ret, struct span s, int64_t from, int64_t to)
{
	for (size_t at = 0; at + 4 <= s.n; at++) {
		struct rd r = rd_of(span_make(s.p + at, 4));
		uint16_t clock = rd_u16le(&r), date = rd_u16le(&r);
		int64_t t = of_dos(date, clock);

		if (t + 1 < from || t > to)
			continue;
		*ret = (struct canary_date){ at, 4, false };
		return true;
	}
	return false;
}

bool canary_date_find(struct canary_date *ret, enum canary_date_form form, struct span s,
	uint64_t from, uint64_t to, int64_t offset_s)
{
	int64_t first = (int64_t)from + offset_s, last = (int64_t)to + offset_s;

	if (form == CANARY_DATE_DOS)
		return find_dos(ret, s, first, last);
	if (form == CANARY_DATE_TEXT)
		return find_patterns(ret, s, whole, ARRAY_LEN(whole), first, true) ||
		       find_patterns(ret, s, whole, ARRAY_LEN(whole), last, true);
	return find_patterns(ret, s, part, ARRAY_LEN(part), first, false) ||
	       find_patterns(ret, s, part, ARRAY_LEN(part), first + 60, false);
}

const char *canary_date_words(enum canary_date_form form)
{
	static const char *const words[CANARY_DATE_FORMS] = { "a date", "a DOS date and time",
		"a part of a date" };

	return words[form];
}
