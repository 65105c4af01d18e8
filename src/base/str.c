#include "base/str.h"

#include "base/banned.h"

bool str_equal(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool str_is(struct str a, const char *cstr)
{
	return str_equal(a, str_of(cstr));
}

int str_compare(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;

	if (c)
		return c < 0 ? -1 : 1;
	return a.n == b.n ? 0 : a.n < b.n ? -1 : 1;
}

bool str_starts(struct str s, const char *prefix)
{
	size_t n = strlen(prefix);

	return s.n >= n && (n == 0 || memcmp(s.p, prefix, n) == 0);
}

bool str_ends(struct str s, const char *suffix)
{
	size_t n = strlen(suffix);

	return s.n >= n && (n == 0 || memcmp(s.p + s.n - n, suffix, n) == 0);
}

size_t str_find(struct str s, char c)
{
	const char *at = s.n ? memchr(s.p, c, s.n) : NULL;

	return at ? (size_t)(at - s.p) : s.n;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

struct str str_trim(struct str s)
{
	while (s.n && is_blank(s.p[0]))
		s.p++, s.n--;
	while (s.n && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

bool str_cut(struct str s, char c, struct str *head, struct str *rest)
{
	size_t at = str_find(s, c);

	*head = str_make(s.p, at);
	if (at == s.n) {
		*rest = str_make(NULL, 0);
		return false;
	}
	*rest = str_make(s.p + at + 1, s.n - at - 1);
	return true;
}

/* Backtracks only to the latest star, so the time is bounded by pattern times text for each star kind. */
bool str_glob(struct str pattern, struct str s)
{
	if (pattern.n == 0)
		return s.n == 0;
	if (pattern.p[0] == '*') {
		bool deep = pattern.n > 1 && pattern.p[1] == '*';
		struct str rest = { pattern.p + 1 + deep, pattern.n - 1 - deep };

		for (size_t i = 0;; i++) {
			if (str_glob(rest, str_make(s.p + i, s.n - i)))
				return true;
			if (i == s.n || (!deep && s.p[i] == '/'))
				return false;
		}
	}
	if (s.n == 0 || (pattern.p[0] != '?' && pattern.p[0] != s.p[0]) ||
		(pattern.p[0] == '?' && s.p[0] == '/'))
		return false;
	return str_glob(str_make(pattern.p + 1, pattern.n - 1), str_make(s.p + 1, s.n - 1));
}

bool str_u64(struct str s, uint64_t *v, uint64_t max)
{
	uint64_t r = 0;

	if (s.n == 0 || s.n > 20 || (s.n > 1 && s.p[0] == '0'))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		if (__builtin_mul_overflow(r, 10u, &r) ||
			__builtin_add_overflow(r, (uint64_t)(s.p[i] - '0'), &r))
			return false;
	}
	if (r > max)
		return false;
	*v = r;
	return true;
}
