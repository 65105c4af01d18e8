#include "lock/release.h"

#include "base/hex.h"
#include "base/map.h"
#include "deb/control.h"
#include "lock/member.h"
#include "base/banned.h"

static bool number(struct str text, uint64_t max, int *ret)
{
	uint64_t v;

	/* Days and times are written with a leading zero. */
	if (text.n == 2 && text.p[0] == '0')
		text = str_make(text.p + 1, 1);
	if (!str_u64(text, &v, max))
		return false;
	*ret = (int)v;
	return true;
}

static int month_of(struct str name)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (int m = 0; m < 12; m++)
		if (str_equal(name, str_make(months + 3 * m, 3)))
			return m + 1;
	return 0;
}

static bool is_leap(int y)
{
	return y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
}

/* Days from 1970-01-01 to the first of January of year y. */
static int64_t days_before_year(int y)
{
	int64_t p = y - 1;

	return 365 * (p - 1969) + (p / 4 - 1969 / 4) - (p / 100 - 1969 / 100) +
	       (p / 400 - 1969 / 400);
}

/* Day of the year from 0, or -1 when the month has no such day. */
static int day_of_year(int y, int month, int day)
{
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int before = 0;

	for (int m = 0; m < month - 1; m++)
		before += lengths[m] + (m == 1 && is_leap(y));
	if (day < 1 || day > lengths[month - 1] + (month == 2 && is_leap(y)))
		return -1;
	return before + day - 1;
}

static bool time_of_day(struct str text, int *seconds)
{
	struct str hour, minute, second, rest;
	int h, m, s;

	if (!str_cut(text, ':', &hour, &rest) || !str_cut(rest, ':', &minute, &second))
		return false;
	if (!number(hour, 23, &h) || !number(minute, 59, &m) || !number(second, 59, &s))
		return false;
	*seconds = h * 3600 + m * 60 + s;
	return true;
}

bool release_date(struct str text, int64_t *ret, struct err *e)
{
	struct str rest = text, word[6] = { { 0 } };
	int day = 0, month, year = 0, seconds = 0, of_year;
	size_t n = 0;
	struct str more;

	while (n < 6 && control_word(&rest, &word[n]))
		n++;
	month = month_of(word[2]);
	if (n != 6 || control_word(&rest, &more) || word[0].n != 4 || word[0].p[3] != ',' ||
		!number(word[1], 31, &day) || !month || !number(word[3], 9999, &year) ||
		year < 1970 || !time_of_day(word[4], &seconds) ||
		!(str_is(word[5], "UTC") || str_is(word[5], "GMT") || str_is(word[5], "+0000")))
		return err_set(e, ERR_FORMAT,
			"'%.*s' is no date such as 'Sat, 21 Nov 2026 09:15:44 UTC'",
			(int)(text.n < 80 ? text.n : 80), text.p);
	of_year = day_of_year(year, month, day);
	if (of_year < 0)
		return err_set(e, ERR_FORMAT, "'%.*s' is a day that its month does not have",
			STR_ARG(text));
	*ret = (days_before_year(year) + of_year) * 86400 + seconds;
	return true;
}

static bool parse_file(struct str line, struct release_file *f, struct err *e)
{
	struct str digest, size, more;

	if (!control_word(&line, &digest) || !control_word(&line, &size) ||
		!control_word(&line, &f->path) || control_word(&line, &more) ||
		!hex_read(digest, f->sha256, SHA256_SIZE) || !str_u64(size, &f->size, 1ULL << 40))
		return err_set(e, ERR_FORMAT, "Release: malformed line in the SHA256 section");
	return member_is_path(f->path, e);
}

static bool parse_files(struct release *r, struct str section, struct arena *a, struct err *e)
{
	CLEANUP(map_freep) struct map *seen = map_new();
	struct release_file *files;
	struct str rest = section, line;
	size_t n = 0;

	while (control_line(&rest, &line))
		n++;
	if (n > RELEASE_FILES_MAX)
		return err_set(e, ERR_LIMIT, "Release: %zu files, limit %d", n, RELEASE_FILES_MAX);
	files = ARENA_ARRAY(a, n, struct release_file);
	if (!files)
		return arena_full(a, e);
	rest = section;
	for (size_t i = 0; control_line(&rest, &line); i++) {
		if (!parse_file(line, &files[i], e))
			return false;
		if (map_add(seen, files[i].path, files))
			return err_set(e, ERR_FORMAT, "Release: '%.*s' stands twice",
				STR_ARG(files[i].path));
	}
	r->files = files;
	r->n_files = n;
	return true;
}

bool release_parse(struct release *ret, struct span text, struct arena *a, struct err *e)
{
	struct control_stanza *s = ARENA_NEW(a, struct control_stanza);
	struct release r = { 0 };
	struct str date, until, files, by_hash;

	if (!s)
		return arena_full(a, e);
	if (!control_one(s, text, e) || !control_need(s, "Suite", &r.suite, e) ||
		!control_need(s, "Codename", &r.codename, e) ||
		!control_need(s, "Date", &date, e) || !release_date(date, &r.date_unix, e) ||
		!control_need(s, "SHA256", &files, e) || !parse_files(&r, files, a, e))
		return err_wrap(e, "Release");
	until = control_field(s, "Valid-Until");
	if (until.p && !release_date(until, &r.valid_until_unix, e))
		return err_wrap(e, "Release: Valid-Until");
	by_hash = control_field(s, "Acquire-By-Hash");
	r.by_hash = str_is(by_hash, "yes");
	if (!member_is_name(r.suite, e) || !member_is_name(r.codename, e))
		return err_wrap(e, "Release: Suite or Codename");
	*ret = r;
	return true;
}

const struct release_file *release_find(const struct release *r, struct str path)
{
	for (size_t i = 0; i < r->n_files; i++)
		if (str_equal(r->files[i].path, path))
			return &r->files[i];
	return NULL;
}

bool release_is(const struct release *r, struct str suite, struct err *e)
{
	if (str_equal(r->suite, suite) || str_equal(r->codename, suite))
		return true;
	return err_set(e, ERR_MISMATCH,
		"asked for suite '%.*s', the archive answered with Suite '%.*s', Codename '%.*s'",
		STR_ARG(suite), STR_ARG(r->suite), STR_ARG(r->codename));
}
