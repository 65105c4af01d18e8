#include "build/changes.h"

#include <stdio.h>

#include "base/hex.h"
#include "sys/file.h"
#include "base/banned.h"

/* Reasons on one line; more than CHANGES_TOLD_MAX are counted. */
struct reasons {
	struct buf *out;
	size_t n;
};

static void add(struct reasons *r, const char *thing, struct str name, const char *what)
{
	if (r->n++ >= CHANGES_TOLD_MAX)
		return;
	if (r->n > 1)
		buf_add_cstr(r->out, ", ");
	buf_printf(r->out, "%s '%.*s' %s", thing, STR_ARG(name), what);
}

static void end(struct reasons *r, const char *none)
{
	if (r->n > CHANGES_TOLD_MAX)
		buf_printf(r->out, ", and %zu more", r->n - CHANGES_TOLD_MAX);
	if (r->n == 0)
		buf_add_cstr(r->out, none);
}

void changes_read(struct changes *ret, int folder)
{
	CLEANUP(buf_done) struct buf text = { 0 };
	struct err ignored = { 0 };

	*ret = (struct changes){ .arena = arena_new(CHANGES_MEMORY_MAX) };
	ret->known = file_read(folder, "manifest.json", MANIFEST_SIZE_MAX, &text, &ignored) &&
		     json_parse(&ret->manifest, buf_span(&text), ret->arena, &ignored) &&
		     json_check_format(&ret->manifest, MANIFEST_FORMAT, &ignored);
}

void changes_done(struct changes *c)
{
	arena_free(c->arena);
	*c = (struct changes){ 0 };
}

static const struct json *inputs_of(const struct changes *c, const char *key)
{
	const struct json *list = json_get(json_get(&c->manifest, "inputs"), key);

	return list && list->kind == JSON_ARRAY ? list : NULL;
}

static bool has_text(const struct json *o, const char *key, struct str want)
{
	const struct json *v = json_get(o, key);

	return v && v->kind == JSON_STRING && str_equal(v->text, want);
}

static bool has_digest(const struct json *o, const char *key, const uint8_t *sha256)
{
	char hex[2 * SHA256_SIZE + 1];

	hex_write(hex, sha256, SHA256_SIZE);
	return has_text(o, key, str_of(hex));
}

/* The element whose member has this text, or NULL. */
static const struct json *find(const struct json *list, const char *key, struct str want)
{
	for (size_t i = 0; list && i < list->n; i++)
		if (has_text(&list->items[i], key, want))
			return &list->items[i];
	return NULL;
}

static struct str text_of(const struct json *o, const char *key)
{
	const struct json *v = json_get(o, key);

	return v && v->kind == JSON_STRING ? v->text : STR("");
}

/* ---- packages ---- */

static bool is_member(const struct lock *l, const char *set, size_t package)
{
	const struct lock_set *s = lock_set_find(l, set);

	for (size_t i = 0; s && i < s->n; i++)
		if (s->packages[i] == package)
			return true;
	return false;
}

static bool was_member(const struct json *package, const char *set)
{
	const struct json *sets = json_get(package, "sets");

	for (size_t i = 0; sets && i < sets->n; i++)
		if (sets->kind == JSON_ARRAY && str_is(sets->items[i].text, set))
			return true;
	return false;
}

static void compare_packages(
	struct reasons *r, const struct changes *c, const struct lock *l, const char *set)
{
	const struct json *old = inputs_of(c, "packages");

	for (size_t i = 0; i < l->n_packages; i++) {
		const struct lock_package *p = &l->packages[i];
		const struct json *was;

		if (!is_member(l, set, i))
			continue;
		was = find(old, "name", p->name);
		if (!was || !was_member(was, set))
			add(r, "package", p->name, "is new");
		else if (!has_digest(was, "sha256", p->sha256))
			add(r, "package", p->name, "changed");
	}
	for (size_t i = 0; old && i < old->n; i++) {
		struct str name = text_of(&old->items[i], "name");

		if (was_member(&old->items[i], set) && !lock_package_find(l, name))
			add(r, "package", name, "is gone");
	}
}

/* ---- components ---- */

static void compare_sources(
	struct reasons *r, const struct json *was, const struct component_result *is)
{
	const struct json *old = json_get(was, "sources");

	for (size_t i = 0; i < is->n_sources; i++) {
		const struct component_source *s = &is->sources[i];
		const struct json *o = find(old, "path", s->path);

		if (!o || !has_digest(o, "sha256", s->sha256))
			add(r, "source", s->path, o ? "changed" : "is new");
	}
	for (size_t i = 0; old && old->kind == JSON_ARRAY && i < old->n; i++) {
		struct str path = text_of(&old->items[i], "path");
		bool there = false;

		for (size_t k = 0; k < is->n_sources; k++)
			there |= str_equal(is->sources[k].path, path);
		if (!there)
			add(r, "source", path, "is gone");
	}
}

void changes_component(const struct changes *c, const struct component_made *m,
	const struct lock *l, struct buf *out)
{
	const struct json *was = find(inputs_of(c, "components"), "name", m->component->name);
	struct reasons r = { .out = out };
	char set[256];

	if (!was) {
		buf_add_cstr(out, "compiled: no earlier build in this folder had it");
		return;
	}
	if (has_digest(was, "derivation", m->result.derivation)) {
		buf_add_cstr(out, "compiled: the store no longer had its result");
		return;
	}
	buf_add_cstr(out, "compiled: ");
	compare_sources(&r, was, &m->result);
	snprintf(set, sizeof set, "toolchain:%.*s", STR_ARG(m->component->toolchain));
	compare_packages(&r, c, l, set);
	end(&r, m->component->needs.n ? "what it needs, its steps, outputs or time changed"
				      : "its steps, outputs or time changed");
}

/* ---- the image ---- */

static void compare_overlay(
	struct reasons *r, const struct json *old, struct str name, const struct tree *overlay)
{
	size_t n;
	const struct node *nodes = tree_nodes(overlay, &n);

	for (size_t i = 0; i < n; i++) {
		const struct json *was = NULL;

		if (nodes[i].kind != NODE_FILE)
			continue;
		for (size_t k = 0; old && k < old->n && !was; k++)
			if (has_text(&old->items[k], "overlay", name) &&
				has_text(&old->items[k], "path", nodes[i].path))
				was = &old->items[k];
		if (!was || !has_digest(was, "sha256", nodes[i].content.sha256))
			add(r, "overlay file", nodes[i].path,
				was ? "changed" : "is new or was not in the image");
	}
	for (size_t k = 0; old && k < old->n; k++)
		if (has_text(&old->items[k], "overlay", name) &&
			!tree_find(overlay, text_of(&old->items[k], "path")))
			add(r, "overlay file", text_of(&old->items[k], "path"), "is gone");
}

void changes_image(const struct changes *c, const struct inputs *in,
	const struct component_made *components, struct tree *const *overlays, struct buf *out)
{
	const struct description *d = &in->description;
	struct reasons r = { .out = out };

	if (!c->known) {
		buf_add_cstr(out, "made: no earlier build in this folder");
		return;
	}
	buf_add_cstr(out, "made: ");
	if (!has_digest(
		    json_get(&c->manifest, "inputs"), "description-sha256", in->description_sha256))
		add(&r, "description", STR("assay.yaml"), "changed");
	compare_packages(&r, c, &in->lock, "image");
	compare_packages(&r, c, &in->lock, "firmware");
	for (size_t i = 0; i < d->n_components; i++) {
		const struct component *k = components[i].component;
		const struct json *was = find(inputs_of(c, "components"), "name", k->name);

		if (!was || !has_digest(was, "derivation", components[i].result.derivation))
			add(&r, "component", k->name, "changed");
	}
	for (size_t i = 0; i < d->overlays.n; i++)
		compare_overlay(&r, inputs_of(c, "overlays"), d->overlays.items[i], overlays[i]);
	end(&r, "the files in this folder, the tool or the machine's run is another");
}
