#include "codec/pem.h"

#include <stdio.h>

#include "codec/base64.h"
#include "base/banned.h"

enum { LINE_MAX = 80, PEM_MAX = 1 << 20 };

/* Where marker begins in s, or s.n. */
static size_t find(struct str s, struct str marker)
{
	for (size_t i = 0; i + marker.n <= s.n; i++)
		if (!memcmp(s.p + i, marker.p, marker.n))
			return i;
	return s.n;
}

/* Without line ends. */
static struct str joined(struct str lines, struct arena *a)
{
	char *out = arena_alloc(a, lines.n + 1);
	size_t n = 0;

	for (size_t i = 0; out && i < lines.n; i++)
		if (lines.p[i] != '\n' && lines.p[i] != '\r')
			out[n++] = lines.p[i];
	return str_make(out, n);
}

bool pem_next(bool *found, struct span *bytes, struct str *rest, const char *label, struct arena *a,
	struct err *e)
{
	char begin[LINE_MAX], end[LINE_MAX];
	struct str s = str_trim(*rest), text;
	struct span got = { 0 };
	size_t at;

	if (s.n > PEM_MAX)
		return err_set(e, ERR_LIMIT, "PEM of %zu bytes, limit %d", s.n, PEM_MAX);
	*found = s.n != 0;
	if (!s.n)
		return true;
	snprintf(begin, sizeof begin, "-----BEGIN %s-----", label);
	snprintf(end, sizeof end, "\n-----END %s-----", label);
	if (!str_starts(s, begin))
		return err_set(
			e, ERR_FORMAT, "PEM: no '-----BEGIN %s-----' where one must be", label);
	s = str_make(s.p + strlen(begin), s.n - strlen(begin));
	if (!str_starts(s, "\n") && !str_starts(s, "\r\n"))
		return err_set(e, ERR_FORMAT, "PEM: more behind '%s' in its line", begin);
	at = find(s, str_of(end));
	if (at == s.n)
		return err_set(e, ERR_FORMAT, "PEM: no '-----END %s-----'", label);
	text = joined(str_make(s.p, at), a);
	if (!text.p)
		return arena_full(a, e);
	if (!base64_read(&got, text, BASE64_STANDARD, a, e))
		return err_wrap(e, "PEM");
	*bytes = got;
	*rest = str_make(s.p + at + strlen(end), s.n - at - strlen(end));
	return true;
}
