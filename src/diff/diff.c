#include "diff/diff.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "diff/diff_pair.h"
#include "diff/diff_folder.h"
#include "diff/diff_bytes.h"
#include "diff/diff_raw.h"
#include "diff/diff_walk.h"
#include "sys/file.h"

#include "base/banned.h"

const char *diff_kind_name(enum diff_kind kind)
{
	static const char *const names[DIFF_KINDS] = {
		[DIFF_BYTES] = "bytes",
		[DIFF_TEXT] = "text",
		[DIFF_ONLY_A] = "only-a",
		[DIFF_ONLY_B] = "only-b",
		[DIFF_TYPE] = "type",
		[DIFF_MODE] = "mode",
		[DIFF_OWNER] = "owner",
		[DIFF_TIME] = "time",
		[DIFF_XATTR] = "xattr",
		[DIFF_LINK] = "link",
		[DIFF_FIELD] = "field",
		[DIFF_ORDER] = "order",
	};
	return names[kind];
}

void diff_pair(struct diff_walk *w, struct span a, struct span b)
{
	diff_raw(w, a, b);
}

/* Causes before what is derived, the deepest first, then as they were found. */
static int by_rank(const struct diff_leaf *x, const struct diff_leaf *y)
{
	if (x->derived != y->derived)
		return x->derived ? 1 : -1;
	if (x->n_where != y->n_where)
		return x->n_where > y->n_where ? -1 : 1;
	return x < y ? -1 : x > y;
}

static int compare(const void *x, const void *y)
{
	return by_rank(*(const struct diff_leaf *const *)x, *(const struct diff_leaf *const *)y);
}

static bool report(struct diff_report *ret, const struct diff_walk *w, struct err *e)
{
	const struct diff_leaf **order = ARENA_ARRAY(
		w->arena, w->n_leaves ? w->n_leaves : 1, const struct diff_leaf *);
	struct diff_leaf *leaves = ARENA_ARRAY(
		w->arena, w->n_leaves ? w->n_leaves : 1, struct diff_leaf);
	if (!order || !leaves)
		return arena_full(w->arena, e);
	for (size_t i = 0; i < w->n_leaves; i++)
		order[i] = &w->leaves[i];
	qsort(order, w->n_leaves, sizeof(*order), compare);
	struct diff_report r = { .leaves = leaves, .n_leaves = w->n_leaves, .n_more = w->n_more };
	r.equal = !w->n_leaves && !w->n_more;
	for (size_t i = 0; i < w->n_leaves; i++) {
		leaves[i] = *order[i];
		r.n_causes += !leaves[i].derived;
	}
	*ret = r;
	return true;
}

static bool files(struct diff_walk *w, const char *a, const char *b, struct err *e)
{
	CLEANUP(diff_bytes_done) struct diff_bytes x = { 0 };
	CLEANUP(diff_bytes_done) struct diff_bytes y = { 0 };
	if (!diff_bytes_open(&x, AT_FDCWD, a, e) || !diff_bytes_open(&y, AT_FDCWD, b, e))
		return false;
	diff_pair(w, x.all, y.all);
	return true;
}

static bool both(struct diff_walk *w, const char *a, const char *b, struct err *e)
{
	struct stat st[2];
	const char *paths[2] = { a, b };
	for (size_t i = 0; i < 2; i++)
		if (stat(paths[i], &st[i]) != 0)
			return errno == ENOENT
				       ? err_set(e, ERR_NOTFOUND, "there is no '%s'", paths[i])
				       : err_os(e, "cannot look at '%s'", paths[i]);
	if (S_ISDIR(st[0].st_mode) != S_ISDIR(st[1].st_mode))
		return err_set(e, ERR_USAGE, "'%s' is a %s, '%s' a %s: only like can be compared",
			a, S_ISDIR(st[0].st_mode) ? "folder" : "file", b,
			S_ISDIR(st[1].st_mode) ? "folder" : "file");
	if (!S_ISDIR(st[0].st_mode))
		return files(w, a, b, e);
	CLEANUP(file_closep) int x = file_open(AT_FDCWD, a, e);
	CLEANUP(file_closep) int y = x < 0 ? -1 : file_open(AT_FDCWD, b, e);
	return x >= 0 && y >= 0 && diff_folder(w, x, y, e);
}

bool diff_paths(struct diff_report *ret, const char *a, const char *b,
	const struct diff_options *options, struct arena *arena, struct err *e)
{
	CLEANUP(diff_walk_done) struct diff_walk w;
	diff_walk_init(&w, options, arena);
	return both(&w, a, b, e) && report(ret, &w, e);
}
