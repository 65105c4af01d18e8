#include "lock/changelog.h"

#include <stdio.h>

#include "deb/control.h"
#include "deb/version.h"
#include "lock/release.h"
#include "lock/source_stanza.h"
#include "base/banned.h"

enum { DATE_MAX = 64 };

/* "+0130" as seconds; false unless it is one. */
static bool read_zone(struct str zone, int64_t *ret)
{
	int64_t v = 0;

	if (zone.n != 5 || (zone.p[0] != '+' && zone.p[0] != '-'))
		return false;
	for (size_t i = 1; i < 5; i++) {
		if (zone.p[i] < '0' || zone.p[i] > '9')
			return false;
		v = v * 10 + (zone.p[i] - '0');
	}
	v = v / 100 * 3600 + v % 100 * 60;
	*ret = zone.p[0] == '-' ? -v : v;
	return true;
}

/* "Sat, 21 Nov 2026 10:15:44 +0100", read as if it were of UTC, which it is not. */
static bool read_date(struct str text, int64_t *ret, struct err *e)
{
	char utc[DATE_MAX];
	int64_t date, zone;
	struct str rest = text, word, last = { 0 };
	size_t n = 0;

	while (control_word(&rest, &word)) {
		n++;
		last = word;
	}
	if (n != 6 || text.n >= DATE_MAX || !read_zone(last, &zone))
		return err_set(e, ERR_FORMAT,
			"'%.*s' is no date such as 'Sat, 21 Nov 2026 10:15:44 +0100'",
			(int)(text.n < 80 ? text.n : 80), text.p);
	snprintf(utc, sizeof utc, "%.*s+0000", (int)(last.p - text.p), text.p);
	if (!release_date(str_of(utc), &date, e))
		return false;
	*ret = date - zone;
	return true;
}

/* "NAME (VERSION) SUITE; urgency=low, binary-only=yes" */
static bool read_head(struct changelog_entry *ret, struct str line, struct err *e)
{
	struct str name, rest, version, options;

	if (!str_cut(line, '(', &name, &rest) || !str_cut(rest, ')', &version, &rest) ||
		!str_cut(rest, ';', &rest, &options))
		return err_set(e, ERR_FORMAT,
			"its first line is none such as 'NAME (VERSION) SUITE; urgency=low'");
	ret->name = str_trim(name);
	ret->version = version;
	ret->binary_only = options.n && memmem(options.p, options.n, "binary-only=yes", 15) != NULL;
	if (!source_stanza_is_name(ret->name))
		return err_set(e, ERR_FORMAT, "its first line begins with no name");
	return version_check(version, e);
}

/* " -- NAME <ADDRESS>  DATE" */
static bool read_trailer(struct changelog_entry *ret, struct str line, struct err *e)
{
	size_t at = line.n;

	while (at && line.p[at - 1] != '>')
		at--;
	if (!at)
		return err_set(e, ERR_FORMAT, "the end of its newest entry has no address");
	return read_date(str_trim(str_make(line.p + at, line.n - at)), &ret->date_unix, e);
}

bool changelog_newest(struct changelog_entry *ret, struct str text, struct err *e)
{
	struct changelog_entry x = { 0 };
	struct str rest = text, line;
	const char *start = NULL;

	while (rest.n) {
		bool ends = str_cut(rest, '\n', &line, &rest);

		if (!start && !str_trim(line).n)
			continue;
		if (!start) {
			start = line.p;
			if (!read_head(&x, line, e))
				return err_wrap(e, "changelog");
		}
		if (!ends || !str_starts(line, " -- "))
			continue;
		if (!read_trailer(&x, line, e))
			return err_wrap(e, "changelog");
		x.text = str_make(start, (size_t)(line.p + line.n + 1 - start));
		*ret = x;
		return true;
	}
	return err_set(e, ERR_FORMAT, "changelog: there is no whole entry");
}
