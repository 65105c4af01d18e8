#include "codec/json.h"

#include "codec/json_cells.h"
#include "codec/json_plain.h"
#include "codec/utf8.h"
#include "base/banned.h"

struct parser {
	const char *p;
	size_t n, at, line;
	unsigned depth;
	struct arena *a;
	struct err *e;
};

static bool parse_value(struct parser *s, struct json *ret);

static bool bad(struct parser *s, const char *what)
{
	return err_set(s->e, ERR_FORMAT, "JSON line %zu: %s", s->line, what);
}

static int peek(const struct parser *s)
{
	return s->at < s->n ? (unsigned char)s->p[s->at] : -1;
}

static void skip_blanks(struct parser *s)
{
	for (; s->at < s->n; s->at++) {
		char c = s->p[s->at];

		if (c == '\n')
			s->line++;
		else if (c != ' ' && c != '\t' && c != '\r')
			return;
	}
}

static bool take_literal(struct parser *s, const char *word)
{
	size_t n = strlen(word);

	if (s->n - s->at < n || memcmp(s->p + s->at, word, n) != 0)
		return bad(s, "unknown word");
	s->at += n;
	return true;
}

static bool hex4(struct parser *s, uint32_t *v)
{
	*v = 0;
	for (int i = 0; i < 4; i++, s->at++) {
		int c = peek(s);
		int d = c >= '0' && c <= '9'   ? c - '0'
			: c >= 'a' && c <= 'f' ? c - 'a' + 10
			: c >= 'A' && c <= 'F' ? c - 'A' + 10
					       : -1;

		if (d < 0)
			return bad(s, "a \\u escape needs four hexadecimal digits");
		*v = *v << 4 | (uint32_t)d;
	}
	return true;
}

/* The code point of a \u escape, both halves of a surrogate pair; a lone half is refused. */
static bool parse_unicode(struct parser *s, uint32_t *cp)
{
	uint32_t low;

	if (!hex4(s, cp))
		return false;
	if (*cp < 0xd800 || *cp > 0xdfff)
		return true;
	if (*cp > 0xdbff || s->n - s->at < 6 || s->p[s->at] != '\\' || s->p[s->at + 1] != 'u')
		return bad(s, "half of a surrogate pair");
	s->at += 2;
	if (!hex4(s, &low))
		return false;
	if (low < 0xdc00 || low > 0xdfff)
		return bad(s, "half of a surrogate pair");
	*cp = 0x10000 + ((*cp - 0xd800) << 10) + (low - 0xdc00);
	return true;
}

static bool parse_escape(struct parser *s, char *out, size_t *n)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	int c = peek(s);
	const char *hit = c > 0 ? strchr(from, c) : NULL;
	uint32_t cp;

	s->at++;
	if (hit) {
		out[(*n)++] = to[hit - from];
		return true;
	}
	if (c != 'u')
		return bad(s, "unknown escape in a string");
	if (!parse_unicode(s, &cp))
		return false;
	*n += utf8_write(out + *n, cp);
	return true;
}

/* Where the string that begins at start ends, at its quote or behind the text. */
static size_t string_end(const struct parser *s, size_t start)
{
	size_t end = start;

	while (end < s->n && s->p[end] != '"')
		end += s->p[end] == '\\' ? 2 : 1;
	return end;
}

/* Whatever stands between the quotes; the decoded form is never longer than the written one. */
static bool parse_characters(struct parser *s, struct str *ret)
{
	size_t end = string_end(s, s->at), n = 0;
	char *out;

	if (end >= s->n)
		return bad(s, "a string does not end");
	out = arena_alloc(s->a, end - s->at + 1);
	if (!out)
		return arena_full(s->a, s->e);
	while (s->at < end) {
		char c = s->p[s->at++];

		if ((unsigned char)c < 0x20)
			return bad(s, "a control character in a string");
		if (c != '\\')
			out[n++] = c;
		else if (!parse_escape(s, out, &n))
			return false;
	}
	if (!utf8_valid(str_make(out, n)))
		return bad(s, "a string is not UTF-8");
	*ret = str_make(out, n);
	return true;
}

static bool parse_string(struct parser *s, struct str *ret)
{
	size_t plain;

	s->at++;
	plain = json_plain(str_make(s->p + s->at, s->n - s->at));
	if (s->at + plain == s->n || s->p[s->at + plain] != '"') {
		if (!parse_characters(s, ret))
			return false;
	} else {
		*ret = arena_str(s->a, str_make(s->p + s->at, plain));
		if (!ret->p)
			return arena_full(s->a, s->e);
		s->at += plain;
	}
	s->at++;
	return true;
}

static size_t digits(struct parser *s)
{
	size_t start = s->at;

	while (peek(s) >= '0' && peek(s) <= '9')
		s->at++;
	return s->at - start;
}

static bool parse_number(struct parser *s, struct json *ret)
{
	size_t start = s->at;

	if (peek(s) == '-')
		s->at++;
	if (peek(s) == '0')
		s->at++;
	else if (!digits(s))
		return bad(s, "a value was expected");
	if (peek(s) == '.') {
		s->at++;
		if (!digits(s))
			return bad(s, "digits must follow the point of a number");
	}
	if (peek(s) == 'e' || peek(s) == 'E') {
		s->at++;
		if (peek(s) == '+' || peek(s) == '-')
			s->at++;
		if (!digits(s))
			return bad(s, "digits must follow the exponent of a number");
	}
	ret->kind = JSON_NUMBER;
	ret->text = arena_str(s->a, str_make(s->p + start, s->at - start));
	return ret->text.p ? true : arena_full(s->a, s->e);
}

static bool parse_member(struct parser *s, struct json_cell *c)
{
	skip_blanks(s);
	if (peek(s) != '"')
		return bad(s, "a member name was expected");
	c->line = s->line;
	if (!parse_string(s, &c->key))
		return false;
	skip_blanks(s);
	if (peek(s) != ':')
		return bad(s, "':' was expected");
	s->at++;
	return true;
}

/* An array or an object; the opening bracket is taken already. */
static bool parse_list(struct parser *s, struct json *ret)
{
	bool object = ret->kind == JSON_OBJECT;
	const char close = object ? '}' : ']';
	struct json_cell *cells = NULL;
	size_t n = 0;

	skip_blanks(s);
	if (peek(s) == close) {
		s->at++;
		return true;
	}
	for (;;) {
		struct json_cell *c = ARENA_NEW(s->a, struct json_cell);

		if (!c)
			return arena_full(s->a, s->e);
		if (object && n == JSON_MEMBERS_MAX)
			return err_set(s->e, ERR_LIMIT,
				"JSON line %zu: an object of more than %d members", s->line,
				JSON_MEMBERS_MAX);
		if ((object && !parse_member(s, c)) || !parse_value(s, &c->value))
			return false;
		c->next = cells;
		cells = c;
		n++;
		skip_blanks(s);
		if (peek(s) != ',')
			break;
		s->at++;
	}
	if (peek(s) != close)
		return bad(s, object ? "',' or '}' was expected" : "',' or ']' was expected");
	s->at++;
	return json_cells_close(ret, cells, n, "JSON", s->a, s->e);
}

static bool parse_container(struct parser *s, struct json *ret)
{
	bool ok;

	if (s->depth == JSON_DEPTH_MAX)
		return err_set(s->e, ERR_LIMIT, "JSON line %zu: more than %d levels", s->line,
			JSON_DEPTH_MAX);
	ret->kind = s->p[s->at] == '{' ? JSON_OBJECT : JSON_ARRAY;
	s->depth++;
	s->at++;
	ok = parse_list(s, ret);
	s->depth--;
	return ok;
}

static bool parse_value(struct parser *s, struct json *ret)
{
	int c;

	skip_blanks(s);
	*ret = (struct json){ .line = s->line };
	c = peek(s);
	switch (c) {
	case '{':
	case '[':
		return parse_container(s, ret);
	case '"':
		ret->kind = JSON_STRING;
		return parse_string(s, &ret->text);
	case 't':
	case 'f':
		ret->kind = JSON_BOOL;
		ret->truth = c == 't';
		return take_literal(s, c == 't' ? "true" : "false");
	case 'n':
		return take_literal(s, "null");
	default:
		return parse_number(s, ret);
	}
}

bool json_parse(struct json *ret, struct span text, struct arena *a, struct err *e)
{
	struct parser s = { (const char *)text.p, text.n, 0, 1, 0, a, e };
	struct json v;

	if (!parse_value(&s, &v))
		return false;
	skip_blanks(&s);
	if (s.at != s.n)
		return bad(&s, "something follows the document");
	*ret = v;
	return true;
}
