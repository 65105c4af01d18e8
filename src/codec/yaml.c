#include "codec/yaml.h"

#include <yaml.h>

#include "codec/json_cells.h"
#include "base/banned.h"

struct reader {
	yaml_parser_t parser;
	struct span text;
	struct arena *a;
	struct err *e;
	unsigned depth;
};

static bool read_value(struct reader *r, const yaml_event_t *first, struct json *ret);

static bool bad(struct reader *r, const yaml_mark_t *at, const char *what)
{
	return err_set(r->e, ERR_FORMAT, "YAML line %zu: %s", at->line + 1, what);
}

/* How many lines end before that byte, as editors count them. */
static size_t lines_before(struct span text, size_t at)
{
	size_t n = 0;

	for (size_t i = 0; i < at && i < text.n; i++)
		n += text.p[i] == '\n' ||
		     (text.p[i] == '\r' && !(i + 1 < text.n && text.p[i + 1] == '\n'));
	return n;
}

/* libyaml's own complaint. */
static bool bad_syntax(struct reader *r)
{
	const yaml_parser_t *p = &r->parser;
	const char *problem = p->problem ? p->problem : "malformed";
	/* It reads ahead: what is no text comes with a byte offset, all else with a mark. */
	size_t line = p->error == YAML_READER_ERROR ? lines_before(r->text, p->problem_offset)
						    : p->problem_mark.line;

	if (p->error == YAML_MEMORY_ERROR)
		return err_set(r->e, ERR_LIMIT, "YAML: out of memory");
	return err_set(r->e, ERR_FORMAT, "YAML line %zu: %s", line + 1, problem);
}

/* The next event; the caller deletes it after success. */
static bool next(struct reader *r, yaml_event_t *ev)
{
	return yaml_parser_parse(&r->parser, ev) ? true : bad_syntax(r);
}

/* Takes an event of which only the kind matters. */
static bool expect(struct reader *r, yaml_event_type_t type, const char *otherwise)
{
	CLEANUP(yaml_event_delete) yaml_event_t ev = { 0 };

	if (!next(r, &ev))
		return false;
	return ev.type == type ? true : bad(r, &ev.start_mark, otherwise);
}

static bool plain_node(
	struct reader *r, const yaml_event_t *ev, const yaml_char_t *anchor, const yaml_char_t *tag)
{
	if (anchor)
		return bad(r, &ev->start_mark, "anchors are not taken");
	if (tag)
		return bad(r, &ev->start_mark, "tags are not taken");
	return true;
}

static bool read_scalar(struct reader *r, const yaml_event_t *ev, struct str *ret)
{
	const char *p = (const char *)ev->data.scalar.value;
	size_t n = ev->data.scalar.length;

	if (!plain_node(r, ev, ev->data.scalar.anchor, ev->data.scalar.tag))
		return false;
	if (memchr(p, 0, n))
		return bad(r, &ev->start_mark, "a NUL character in a value");
	*ret = arena_str(r->a, str_make(p, n));
	return ret->p ? true : arena_full(r->a, r->e);
}

static bool read_key(struct reader *r, const yaml_event_t *ev, struct json_cell *c)
{
	if (ev->type != YAML_SCALAR_EVENT)
		return bad(r, &ev->start_mark, "a member name must be a plain or quoted word");
	c->line = ev->start_mark.line + 1;
	return read_scalar(r, ev, &c->key);
}

/* One element, or member of an object, whose first event is *ev. */
static bool read_cell(struct reader *r, const yaml_event_t *ev, bool member, struct json_cell *c)
{
	CLEANUP(yaml_event_delete) yaml_event_t value = { 0 };

	if (!member)
		return read_value(r, ev, &c->value);
	if (!read_key(r, ev, c) || !next(r, &value))
		return false;
	return read_value(r, &value, &c->value);
}

/* What stands between a start and its end event; the start is taken already. */
static bool read_list(struct reader *r, struct json *ret)
{
	bool object = ret->kind == JSON_OBJECT;
	struct json_cell *cells = NULL;

	for (size_t n = 0;; n++) {
		CLEANUP(yaml_event_delete) yaml_event_t ev = { 0 };
		struct json_cell *c;

		if (!next(r, &ev))
			return false;
		if (ev.type == YAML_SEQUENCE_END_EVENT || ev.type == YAML_MAPPING_END_EVENT)
			return json_cells_close(ret, cells, n, "YAML", r->a, r->e);
		c = ARENA_NEW(r->a, struct json_cell);
		if (!c)
			return arena_full(r->a, r->e);
		if (object && n == JSON_MEMBERS_MAX)
			return err_set(r->e, ERR_LIMIT,
				"YAML line %zu: a map of more than %d members",
				ev.start_mark.line + 1, JSON_MEMBERS_MAX);
		if (!read_cell(r, &ev, object, c))
			return false;
		c->next = cells;
		cells = c;
	}
}

static bool read_container(struct reader *r, const yaml_event_t *ev, struct json *ret)
{
	bool ok;

	if (r->depth == JSON_DEPTH_MAX)
		return err_set(r->e, ERR_LIMIT, "YAML line %zu: more than %d levels",
			ev->start_mark.line + 1, JSON_DEPTH_MAX);
	r->depth++;
	ok = read_list(r, ret);
	r->depth--;
	return ok;
}

static bool read_value(struct reader *r, const yaml_event_t *ev, struct json *ret)
{
	*ret = (struct json){ .line = ev->start_mark.line + 1 };
	switch (ev->type) {
	case YAML_SCALAR_EVENT:
		ret->kind = JSON_STRING;
		return read_scalar(r, ev, &ret->text);
	case YAML_SEQUENCE_START_EVENT:
		ret->kind = JSON_ARRAY;
		return plain_node(r, ev, ev->data.sequence_start.anchor,
			       ev->data.sequence_start.tag) &&
		       read_container(r, ev, ret);
	case YAML_MAPPING_START_EVENT:
		ret->kind = JSON_OBJECT;
		return plain_node(
			       r, ev, ev->data.mapping_start.anchor, ev->data.mapping_start.tag) &&
		       read_container(r, ev, ret);
	case YAML_ALIAS_EVENT:
		return bad(r, &ev->start_mark, "aliases are not taken");
	default:
		return bad(r, &ev->start_mark, "a value was expected");
	}
}

static bool open_document(struct reader *r)
{
	CLEANUP(yaml_event_delete) yaml_event_t ev = { 0 };

	if (!expect(r, YAML_STREAM_START_EVENT, "no document") || !next(r, &ev))
		return false;
	if (ev.type != YAML_DOCUMENT_START_EVENT)
		return bad(r, &ev.start_mark, "the document is empty");
	if (ev.data.document_start.version_directive ||
		ev.data.document_start.tag_directives.start !=
			ev.data.document_start.tag_directives.end)
		return bad(r, &ev.start_mark, "directives are not taken");
	return true;
}

static bool read_document(struct reader *r, struct json *ret)
{
	CLEANUP(yaml_event_delete) yaml_event_t ev = { 0 };

	return open_document(r) && next(r, &ev) && read_value(r, &ev, ret) &&
	       expect(r, YAML_DOCUMENT_END_EVENT, "something follows the document") &&
	       expect(r, YAML_STREAM_END_EVENT, "one document only");
}

/* One text, one form: what edits such files counts on their first byte. */
static bool has_mark(struct span text)
{
	return text.n >= 3 && memcmp(text.p, "\xef\xbb\xbf", 3) == 0;
}

bool yaml_parse(struct json *ret, struct span text, struct arena *a, struct err *e)
{
	struct reader r = { .text = text, .a = a, .e = e };
	struct json v = { 0 };
	bool ok;

	if (text.n > YAML_SIZE_MAX)
		return err_set(e, ERR_LIMIT, "YAML of %zu bytes, limit %d", text.n, YAML_SIZE_MAX);
	if (has_mark(text))
		return err_set(e, ERR_FORMAT,
			"YAML line 1: a byte order mark: wanted is UTF-8 without one");
	if (!yaml_parser_initialize(&r.parser))
		return err_set(e, ERR_LIMIT, "YAML: out of memory");
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r.parser, text.p ? text.p : (const uint8_t *)"", text.n);
	ok = read_document(&r, &v);
	yaml_parser_delete(&r.parser);
	if (ok)
		*ret = v;
	return ok;
}
