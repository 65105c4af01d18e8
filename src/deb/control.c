#include "deb/control.h"

#include "base/banned.h"

void control_init(struct control_reader *r, struct span text)
{
	*r = (struct control_reader){ str_make((const char *)text.p, text.n), 0, 1 };
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static bool same_name(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	return true;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The next line without its break; false at the end of the text. */
static bool next_line(struct control_reader *r, struct str *ret)
{
	struct str left = { r->text.p + r->at, r->text.n - r->at };

	if (left.n == 0)
		return false;
	*ret = str_make(left.p, str_find(left, '\n'));
	r->at += ret->n < left.n ? ret->n + 1 : left.n;
	r->line++;
	return true;
}

static bool check_name(struct str name, size_t line, struct err *e)
{
	bool ok = name.n > 0 && name.n <= CONTROL_NAME_MAX && name.p[0] != '#' && name.p[0] != '-';

	for (size_t i = 0; ok && i < name.n; i++)
		ok = name.p[i] > ' ' && name.p[i] <= '~';
	return ok ||
	       err_set(e, ERR_FORMAT,
		       "line %zu: wanted 'Name: value', with a name of printable ASCII of at most %d bytes",
		       line, CONTROL_NAME_MAX);
}

/* line: number of the line for messages. */
static bool add_field(struct control_stanza *s, struct str text, size_t line, struct err *e)
{
	struct str name, value;

	if (!str_cut(text, ':', &name, &value))
		return err_set(
			e, ERR_FORMAT, "line %zu: wanted 'Name: value', found no colon", line);
	if (!check_name(name, line, e))
		return false;
	for (size_t i = 0; i < s->n; i++)
		if (same_name(s->fields[i].name, name))
			return err_set(e, ERR_FORMAT, "line %zu: field '%.*s' a second time", line,
				STR_ARG(name));
	if (s->n == CONTROL_FIELDS_MAX)
		return err_set(e, ERR_LIMIT, "line %zu: a stanza of more than %d fields", line,
			CONTROL_FIELDS_MAX);
	s->fields[s->n++] = (struct control_field){ name, value };
	return true;
}

/* A line that belongs to the field before it: the value runs on to the end of this line. */
static bool extend_field(struct control_stanza *s, struct str text, size_t line, struct err *e)
{
	struct str *value;

	if (s->n == 0)
		return err_set(
			e, ERR_FORMAT, "line %zu: a continuation with no field before it", line);
	if (str_trim(text).n == 0)
		return err_set(e, ERR_FORMAT,
			"line %zu: only blanks, which some take for the end of a stanza and some for a part of it",
			line);
	value = &s->fields[s->n - 1].value;
	value->n = (size_t)(text.p + text.n - value->p);
	return true;
}

/* The lines of one stanza; *r stands at its first. */
static bool read_stanza(struct control_reader *r, struct control_stanza *s, struct err *e)
{
	struct str line;

	while (next_line(r, &line) && line.n) {
		bool ok = is_blank(line.p[0]) ? extend_field(s, line, r->line - 1, e)
					      : add_field(s, line, r->line - 1, e);

		if (!ok)
			return false;
	}
	s->text.n = (size_t)(r->text.p + r->at - s->text.p);
	if (s->text.n > CONTROL_STANZA_MAX)
		return err_set(e, ERR_LIMIT, "line %zu: a stanza of %zu bytes, limit %d", s->line,
			s->text.n, CONTROL_STANZA_MAX);
	if (memchr(s->text.p, 0, s->text.n))
		return err_set(e, ERR_FORMAT, "line %zu: a stanza with a NUL byte", s->line);
	for (size_t i = 0; i < s->n; i++)
		s->fields[i].value = str_trim(s->fields[i].value);
	return true;
}

bool control_next(struct control_reader *r, struct control_stanza *ret, bool *found, struct err *e)
{
	if (r->text.n > CONTROL_TEXT_MAX)
		return err_set(e, ERR_LIMIT, "%zu bytes of control data, limit %d", r->text.n,
			CONTROL_TEXT_MAX);
	while (r->at < r->text.n && r->text.p[r->at] == '\n') {
		r->at++;
		r->line++;
	}
	*found = r->at < r->text.n;
	if (!*found)
		return true;
	ret->n = 0;
	ret->line = r->line;
	ret->text = str_make(r->text.p + r->at, 0);
	return read_stanza(r, ret, e);
}

bool control_one(struct control_stanza *ret, struct span text, struct err *e)
{
	struct control_reader r;
	struct str rest;
	bool found;

	control_init(&r, text);
	if (!control_next(&r, ret, &found, e))
		return false;
	if (!found)
		return err_set(e, ERR_FORMAT, "no stanza in %zu bytes", text.n);
	rest = str_trim(str_make(r.text.p + r.at, r.text.n - r.at));
	return rest.n == 0 ||
	       err_set(e, ERR_FORMAT, "line %zu: a second stanza, wanted one", r.line);
}

struct str control_field(const struct control_stanza *s, const char *name)
{
	struct str wanted = str_of(name);

	for (size_t i = 0; i < s->n; i++)
		if (same_name(s->fields[i].name, wanted))
			return s->fields[i].value;
	return str_make(NULL, 0);
}

bool control_need(const struct control_stanza *s, const char *name, struct str *ret, struct err *e)
{
	struct str value = control_field(s, name);

	if (value.n == 0)
		return err_set(
			e, ERR_FORMAT, "line %zu: a stanza without the field '%s'", s->line, name);
	*ret = value;
	return true;
}

bool control_line(struct str *rest, struct str *ret)
{
	while (rest->n) {
		struct str line;

		str_cut(*rest, '\n', &line, rest);
		line = str_trim(line);
		if (line.n == 0)
			continue;
		*ret = line;
		return true;
	}
	return false;
}

bool control_word(struct str *rest, struct str *ret)
{
	struct str s = str_trim(*rest);
	size_t n = 0;

	while (n < s.n && !is_blank(s.p[n]) && s.p[n] != '\n')
		n++;
	*rest = str_make(s.p + n, s.n - n);
	if (n)
		*ret = str_make(s.p, n);
	return n > 0;
}
