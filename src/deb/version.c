#include "deb/version.h"

#include "base/banned.h"

struct version {
	struct str epoch, upstream, revision;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The epoch ends at the first colon, the revision starts after the last hyphen. */
static struct version split(struct str v)
{
	struct version r = { .upstream = v };
	size_t colon = str_find(v, ':');

	if (colon < v.n) {
		r.epoch = str_make(v.p, colon);
		r.upstream = str_make(v.p + colon + 1, v.n - colon - 1);
	}
	for (size_t i = r.upstream.n; i > 0; i--) {
		if (r.upstream.p[i - 1] != '-')
			continue;
		r.revision = str_make(r.upstream.p + i, r.upstream.n - i);
		r.upstream.n = i - 1;
		break;
	}
	return r;
}

static bool check_characters(struct str part, const char *allowed, const char *what, struct err *e)
{
	for (size_t i = 0; i < part.n; i++) {
		char c = part.p[i];

		if (!is_digit(c) && !is_letter(c) && (c == 0 || !strchr(allowed, c)))
			return err_set(e, ERR_FORMAT,
				"version with the byte 0x%02x in its %s, wanted letters, digits and '%s'",
				(unsigned char)c, what, allowed);
	}
	return true;
}

bool version_check(struct str v, struct err *e)
{
	struct version r = split(v);
	uint64_t epoch;

	if (v.n == 0 || v.n > VERSION_MAX)
		return err_set(e, v.n ? ERR_LIMIT : ERR_FORMAT,
			"version of %zu bytes, wanted 1 to %d", v.n, VERSION_MAX);
	/* dpkg keeps the epoch in an int; leading zeros are left to it and refused here. */
	if (r.epoch.p && !str_u64(r.epoch, &epoch, INT32_MAX))
		return err_set(e, ERR_FORMAT, "version with an epoch that is not a small number");
	if (r.upstream.n == 0 || !is_digit(r.upstream.p[0]))
		return err_set(e, ERR_FORMAT, "version that does not start with a digit");
	if (r.revision.p && r.revision.n == 0)
		return err_set(e, ERR_FORMAT, "version with an empty revision");
	return check_characters(r.upstream, ".+-~:", "upstream part", e) &&
	       check_characters(r.revision, ".+~", "revision", e);
}

/* '~' before the end, the end before letters, letters before all else. */
static int rank(char c)
{
	if (c == '~')
		return -1;
	return is_letter(c) ? (unsigned char)c : (unsigned char)c + 256;
}

/* Takes the longest run of bytes that are (or are not) digits off the start of s. */
static struct str take(struct str *s, bool digits)
{
	size_t n = 0;
	struct str r;

	while (n < s->n && is_digit(s->p[n]) == digits)
		n++;
	r = str_make(s->p, n);
	*s = str_make(s->p + n, s->n - n);
	return r;
}

static int compare_words(struct str a, struct str b)
{
	for (size_t i = 0; i < a.n || i < b.n; i++) {
		int x = i < a.n ? rank(a.p[i]) : 0;
		int y = i < b.n ? rank(b.p[i]) : 0;

		if (x != y)
			return x < y ? -1 : 1;
	}
	return 0;
}

/* Numbers of any length. */
static int compare_numbers(struct str a, struct str b)
{
	while (a.n && a.p[0] == '0')
		a.p++, a.n--;
	while (b.n && b.p[0] == '0')
		b.p++, b.n--;
	if (a.n != b.n)
		return a.n < b.n ? -1 : 1;
	return str_compare(a, b);
}

static int compare_parts(struct str a, struct str b)
{
	while (a.n || b.n) {
		int c = compare_words(take(&a, false), take(&b, false));

		if (c == 0)
			c = compare_numbers(take(&a, true), take(&b, true));
		if (c)
			return c;
	}
	return 0;
}

int version_compare(struct str a, struct str b)
{
	struct version x = split(a), y = split(b);
	int c = compare_parts(x.epoch, y.epoch);

	if (c == 0)
		c = compare_parts(x.upstream, y.upstream);
	return c ? c : compare_parts(x.revision, y.revision);
}
