#include "page/html.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "codec/harmless.h"
#include "codec/utf8.h"
#include "base/banned.h"

enum { FORMATTED_MAX = 64 << 10 };

static const char head[] =
	"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
	"base-uri 'none'; form-action 'none'\">\n"
	"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	"<meta name=\"color-scheme\" content=\"light dark\">\n<title>";

/* Of all pages: colours by name, in light and in dark; each text has at least 4.5 to 1 on what it stands on. */
static const char base[] =
	"</title>\n<style>\n"
	":root{--bg:#fff;--fg:#1c1c1b;--dim:#5e5c56;--line:#d9d7cf;--soft:#f5f4ef;--link:#1a54ad;"
	"--ok:#14632a;--ok-soft:#dcf1e0;--warn:#7d4b00;--warn-soft:#fbe8c6;--bad:#a8201a;--bad-soft:#fbdedb}\n"
	"@media(prefers-color-scheme:dark){:root{--bg:#171716;--fg:#e7e5df;--dim:#a9a69d;--line:#3d3b37;--soft:#22211f;--link:#8db8f5;"
	"--ok:#86d39a;--ok-soft:#17351f;--warn:#ecbd73;--warn-soft:#3b2a0e;--bad:#f5a097;--bad-soft:#471d19}}\n"
	"*{box-sizing:border-box}\n"
	"body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:70em;padding:1.5em 1em 4em;color:var(--fg);"
	"background:var(--bg);overflow-wrap:break-word}\n"
	"h1{font-size:1.6em;line-height:1.25;margin:0}h2{font-size:1.25em;margin:2.2em 0 .6em}h3{font-size:1.05em;margin:1.6em 0 .5em}\n"
	"a{color:var(--link)}summary{cursor:pointer}\n"
	"table{border-collapse:collapse}\n"
	"td,th{padding:.35em .8em .35em 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}\n"
	"code,pre{font:.85em/1.45 ui-monospace,monospace}code{overflow-wrap:anywhere}\n"
	"code,b,td,th,li,p,dd{unicode-bidi:isolate}\n";

static const char *entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void html_text(struct buf *to, struct str s)
{
	while (s.n) {
		const char *written = entity(s.p[0]);
		uint32_t cp;
		size_t n = utf8_read(s, &cp);

		n = n ? n : 1;
		if (written)
			buf_add_cstr(to, written);
		else
			harmless_add(to, str_make(s.p, n));
		s = str_make(s.p + n, s.n - n);
	}
}

void html_cstr(struct buf *to, const char *s)
{
	html_text(to, str_of(s));
}

void html_printf(struct buf *to, const char *fmt, ...)
{
	char text[FORMATTED_MAX];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	html_text(to, str_make(text, n < 0 ? 0 : n < FORMATTED_MAX ? (size_t)n : sizeof text - 1));
}

void html_element(struct buf *to, const char *tag, struct str s)
{
	buf_printf(to, "<%s>", tag);
	html_text(to, s);
	buf_printf(to, "</%.*s>", (int)str_find(str_of(tag), ' '), tag);
}

void html_hex(struct buf *to, struct span bytes)
{
	buf_add_cstr(to, "<code>");
	for (size_t i = 0; i < bytes.n; i++)
		buf_printf(to, "%02x", bytes.p[i]);
	buf_add_cstr(to, "</code>");
}

void html_digest(struct buf *to, const struct digest *d)
{
	char hex[2 * DIGEST_MAX + 1];

	digest_hex(d, hex);
	html_element(to, "code", str_of(hex));
}

void html_bytes(struct buf *to, uint64_t bytes)
{
	static const uint64_t kilo = 1000, mega = 1000000;
	uint64_t tenths = (bytes < mega ? bytes / 100 : bytes / (mega / 10));

	if (bytes < kilo)
		buf_printf(to, "%" PRIu64 " byte%s", bytes, bytes == 1 ? "" : "s");
	else
		buf_printf(to, "%" PRIu64 ".%" PRIu64 " %s", tenths / 10, tenths % 10,
			bytes < mega ? "kB" : "MB");
}

void html_count(struct buf *to, size_t n, const char *what)
{
	buf_printf(to, "%zu %s%s", n, what, n == 1 ? "" : "s");
}

void html_begin(struct buf *to, struct str title, const char *style)
{
	buf_add_cstr(to, head);
	html_text(to, title);
	buf_add_cstr(to, base);
	buf_add_cstr(to, style);
	buf_add_cstr(to, "</style>\n</head>\n<body>\n");
}

void html_end(struct buf *to)
{
	buf_add_cstr(to, "</body>\n</html>\n");
}
