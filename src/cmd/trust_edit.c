#include "cmd/trust_edit.h"

#include "codec/yaml.h"
#include "base/banned.h"

/* ---- what it should say afterwards ---- */

/* o, an object or NULL, with a member set; the others stay in their order. A new one stands at the end. */
static bool with_member(struct json *ret, const struct json *o, const char *key,
	const struct json *value, struct arena *a, struct err *e)
{
	size_t n = o ? o->n : 0, at = 0;
	struct str *keys = ARENA_ARRAY(a, n + 1, struct str);
	struct json *items = ARENA_ARRAY(a, n + 1, struct json);

	if (!keys || !items)
		return arena_full(a, e);
	for (size_t i = 0; i < n; i++) {
		keys[i] = o->keys[i];
		items[i] = o->items[i];
	}
	while (at < n && !str_is(keys[at], key))
		at++;
	keys[at] = str_of(key);
	items[at] = *value;
	*ret = (struct json){
		.kind = JSON_OBJECT, .keys = keys, .items = items, .n = at < n ? n : n + 1
	};
	return true;
}

static bool with_element(struct json *ret, const struct json *list, const struct json *value,
	struct arena *a, struct err *e)
{
	size_t n = list ? list->n : 0;
	struct json *items = ARENA_ARRAY(a, n + 1, struct json);

	if (!items)
		return arena_full(a, e);
	for (size_t i = 0; i < n; i++)
		items[i] = list->items[i];
	items[n] = *value;
	*ret = (struct json){ .kind = JSON_ARRAY, .items = items, .n = n + 1 };
	return true;
}

static bool wanted(struct json *ret, const struct json *old, const struct trust_edit *edit,
	struct arena *a, struct err *e)
{
	const struct json *member = json_get(old, edit->member);
	const struct json *place = edit->inner ? json_get(member, edit->inner) : member;
	struct json value, inner;

	if (!yaml_parse(&value, str_span(edit->value), a, e) ||
		(edit->append && !with_element(&value, place, &value, a, e)))
		return false;
	if (edit->inner) {
		if (!with_member(&inner, member, edit->inner, &value, a, e))
			return false;
		value = inner;
	}
	return with_member(ret, old, edit->member, &value, a, e);
}

static bool says_the_same(const struct json *a, const struct json *b)
{
	CLEANUP(buf_done)
	struct buf x = buf_init(8 * YAML_SIZE_MAX), y = buf_init(8 * YAML_SIZE_MAX);
	struct json_out wx = json_out_to(&x), wy = json_out_to(&y);

	json_value(&wx, a);
	json_value(&wy, b);
	return buf_ok(&x) && buf_ok(&y) && str_equal(buf_str(&x), buf_str(&y));
}

/* ---- lines ---- */

/* Of the text, from one offset on; the line end is part of it. */
static struct str line_at(struct str text, size_t at)
{
	struct str rest = str_make(text.p + at, text.n - at);
	size_t n = str_find(rest, '\n');

	return str_make(rest.p, n < rest.n ? n + 1 : n);
}

static size_t indent_of(struct str line)
{
	size_t n = 0;

	while (n < line.n && line.p[n] == ' ')
		n++;
	return n;
}

static bool says_nothing(struct str line)
{
	struct str s = str_trim(line);

	return !s.n || s.p[0] == '#';
}

static bool is_element(struct str line)
{
	struct str s = str_trim(line);

	return s.n && s.p[0] == '-' && (s.n == 1 || s.p[1] == ' ');
}

/* Lines from..to of a member, behind that of its key; what belongs to it is indented further, or an element of its list. */
struct section {
	bool found;
	size_t key_at;   /* offset of the key's line */
	struct str rest; /* what stands behind the key's colon, without a comment */
	size_t indent;   /* of the key */
	size_t from, to; /* to: behind the last line that says something */
};

static struct section find_section(
	struct str text, size_t from, size_t to, const char *key, bool nested)
{
	struct section s = { 0 };

	for (size_t at = from; at < to; at += line_at(text, at).n) {
		struct str line = line_at(text, at), head, rest;
		size_t indent = indent_of(line);

		if (says_nothing(line))
			continue;
		if (s.found && (indent < s.indent || (indent == s.indent && !is_element(line))))
			break;
		if (s.found) {
			s.to = at + line.n;
			continue;
		}
		if ((indent > 0) != nested || !str_cut(line, ':', &head, &rest) ||
			!str_is(str_trim(head), key))
			continue;
		(void)str_cut(rest, '#', &rest, &head);
		s = (struct section){ true, at, str_trim(rest), indent, at + line.n, at + line.n };
	}
	return s;
}

/* ---- changes ---- */

static void add_upto(struct buf *out, struct str text, size_t from, size_t to)
{
	buf_add(out, text.p + from, to - from);
	if (to == text.n && to > from && text.p[to - 1] != '\n')
		buf_add_cstr(out, "\n");
}

/* Each line behind so many blanks, the first behind "- ". */
static void add_element(struct buf *out, struct str lines, size_t indent)
{
	for (bool first = true; lines.n; first = false) {
		struct str line;

		(void)str_cut(lines, '\n', &line, &lines);
		buf_fill(out, ' ', indent);
		buf_printf(out, "%s%.*s\n", first ? "- " : "  ", STR_ARG(line));
	}
}

static void add_new(struct buf *out, const struct trust_edit *edit)
{
	buf_printf(out, "\n%s:%s", edit->member, edit->append || edit->inner ? "\n" : " ");
	if (edit->inner)
		buf_printf(out, "  %s:%s", edit->inner, edit->append ? "\n" : " ");
	if (edit->append)
		add_element(out, edit->value, edit->inner ? 4 : 2);
	else
		buf_printf(out, "%.*s\n", STR_ARG(edit->value));
}

/* Behind the last element; an empty "[]" makes way. */
static void append(struct buf *out, struct str text, const struct section *s, struct str value)
{
	size_t indent = s->indent + 2;

	if (str_is(s->rest, "[]")) {
		size_t bracket = (size_t)(s->rest.p - text.p);

		add_upto(out, text, 0, bracket);
		add_upto(out, text, bracket + 2, s->from);
	} else {
		add_upto(out, text, 0, s->to);
	}
	for (size_t at = s->from; at < s->to; at += line_at(text, at).n) {
		struct str line = line_at(text, at);

		if (is_element(line)) {
			indent = indent_of(line);
			break;
		}
	}
	add_element(out, value, indent);
	add_upto(out, text, s->to, text.n);
}

static void replace(struct buf *out, struct str text, const struct section *s, struct str value)
{
	size_t at = (size_t)(s->rest.p - text.p);

	add_upto(out, text, 0, at);
	buf_add_str(out, value);
	add_upto(out, text, at + s->rest.n, text.n);
}

/* A member of a member that has others: behind those. */
static void add_inner(
	struct buf *out, struct str text, const struct section *s, const struct trust_edit *edit)
{
	size_t at = s->from, indent;

	while (at < s->to && says_nothing(line_at(text, at)))
		at += line_at(text, at).n;
	indent = at < s->to ? indent_of(line_at(text, at)) : s->indent + 2;
	add_upto(out, text, 0, s->to);
	buf_fill(out, ' ', indent);
	if (edit->append) {
		buf_printf(out, "%s:\n", edit->inner);
		add_element(out, edit->value, indent + 2);
	} else {
		buf_printf(out, "%s: %.*s\n", edit->inner, STR_ARG(edit->value));
	}
	add_upto(out, text, s->to, text.n);
}

static void change(struct buf *out, struct str text, const struct trust_edit *edit)
{
	struct section outer = find_section(text, 0, text.n, edit->member, false), s = outer;

	if (outer.found && edit->inner)
		s = find_section(text, outer.from, outer.to, edit->inner, true);
	if (!outer.found) {
		add_upto(out, text, 0, text.n);
		add_new(out, edit);
	} else if (!s.found) {
		add_inner(out, text, &outer, edit);
	} else if (edit->append) {
		append(out, text, &s, edit->value);
	} else {
		replace(out, text, &s, edit->value);
	}
}

static bool by_hand(const struct trust_edit *edit, struct err *e)
{
	err_set(e, ERR_USAGE,
		"'%s' is written in a way that cannot be added to without touching other lines",
		edit->member);
	return err_hint(e, "write it by hand: under %s%s%s, %s: %.*s", edit->member,
		edit->inner ? ": " : "", edit->inner ? edit->inner : "",
		edit->append ? "a further element" : "this", STR_ARG(edit->value));
}

bool trust_edit(struct buf *out, struct span text, const struct trust_edit *edit, struct arena *a,
	struct err *e)
{
	struct json old, now, want;
	struct err unread = { 0 };
	size_t before = out->n;

	if (!yaml_parse(&old, text, a, e) || !wanted(&want, &old, edit, a, e))
		return false;
	change(out, str_make((const char *)text.p, text.n), edit);
	if (!buf_ok(out))
		return buf_full(out, "the trust file", e);
	if (yaml_parse(&now, span_make(out->p + before, out->n - before), a, &unread) &&
		says_the_same(&now, &want))
		return true;
	out->n = before;
	return by_hand(edit, e);
}

/* Letters and digits, with a few others inside, are no other thing in YAML. */
static bool is_plain(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			    (c >= '0' && c <= '9');
		bool inside = i && i + 1 < s.n && c && strchr(" ._/+:-", c);

		if (!word && !inside && !(c == '=' && i))
			return false;
		if (c == ':' && s.p[i + 1] == ' ')
			return false;
	}
	return s.n != 0;
}

struct str trust_edit_scalar(struct str s, struct arena *a)
{
	CLEANUP(buf_done) struct buf b = buf_init(8 * YAML_SIZE_MAX);
	struct json_out w = json_out_to(&b);

	if (is_plain(s))
		return s;
	json_text(&w, s);
	return buf_ok(&b) ? arena_str(a, str_trim(buf_str(&b))) : str_make(NULL, 0);
}
