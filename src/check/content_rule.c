#include "check/content_rule.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/banned.h"

enum { UUID = 36, YEAR_FIRST = 1990, YEAR_LAST = 2100, ENTROPY_MIN = 16 };

/* ---- order ---- */

struct pieces {
	struct str *items; /* malloc */
	size_t n;
};

static void pieces_done(struct pieces *p)
{
	free(p->items);
}

static bool is_separator(char c, bool lines)
{
	if (lines)
		return c == '\n' || c == 0;
	return c == ' ' || c == '\t' || c == ',' || c == ';' || c == ':' || c == '\n' || c == 0;
}

static void cut(struct pieces *p, struct span s, bool lines)
{
	size_t from = 0;

	p->items = mem_array(CONTENT_RULE_PIECES_MAX, sizeof *p->items);
	for (size_t i = 0; i <= s.n && p->n < CONTENT_RULE_PIECES_MAX; i++) {
		if (i < s.n && !is_separator((char)s.p[i], lines))
			continue;
		if (i > from)
			p->items[p->n++] = str_make((const char *)s.p + from, i - from);
		from = i + 1;
	}
}

static int compare(const void *x, const void *y)
{
	return str_compare(*(const struct str *)x, *(const struct str *)y);
}

static bool same_pieces(struct span a, struct span b, bool lines)
{
	CLEANUP(pieces_done) struct pieces pa = { 0 };
	CLEANUP(pieces_done) struct pieces pb = { 0 };

	cut(&pa, a, lines);
	cut(&pb, b, lines);
	if (pa.n != pb.n || pa.n < 2 || pa.n == CONTENT_RULE_PIECES_MAX)
		return false;
	qsort(pa.items, pa.n, sizeof *pa.items, compare);
	qsort(pb.items, pb.n, sizeof *pb.items, compare);
	for (size_t i = 0; i < pa.n; i++)
		if (!str_equal(pa.items[i], pb.items[i]))
			return false;
	return true;
}

bool content_rule_reordered(struct span a, struct span b)
{
	return a.n && a.n == b.n &&
	       (span_equal(a, b) || same_pieces(a, b, true) || same_pieces(a, b, false));
}

/* ---- what it looks like ---- */

static unsigned hex_run(struct span s, size_t at)
{
	unsigned n = 0;

	for (; at + n < s.n; n++) {
		uint8_t c = s.p[at + n];

		if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f') && !(c >= 'A' && c <= 'F'))
			break;
	}
	return n;
}

static unsigned digit_run(struct span s, size_t at)
{
	unsigned n = 0;

	while (at + n < s.n && s.p[at + n] >= '0' && s.p[at + n] <= '9')
		n++;
	return n;
}

static unsigned number(struct span s, size_t at, size_t n)
{
	unsigned v = 0;

	for (size_t i = 0; i < n; i++)
		v = 10 * v + s.p[at + i] - '0';
	return v;
}

/* A year, and a month or a clock near it; or seconds since 1970 in this age. */
static bool has_time(struct span s)
{
	for (size_t i = 0, n; i < s.n; i += n ? n : 1) {
		n = digit_run(s, i);
		if (n == 10 && s.p[i] == '1' && s.p[i + 1] >= '5')
			return true;
		if (n == 2 && i + 8 <= s.n && s.p[i + 2] == ':' && digit_run(s, i + 3) == 2 &&
			s.p[i + 5] == ':' && digit_run(s, i + 6) == 2)
			return true;
		if (n == 4 && i + 7 <= s.n && number(s, i, 4) >= YEAR_FIRST &&
			number(s, i, 4) <= YEAR_LAST && (s.p[i + 4] == '-' || s.p[i + 4] == '/') &&
			digit_run(s, i + 5) == 2)
			return true;
	}
	return false;
}

static bool has_uuid(struct span s)
{
	static const unsigned char groups[] = { 8, 4, 4, 4, 12 };

	for (size_t i = 0; i + UUID <= s.n; i++) {
		size_t at = i, g = 0;

		while (g < ARRAY_LEN(groups) && hex_run(s, at) == groups[g]) {
			at += groups[g++];
			if (g < ARRAY_LEN(groups) && (at >= s.n || s.p[at++] != '-'))
				break;
		}
		if (g == ARRAY_LEN(groups))
			return true;
	}
	return false;
}

/* An address of a program or its stack on x86-64, as programs print it. */
static bool has_address(struct span s)
{
	for (size_t i = 0, n; i + 2 < s.n; i += n ? n : 1) {
		n = hex_run(s, i);
		if (n == 12 && ((s.p[i] == '7' && (s.p[i + 1] | 32) == 'f') ||
				       (s.p[i] == '5' && (s.p[i + 1] == '5' || s.p[i + 1] == '6'))))
			return true;
	}
	return false;
}

static bool has_digest(struct span s)
{
	for (size_t i = 0, n; i < s.n; i += n ? n : 1) {
		n = hex_run(s, i);
		if (n >= ENTROPY_MIN && n % 2 == 0)
			return true;
	}
	return false;
}

static bool has_text(struct span s, struct str text)
{
	for (size_t i = 0; i + text.n <= s.n; i++)
		if (!memcmp(s.p + i, text.p, text.n))
			return true;
	return false;
}

static bool has_compiler(struct span s)
{
	return has_text(s, STR("GCC: (")) || has_text(s, STR("clang version")) ||
	       has_text(s, STR("rustc version")) || has_text(s, STR("Go cmd/compile"));
}

static bool has_path(struct span s)
{
	return has_text(s, STR("/home/")) || has_text(s, STR("/build")) ||
	       has_text(s, STR("/tmp/")) || has_text(s, STR("/root/")) ||
	       has_text(s, STR("/usr/src/"));
}

/* Bytes without any pattern, and no text: none stands there often. */
static bool has_noise(struct span s)
{
	unsigned seen[256] = { 0 }, different = 0;
	size_t n_text = 0;

	for (size_t i = 0; i < s.n; i++) {
		different += seen[s.p[i]]++ == 0;
		n_text += s.p[i] >= 0x20 && s.p[i] < 0x7f;
	}
	if (n_text > s.n / 4 * 3)
		return false;
	return s.n >= ENTROPY_MIN && different * 4 >= 3 * (s.n < 128 ? s.n : 128);
}

static const struct {
	bool (*has)(struct span);
	enum cause_class class;
	const char *why;
} rules[] = {
	{ has_compiler, CAUSE_TOOLCHAIN, "both name a compiler" },
	{ has_uuid, CAUSE_RANDOM, "both hold a UUID" },
	{ has_time, CAUSE_TIME, "both hold what looks like a time" },
	{ has_address, CAUSE_MEMORY, "both hold what looks like an address in memory" },
	{ has_path, CAUSE_PATH, "both hold the path of a folder" },
	{ has_digest, CAUSE_RANDOM, "both hold a long hexadecimal number" },
	{ has_noise, CAUSE_RANDOM, "both look random" },
};

enum cause_class content_rule_guess(
	struct str place, struct span a, struct span b, const char **why)
{
	*why = "";
	if (content_rule_reordered(a, b)) {
		*why = "both have the same lines or words, in another order";
		return CAUSE_ORDER;
	}
	if (str_is(place, "ELF .comment")) {
		*why = "compilers write their versions there";
		return CAUSE_TOOLCHAIN;
	}
	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		if (!rules[i].has(a) || !rules[i].has(b))
			continue;
		*why = rules[i].why;
		return rules[i].class;
	}
	return CAUSE_UNKNOWN;
}
