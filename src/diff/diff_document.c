#include "diff/diff_document.h"

#include <stdio.h>

#include "codec/json.h"

#include "base/banned.h"

enum { DOCUMENT_MAX = 128 << 20, ARENA_MAX = 1 << 30, PATH_MAX_SHOWN = 512 };

/* The first difference below one member of the document, and how many there are. */
struct found {
	char path[PATH_MAX_SHOWN];
	struct str a, b;
	size_t n;
	struct arena *arena;
};

struct at {
	char path[PATH_MAX_SHOWN];
	size_t n;
};

static bool is_document(struct span s)
{
	return s.n > 2 && s.n <= DOCUMENT_MAX && s.p[0] == '{';
}

static bool is_ours(const struct json *v)
{
	const struct json *format = json_get(v, "format");
	if (json_get(v, "spdxVersion"))
		return true;
	return format && format->kind == JSON_STRING && str_starts(format->text, "assay.");
}

static struct str as_text(struct arena *a, const struct json *v)
{
	if (!v)
		return STR("(none)");
	if (v->kind == JSON_STRING || v->kind == JSON_NUMBER)
		return v->text;
	if (v->kind == JSON_OBJECT || v->kind == JSON_ARRAY)
		return arena_printf(
			a, "%zu %s", v->n, v->kind == JSON_ARRAY ? "elements" : "members");
	return v->kind == JSON_NULL ? STR("null") : v->truth ? STR("true") : STR("false");
}

static struct at below(const struct at *at, const char *dot, struct str name, const char *end)
{
	struct at new = *at;
	int n = snprintf(new.path + new.n, sizeof(new.path) - new.n, "%s%.*s%s", at->n ? dot : "",
		STR_ARG(name), end);
	new.n += n < 0 ? 0 : (size_t)n;
	new.n = new.n < sizeof(new.path) ? new.n : sizeof(new.path) - 1;
	return new;
}

static void compare(
	struct found *f, const struct at *at, const struct json *a, const struct json *b);

static void differ(struct found *f, const struct at *at, const struct json *a, const struct json *b)
{
	if (f->n++)
		return;
	memcpy(f->path, at->path, sizeof(f->path));
	f->path[at->n] = '\0';
	f->a = as_text(f->arena, a);
	f->b = as_text(f->arena, b);
}

static void objects(
	struct found *f, const struct at *at, const struct json *a, const struct json *b)
{
	for (size_t i = 0; i < a->n; i++) {
		struct at inner = below(at, ".", a->keys[i], "");
		const struct json *other = a->keys[i].p ? json_get(b, a->keys[i].p) : NULL;
		compare(f, &inner, &a->items[i], other);
	}
	for (size_t i = 0; i < b->n; i++)
		if (!json_get(a, b->keys[i].p)) {
			struct at inner = below(at, ".", b->keys[i], "");
			differ(f, &inner, NULL, &b->items[i]);
		}
}

/* What an element of a list is called: by its path, name or number. */
static struct str name_of(const struct json *v)
{
	static const char *const keys[] = { "path", "name", "SPDXID", "register", "layer" };
	for (size_t i = 0; v && i < ARRAY_LEN(keys); i++) {
		const struct json *name = json_get(v, keys[i]);
		if (name && (name->kind == JSON_STRING || name->kind == JSON_NUMBER))
			return name->text;
	}
	return STR("");
}

/* Lists are in one order in both; an element that only one has is passed over by its name. */
static void arrays(struct found *f, const struct at *at, const struct json *a, const struct json *b)
{
	for (size_t i = 0, j = 0; i < a->n || j < b->n;) {
		const struct json *x = i < a->n ? &a->items[i] : NULL;
		const struct json *y = j < b->n ? &b->items[j] : NULL;
		struct str name_a = name_of(x), name_b = name_of(y);
		int order = !x ? 1 : !y ? -1 : str_compare(name_a, name_b);
		char number[24];
		snprintf(number, sizeof(number), "%zu", i);
		struct str name = order > 0 ? name_b : name_a;
		struct at inner = below(at, "[", name.n ? name : str_of(number), at->n ? "]" : "");
		compare(f, &inner, order > 0 ? NULL : x, order < 0 ? NULL : y);
		i += order <= 0;
		j += order >= 0;
	}
}

static void compare(
	struct found *f, const struct at *at, const struct json *a, const struct json *b)
{
	if (!a || !b || a->kind != b->kind)
		differ(f, at, a, b);
	else if (a->kind == JSON_OBJECT)
		objects(f, at, a, b);
	else if (a->kind == JSON_ARRAY)
		arrays(f, at, a, b);
	else if (a->kind == JSON_BOOL ? a->truth != b->truth : !str_equal(a->text, b->text))
		differ(f, at, a, b);
}

static void say(struct diff_walk *w, const struct found *f, bool input)
{
	struct str path = arena_printf(w->arena, "%s", f->path);
	if (f->n > 1)
		path = arena_printf(w->arena, "%s, the first of %zu", f->path, f->n);
	if (!path.p || !diff_walk_enter(w, path))
		return;
	struct diff_leaf leaf = { .kind = DIFF_FIELD, .a = str_span(f->a), .b = str_span(f->b) };
	diff_walk_add_ruled(w, &leaf, input ? DIFF_RULE_NONE : DIFF_RULE_DOCUMENT, DIFF_DEPTH_MAX);
	diff_walk_leave(w);
}

/* One leaf for each top member in which something differs. */
static void members(
	struct diff_walk *w, const struct json *a, const struct json *b, struct arena *arena)
{
	const struct at top = { { 0 }, 0 };
	const struct json *format = json_get(a, "format");
	bool manifest = format && str_starts(format->text, "assay.manifest/");
	for (size_t i = 0; i < a->n; i++) {
		struct found f = { .arena = arena };
		struct at inner = below(&top, "", a->keys[i], "");
		compare(&f, &inner, &a->items[i], json_get(b, a->keys[i].p));
		bool input = manifest &&
			     (str_is(a->keys[i], "inputs") || str_is(a->keys[i], "name") ||
				     str_is(a->keys[i], "source-date-epoch"));
		if (f.n)
			say(w, &f, input);
	}
}

bool diff_document(struct diff_walk *w, struct span a, struct span b, struct err *e)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(ARENA_MAX);
	struct json x, y;
	if (!is_document(a) || !is_document(b))
		return err_set(e, ERR_FORMAT, "no document of a build");
	if (!json_parse(&x, a, arena, e) || !json_parse(&y, b, arena, e))
		return false;
	if (x.kind != JSON_OBJECT || y.kind != JSON_OBJECT || !is_ours(&x) || !is_ours(&y))
		return err_set(e, ERR_FORMAT, "no document of a build");
	members(w, &x, &y, arena);
	return true;
}
