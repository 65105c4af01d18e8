#include "net/url.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/banned.h"

static bool unreserved(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("-._~+/:=@,", c));
}

static void add_escaped(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (unreserved(s.p[i]))
			buf_add(b, &s.p[i], 1);
		else
			buf_printf(b, "%%%02X", (unsigned char)s.p[i]);
	}
}

static bool check_path(struct str path, struct err *e)
{
	struct str rest = path, part;
	bool more;

	for (size_t i = 0; i < path.n; i++)
		if ((unsigned char)path.p[i] < 0x20 || path.p[i] == 0x7f)
			return err_set(
				e, ERR_FORMAT, "a mirror path has a control character at %zu", i);
	do {
		more = str_cut(rest, '/', &part, &rest);
		if (part.n == 0 || str_is(part, ".") || str_is(part, ".."))
			return err_set(e, ERR_FORMAT, "'%.*s' is not a path below a mirror",
				STR_ARG(path));
	} while (more);
	return true;
}

bool url_join(char **ret, const char *base, struct str path, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(URL_SIZE_MAX);

	if (!check_path(path, e))
		return false;
	buf_printf(&b, "%s/", base);
	add_escaped(&b, path);
	if (!buf_ok(&b))
		return buf_full(&b, "a URL", e);
	*ret = buf_take_cstr(&b);
	return true;
}

static bool of_folder(char **ret, struct str base, struct err *e)
{
	CLEANUP(mem_free) char *given = mem_string(base);
	CLEANUP(mem_free) char *path = realpath(given, NULL);
	CLEANUP(buf_done) struct buf b = buf_init(URL_SIZE_MAX);

	if (!path) {
		bool missing = errno == ENOENT;

		err_os(e, "cannot use '%s' as a mirror", given);
		if (missing)
			e->kind = ERR_NOTFOUND;
		return false;
	}
	buf_add_cstr(&b, "file://");
	add_escaped(&b, str_of(path));
	if (!buf_ok(&b))
		return buf_full(&b, "a URL", e);
	*ret = buf_take_cstr(&b);
	return true;
}

static bool bad_base(struct str base, const char *why, struct err *e)
{
	err_set(e, ERR_USAGE, "'%.*s' cannot be a mirror: %s", STR_ARG(base), why);
	return err_hint(e, "give it as http://HOST/PATH, https://HOST/PATH or a local folder");
}

bool url_of_base(char **ret, struct str base, struct err *e)
{
	bool http = str_starts(base, "http://") || str_starts(base, "https://");

	if (base.n > URL_SIZE_MAX)
		return err_set(e, ERR_LIMIT, "a URL of %zu bytes, limit %d", base.n, URL_SIZE_MAX);
	for (size_t i = 0; i < base.n; i++)
		if ((unsigned char)base.p[i] <= 0x20 || base.p[i] == 0x7f)
			return bad_base(base, "it has a blank or control character", e);
	if (base.n && (base.p[0] == '/' || base.p[0] == '.'))
		return of_folder(ret, base, e);
	if (!http && !str_starts(base, "file:/"))
		return bad_base(base, "only http, https, file and folders are known", e);
	if (str_find(base, '?') < base.n || str_find(base, '#') < base.n)
		return bad_base(base, "it has a query or a fragment", e);
	if (http && str_find(base, '@') < base.n)
		return bad_base(base, "it has a user name, which would be sent along", e);
	while (base.n && base.p[base.n - 1] == '/')
		base.n--;
	*ret = mem_string(base);
	return true;
}

bool url_is_loopback(const char *url)
{
	static const char *const hosts[] = { "127.0.0.1", "localhost", "[::1]" };
	const char *host = strstr(url, "://");

	for (size_t i = 0; host && i < ARRAY_LEN(hosts); i++) {
		size_t n = strlen(hosts[i]);

		if (!strncmp(host + 3, hosts[i], n) && (!host[3 + n] || strchr(":/", host[3 + n])))
			return true;
	}
	return false;
}
