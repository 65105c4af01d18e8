#define ASSAY_MAY_ASK_THE_MACHINE
#include "store/store_list.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "base/mem.h"
#include "store/store_inside.h"
#include "sys/file.h"
#include "base/banned.h"

enum {
	BLOCK = 512, /* what st_blocks counts, whatever the file system */
	DAY_S = 24 * 60 * 60,
	PATH_BYTES_MAX = 8192,
};

static const char *const kind_names[] = { "objects", "packs", "sysroots", "results", "notes",
	"partial", "logs" };

const char *store_kind_name(enum store_kind kind)
{
	return kind_names[kind];
}

static char *joined(const char *folder, const char *name)
{
	CLEANUP(buf_done) struct buf b = buf_init(PATH_BYTES_MAX);

	buf_printf(&b, "%s/%s", folder, name);
	return buf_ok(&b) ? buf_take_cstr(&b) : mem_string(str_of(folder));
}

/* Folders that are still to be looked into. */
struct pending {
	char **paths;
	size_t n;
};

static void push(struct pending *p, char *path)
{
	p->paths = mem_grow(p->paths, p->n + 1, sizeof *p->paths);
	p->paths[p->n++] = path;
}

/* Adds up what is directly in the folder, and takes note of its folders. */
static uint64_t size_within(int top, const char *folder, struct pending *p)
{
	struct err ignored = { 0 };
	uint64_t size = 0;
	char **names;
	size_t n;

	if (!file_names(top, folder, &names, &n, &ignored))
		return 0; /* gone meanwhile, or another user's */
	for (size_t i = 0; i < n; i++) {
		char *path = joined(folder, names[i]);
		struct stat st;

		if (fstatat(top, path, &st, AT_SYMLINK_NOFOLLOW) < 0) {
			free(path);
			continue;
		}
		size += (uint64_t)st.st_blocks * BLOCK;
		if (S_ISDIR(st.st_mode))
			push(p, path);
		else
			free(path);
	}
	file_names_free(names, n);
	return size;
}

static uint64_t size_of_folder(int top, const char *folder)
{
	struct pending p = { 0 };
	uint64_t size = 0;

	push(&p, mem_string(str_of(folder)));
	while (p.n) {
		CLEANUP(mem_free) char *path = p.paths[--p.n];

		size += size_within(top, path, &p);
	}
	free(p.paths);
	return size;
}

/* Takes place. */
static void add(struct store_list *l, const struct store *s, enum store_kind kind, char *place)
{
	struct stat st;

	if (fstatat(s->fd, place, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		free(place);
		return;
	}
	if ((l->n & (l->n - 1)) == 0)
		l->items = mem_grow(l->items, l->n ? l->n * 2 : 1, sizeof *l->items);
	l->items[l->n++] = (struct store_entry){ kind, place, (uint64_t)st.st_blocks * BLOCK,
		st.st_ctime };
	if (S_ISDIR(st.st_mode))
		l->items[l->n - 1].size += size_of_folder(s->fd, place);
}

/* deeper: folders in it hold the entries, as those of objects/. */
static bool add_folder(struct store_list *l, const struct store *s, enum store_kind kind,
	const char *folder, bool deeper, struct err *e)
{
	bool ok = true;
	char **names;
	size_t n;

	if (!file_names(s->fd, folder, &names, &n, e))
		return false;
	for (size_t i = 0; ok && i < n; i++) {
		char *place = joined(folder, names[i]);
		struct stat st;

		if (deeper && fstatat(s->fd, place, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
			S_ISDIR(st.st_mode)) {
			ok = add_folder(l, s, kind, place, false, e);
			free(place);
		} else {
			add(l, s, kind, place);
		}
	}
	file_names_free(names, n);
	return ok;
}

bool store_list(struct store_list *ret, const struct store *s, struct err *e)
{
	CLEANUP(store_list_done) struct store_list l = { 0 };

	for (int k = 0; k < STORE_KINDS; k++)
		if (!add_folder(&l, s, (enum store_kind)k, kind_names[k], k == STORE_OBJECTS, e))
			return err_wrap(e, "the store '%s'", s->path);
	*ret = l;
	l = (struct store_list){ 0 };
	return true;
}

void store_list_done(struct store_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->items[i].place);
	free(l->items);
	*l = (struct store_list){ 0 };
}

/* At its place it is whole or gone: a folder is first moved into our own of tmp/. */
static bool remove_entry(struct store *s, const struct store_entry *x, struct err *e)
{
	char name[STORE_NAME_MAX];
	struct stat st;

	if (fstatat(s->fd, x->place, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return true;
	if (!S_ISDIR(st.st_mode))
		return file_remove_tree(s->fd, x->place, e);
	snprintf(name, sizeof name, "g%u", atomic_fetch_add(&s->counter, 1));
	if (fchmodat(s->fd, x->place, 0700, 0) < 0 ||
		renameat(s->fd, x->place, s->tmp_fd, name) < 0)
		return err_os(e, "cannot remove '%s/%s'", s->path, x->place);
	return file_remove_tree(s->tmp_fd, name, e);
}

bool store_remove(struct store *s, const struct store_entry *x, struct err *e)
{
	return remove_entry(s, x, e) || err_wrap(e, "the store '%s'", s->path);
}

void store_mark_used(const struct store *s, const char *place)
{
	struct stat st;

	if (fstatat(s->fd, place, &st, AT_SYMLINK_NOFOLLOW) < 0 || S_ISLNK(st.st_mode) ||
		time(NULL) - st.st_ctime < DAY_S)
		return;
	(void)fchmodat(s->fd, place, st.st_mode & 07777, 0);
}
