#include "rootfs/ld_cache.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"
#include "rootfs/elf.h"
#include "rootfs/entry.h"
#include "tree/list.h"
#include "base/banned.h"

#define ORIGIN "generated:ld.so.cache"

enum {
	HEADER_SIZE = 48,
	ENTRY_SIZE = 24,
	FLAGS_ELF_LIBC6_X86_64 = 0x0303,
	LITTLE_ENDIAN_CACHE = 2,
	FOLDERS_MAX = 64,
};

struct library {
	struct str name;
	struct str path; /* absolute */
};

struct libraries {
	struct library *items;
	size_t n;
	struct map *
		sonames; /* content's digest -> struct str *: a library is read once, whatever leads to it */
};

/* The loader's own order: runs of digits compare as numbers (dl-cache.c, _dl_cache_libcmp). */
static int loader_compare(struct str a, struct str b)
{
	size_t i = 0, j = 0;

	while (i < a.n && j < b.n) {
		bool da = a.p[i] >= '0' && a.p[i] <= '9', db = b.p[j] >= '0' && b.p[j] <= '9';

		if (da && db) {
			uint64_t x = 0, y = 0;

			for (; i < a.n && a.p[i] >= '0' && a.p[i] <= '9'; i++)
				x = x * 10 + (uint64_t)(a.p[i] - '0');
			for (; j < b.n && b.p[j] >= '0' && b.p[j] <= '9'; j++)
				y = y * 10 + (uint64_t)(b.p[j] - '0');
			if (x != y)
				return x < y ? -1 : 1;
		} else if (da != db) {
			return da ? 1 : -1;
		} else if (a.p[i] != b.p[j]) {
			return a.p[i] < b.p[j] ? -1 : 1;
		} else {
			i++;
			j++;
		}
	}
	return i < a.n ? 1 : j < b.n ? -1 : 0;
}

/* Descending, as the loader's binary search expects; the path makes the order total. */
static int descending(const void *x, const void *y)
{
	const struct library *a = x, *b = y;
	int c = loader_compare(b->name, a->name);

	if (!c)
		c = str_compare(b->name, a->name);
	return c ? c : str_compare(a->path, b->path);
}

static bool library_name(struct str name)
{
	if (!str_starts(name, "lib") && !str_starts(name, "ld-"))
		return false;
	for (size_t i = 0; i + 3 <= name.n; i++)
		if (str_starts(str_make(name.p + i, name.n - i), ".so"))
			return true;
	return false;
}

/* The name that the file n at path gives itself, empty for none; *ret is NULL for what is no shared object. */
static bool soname_of(const struct str **ret, struct tree *t, const struct node *n, struct str path,
	struct libraries *l, struct err *e)
{
	static const struct str no_object = { NULL, 0 };
	struct str key = str_make((const char *)n->content.sha256, SHA256_SIZE);
	CLEANUP(buf_done) struct buf bytes = { 0 };
	struct str *found = map_get(l->sonames, key);
	struct err none = { 0 };

	if (!found) {
		found = ARENA_NEW(tree_arena(t), struct str);
		key = arena_str(tree_arena(t), key); /* the node may move */
		if (!found || !key.p)
			return arena_full(tree_arena(t), e);
		if (!entry_text(t, path, LD_CACHE_LIBRARY_MAX, &bytes, e))
			return false;
		*found = no_object;
		if (elf_soname(buf_span(&bytes), found, &none)) {
			*found = arena_str(tree_arena(t), *found);
			if (!found->p)
				return arena_full(tree_arena(t), e);
		}
		map_add(l->sonames, key, found);
	}
	*ret = found->p ? found : NULL;
	return true;
}

/* Takes the path when the object behind it is called by that name; anything that is no shared object is passed over. */
static bool consider(struct tree *t, struct str path, struct libraries *l, struct err *e)
{
	const struct node *n = entry_resolve(t, path);
	const struct str *soname;

	if (!library_name(tree_name(path)) || !n || n->kind != NODE_FILE)
		return true;
	if (!soname_of(&soname, t, n, path, l, e))
		return false;
	if (!soname || (soname->n && !str_equal(*soname, tree_name(path))))
		return true;
	l->items = mem_grow(l->items, l->n + 1, sizeof *l->items);
	l->items[l->n++] = (struct library){ tree_name(path), path };
	return true;
}

static bool scan(struct tree *t, struct str folder, struct libraries *l, struct err *e)
{
	CLEANUP(tree_list_done) struct tree_list list = { 0 };
	struct str glob = arena_printf(tree_arena(t), "%.*s/*.so*", STR_ARG(folder));

	if (!glob.p)
		return arena_full(tree_arena(t), e);
	tree_list(t, glob, &list);
	for (size_t i = 0; i < list.n; i++)
		if (!consider(t, list.paths[i], l, e))
			return false;
	return true;
}

/* Folders named in etc/ld.so.conf.d, without the two that are always searched; usr-merged. */
static bool scan_configured(struct tree *t, struct libraries *l, struct err *e)
{
	CLEANUP(tree_list_done) struct tree_list files = { 0 };

	tree_list(t, STR("etc/ld.so.conf.d/*.conf"), &files);
	for (size_t i = 0; i < files.n; i++) {
		CLEANUP(buf_done) struct buf text = { 0 };
		struct str line, rest;

		if (!entry_text(t, files.paths[i], LD_CACHE_MAX, &text, e))
			return false;
		for (rest = buf_str(&text); rest.n;) {
			struct str folder;

			(void)str_cut(rest, '\n', &line, &rest);
			line = str_trim(line);
			if (!str_starts(line, "/"))
				continue;
			folder = arena_str(tree_arena(t), str_make(line.p + 1, line.n - 1));
			if (!folder.p)
				return arena_full(tree_arena(t), e);
			if (str_is(folder, "usr/lib/x86_64-linux-gnu") ||
				str_is(folder, "usr/lib") || !tree_find(t, folder))
				continue;
			if (!scan(t, folder, l, e))
				return false;
		}
	}
	return true;
}

static void emit(const struct libraries *l, struct buf *out)
{
	CLEANUP(buf_done) struct buf strings = buf_init(LD_CACHE_MAX);
	uint32_t base = (uint32_t)(HEADER_SIZE + ENTRY_SIZE * l->n);

	buf_add_cstr(out, "glibc-ld.so.cache1.1");
	for (size_t i = 0; i < l->n; i++)
		buf_printf(&strings, "%.*s%c/%.*s%c", STR_ARG(l->items[i].name), 0,
			STR_ARG(l->items[i].path), 0);
	buf_u32le(out, (uint32_t)l->n);
	buf_u32le(out, (uint32_t)strings.n);
	buf_u8(out, LITTLE_ENDIAN_CACHE);
	buf_fill(out, 0, 3 + 4 + 12); /* padding, no extensions, unused */
	for (size_t i = 0; i < l->n; i++) {
		uint32_t name = base;

		buf_u32le(out, FLAGS_ELF_LIBC6_X86_64);
		buf_u32le(out, name);
		base += (uint32_t)l->items[i].name.n + 1;
		buf_u32le(out, base);
		base += (uint32_t)l->items[i].path.n + 2;
		buf_fill(out, 0, 4 + 8); /* OS version and hardware capabilities: none */
	}
	buf_add(out, strings.p, strings.n);
}

bool ld_cache_generate(struct tree *t, struct err *e)
{
	CLEANUP(map_freep) struct map *sonames = map_new();
	struct libraries l = { .sonames = sonames };
	CLEANUP(buf_done) struct buf out = buf_init(LD_CACHE_MAX);
	bool ok = scan(t, STR("usr/lib/x86_64-linux-gnu"), &l, e) &&
		  scan(t, STR("usr/lib"), &l, e) && scan_configured(t, &l, e);

	if (ok && l.n) {
		qsort(l.items, l.n, sizeof *l.items, descending);
		emit(&l, &out);
		ok = buf_ok(&out) ? entry_file_over(t, STR("etc/ld.so.cache"), buf_span(&out), 0644,
					    ORIGIN, e)
				  : buf_full(&out, "ld.so.cache", e);
	}
	free(l.items);
	return ok;
}
