#include "rootfs/kernel_modules.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"
#include "rootfs/entry.h"
#include "rootfs/kernel_module.h"
#include "rootfs/kmod_index.h"
#include "tree/list.h"
#include "base/banned.h"

#define ORIGIN "generated:depmod"

/* Modules in an order in which each stands behind those that it needs. */
struct set {
	struct arena *a;
	struct store *store;
	const struct tree *tree;
	struct map *paths; /* name -> struct str * in all.paths */
	struct map *seen;  /* name -> struct kernel_module */
	struct tree_list all;
	struct kernel_module *items;
	size_t n;
};

static void set_done(struct set *s)
{
	map_free(s->paths);
	map_free(s->seen);
	tree_list_done(&s->all);
	free(s->items);
}

static bool set_init(
	struct set *s, const struct tree *t, struct store *store, struct arena *a, struct err *e)
{
	*s = (struct set){
		.a = a, .store = store, .tree = t, .paths = map_new(), .seen = map_new()
	};
	tree_list(t, STR("usr/lib/modules/*/**.ko*"), &s->all);
	if (s->all.n > KERNEL_MODULES_MAX)
		return err_set(e, ERR_LIMIT, "more than %d kernel modules", KERNEL_MODULES_MAX);
	s->items = mem_array(s->all.n, sizeof *s->items);
	for (size_t i = 0; i < s->all.n; i++) {
		struct str name = kernel_module_name(a, s->all.paths[i]);

		if (!name.p)
			return arena_full(a, e);
		if (map_add(s->paths, name, &s->all.paths[i]))
			return err_set(
				e, ERR_MISMATCH, "two kernels have a module '%.*s'", STR_ARG(name));
	}
	return true;
}

static bool set_add(struct set *s, struct str name, unsigned depth, struct err *e)
{
	const struct str *path = map_get(s->paths, name);
	struct kernel_module m;

	if (map_get(s->seen, name))
		return true;
	if (!path) {
		err_set(e, ERR_NOTFOUND, "the kernel has no module '%.*s'", STR_ARG(name));
		return err_hint(e, "it may be built in: then take it out of the list");
	}
	if (depth > 64)
		return err_set(e, ERR_FORMAT,
			"kernel modules need each other in a circle at '%.*s'", STR_ARG(name));
	if (!kernel_module_read(&m, s->store, s->tree, *path, s->a, e))
		return false;
	for (size_t i = 0; i < m.depends.n; i++)
		if (!set_add(s, m.depends.items[i], depth + 1, e))
			return err_wrap(e, "module '%.*s'", STR_ARG(name));
	s->items[s->n] = m;
	map_add(s->seen, s->items[s->n].name, &s->items[s->n]);
	s->n++;
	return true;
}

static bool set_add_named(struct set *s, const struct str_list *names, struct err *e)
{
	for (size_t i = 0; i < names->n; i++) {
		struct str name = kernel_module_name(s->a, names->items[i]);

		if (!name.p)
			return arena_full(s->a, e);
		if (!set_add(s, name, 0, e))
			return false;
	}
	return true;
}

/* All that a module needs, the farthest last, as modules.dep lists it. */
static void add_needs(const struct set *s, const struct kernel_module *m, struct map *done,
	size_t skip, struct buf *out)
{
	for (size_t i = 0; i < m->depends.n; i++) {
		const struct kernel_module *d = map_get(s->seen, m->depends.items[i]);

		if (map_add(done, d->name, done))
			continue;
		buf_printf(out, " %.*s", (int)(d->path.n - skip), d->path.p + skip);
		add_needs(s, d, done, skip, out);
	}
}

struct index {
	struct kmod_index_entry *items;
	size_t n;
};

static void index_add(struct index *x, struct str key, struct str value, size_t priority)
{
	if ((x->n & (x->n - 1)) == 0)
		x->items = mem_grow(x->items, x->n ? 2 * x->n : 1, sizeof *x->items);
	x->items[x->n++] = (struct kmod_index_entry){ key, value, (uint32_t)priority };
}

static bool put(
	struct tree *t, struct str folder, const char *name, const struct buf *bytes, struct err *e)
{
	struct str path = arena_printf(tree_arena(t), "%.*s/%s", STR_ARG(folder), name);

	if (!buf_ok(bytes))
		return buf_full(bytes, name, e);
	return path.p ? entry_file_over(t, path, buf_span(bytes), 0644, ORIGIN, e)
		      : arena_full(tree_arena(t), e);
}

static bool put_index(
	struct tree *t, struct str folder, const char *name, struct index *x, struct err *e)
{
	CLEANUP(buf_done) struct buf bytes = buf_init(KMOD_INDEX_MAX);
	bool ok = kmod_index_emit(x->items, x->n, &bytes, e) && put(t, folder, name, &bytes, e);

	free(x->items);
	x->items = NULL;
	return ok;
}

/* '-' outside of [...] counts as '_' in aliases, as depmod writes them into its index. */
static struct str normal_alias(struct arena *a, struct str alias)
{
	char *p = arena_alloc(a, alias.n + 1);
	bool bracket = false;

	for (size_t i = 0; p && i < alias.n; i++) {
		bracket = alias.p[i] == '[' || (bracket && alias.p[i] != ']');
		p[i] = alias.p[i] == '-' && !bracket ? '_' : alias.p[i];
	}
	return str_make(p, p ? alias.n : 0);
}

static bool write_dep(struct tree *t, const struct set *s, struct str folder, struct err *e)
{
	CLEANUP(buf_done) struct buf text = buf_init(KMOD_INDEX_MAX);
	struct index x = { 0 };
	size_t skip = folder.n + 1;

	for (size_t i = 0; i < s->n; i++) {
		CLEANUP(map_freep) struct map *done = map_new();
		CLEANUP(buf_done) struct buf line = buf_init(KMOD_INDEX_MAX);
		const struct kernel_module *m = &s->items[i];
		struct str copy;

		buf_printf(&line, "%.*s:", (int)(m->path.n - skip), m->path.p + skip);
		add_needs(s, m, done, skip, &line);
		copy = arena_str(s->a, buf_str(&line));
		if (!copy.p)
			return arena_full(s->a, e);
		index_add(&x, m->name, copy, i);
		buf_printf(&text, "%.*s\n", STR_ARG(copy));
	}
	return put(t, folder, "modules.dep", &text, e) &&
	       put_index(t, folder, "modules.dep.bin", &x, e);
}

static bool write_alias(struct tree *t, const struct set *s, struct str folder, struct err *e)
{
	CLEANUP(buf_done)
	struct buf text = buf_init(KMOD_INDEX_MAX), soft = buf_init(KMOD_INDEX_MAX);
	struct index x = { 0 };

	buf_add_cstr(&text, "# Aliases extracted from modules themselves.\n");
	for (size_t i = 0; i < s->n; i++) {
		const struct kernel_module *m = &s->items[i];

		for (size_t k = 0; k < m->aliases.n; k++) {
			struct str key = normal_alias(s->a, m->aliases.items[k]);

			buf_printf(&text, "alias %.*s %.*s\n", STR_ARG(m->aliases.items[k]),
				STR_ARG(m->name));
			index_add(&x, key, m->name, i);
		}
		for (size_t k = 0; k < m->softdeps.n; k++)
			buf_printf(&soft, "softdep %.*s %.*s\n", STR_ARG(m->name),
				STR_ARG(m->softdeps.items[k]));
	}
	return put(t, folder, "modules.alias", &text, e) &&
	       put(t, folder, "modules.softdep", &soft, e) &&
	       put_index(t, folder, "modules.alias.bin", &x, e);
}

/* What libkmod opens beside: no symbols (the running kernel resolves them), the built-in names from the package. */
static bool write_rest(struct tree *t, struct str folder, struct arena *a, struct err *e)
{
	struct index none = { 0 }, builtin = { 0 };
	struct str path = arena_printf(a, "%.*s/modules.builtin", STR_ARG(folder)), line, rest;
	CLEANUP(buf_done) struct buf text = { 0 }, empty = buf_init(1);

	if (path.p && tree_find(t, path)) {
		if (!entry_text(t, path, KMOD_INDEX_MAX, &text, e))
			return false;
		for (rest = buf_str(&text); rest.n;) {
			(void)str_cut(rest, '\n', &line, &rest);
			if (line.n)
				index_add(
					&builtin, kernel_module_name(a, line), str_make("", 0), 0);
		}
	}
	return put_index(t, folder, "modules.builtin.bin", &builtin, e) &&
	       put_index(t, folder, "modules.symbols.bin", &none, e) &&
	       put_index(t, folder, "modules.builtin.alias.bin", &none, e) &&
	       put(t, folder, "modules.symbols", &empty, e) &&
	       put(t, folder, "modules.devname", &empty, e);
}

/* "usr/lib/modules/VERSION" of a module's path. */
static struct str version_folder(struct str path)
{
	size_t slashes = 0, i = 0;

	for (; i < path.n; i++)
		if (path.p[i] == '/' && ++slashes == 4)
			break;
	return str_make(path.p, i);
}

static void remove_others(struct tree *t, const struct set *s)
{
	for (size_t i = 0; i < s->all.n; i++)
		if (!map_get(s->seen, kernel_module_name(s->a, s->all.paths[i])))
			(void)tree_remove_node(t, s->all.paths[i]);
}

bool kernel_modules_index(
	struct tree *root, struct store *store, const struct str_list *keep, struct err *e)
{
	CLEANUP(set_done) struct set s;
	struct str folder;
	bool ok = set_init(&s, root, store, tree_arena(root), e);

	if (!ok || s.all.n == 0)
		return ok;
	folder = version_folder(s.all.paths[0]);
	if (keep->n && !set_add_named(&s, keep, e))
		return false;
	for (size_t i = 0; !keep->n && i < s.all.n; i++)
		if (!set_add(&s, kernel_module_name(s.a, s.all.paths[i]), 0, e))
			return false;
	remove_others(root, &s);
	return write_dep(root, &s, folder, e) && write_alias(root, &s, folder, e) &&
	       write_rest(root, folder, s.a, e);
}

/* Decompressed, its bytes are still those of the package that has it. Origins are terminated: they are a tree's. */
static const char *origin_of(const struct tree *root, struct str path)
{
	const struct node *n = tree_find(root, path);

	return n ? n->origin.p : "generated:modules";
}

bool kernel_modules_initrd(struct tree *initrd, const struct tree *root, struct store *store,
	const struct str_list *names, struct err *e)
{
	CLEANUP(set_done) struct set s;
	CLEANUP(buf_done) struct buf list = buf_init(KMOD_INDEX_MAX);

	if (!set_init(&s, root, store, tree_arena(initrd), e) || !set_add_named(&s, names, e))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		CLEANUP(buf_done) struct buf bytes = { 0 };
		struct str path = arena_printf(
			s.a, "lib/modules/%.*s.ko", STR_ARG(s.items[i].name));

		if (!path.p)
			return arena_full(s.a, e);
		if (!kernel_module_bytes(store, root, s.items[i].path, &bytes, e) ||
			!entry_file(initrd, path, buf_span(&bytes), 0644,
				origin_of(root, s.items[i].path), e))
			return false;
		buf_printf(&list, "/%.*s\n", STR_ARG(path));
	}
	return entry_file(
		initrd, STR("etc/modules-load"), buf_span(&list), 0644, "generated:modules", e);
}
