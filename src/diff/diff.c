#include "diff/diff.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diff/diff_pair.h"
#include "diff/diff_folder.h"
#include "diff/diff_bytes.h"
#include "diff/diff_registers.h"
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

static bool is_metadata(enum diff_kind k)
{
	return k == DIFF_MODE || k == DIFF_OWNER || k == DIFF_TIME || k == DIFF_XATTR;
}

/* A field is as deep as what it is a field of. */
static size_t depth_of(const struct diff_leaf *l)
{
	return l->n_where - (l->n_where && (l->kind == DIFF_FIELD || l->kind == DIFF_XATTR));
}

/* Causes before what is derived, the deepest first, contents before what is said of them, then as they were found. */
static int by_rank(const struct diff_leaf *x, const struct diff_leaf *y)
{
	bool meta_x = is_metadata(x->kind), meta_y = is_metadata(y->kind);
	bool field_x = x->kind == DIFF_FIELD, field_y = y->kind == DIFF_FIELD;
	if (x->derived != y->derived)
		return x->derived ? 1 : -1;
	if (depth_of(x) != depth_of(y))
		return depth_of(x) > depth_of(y) ? -1 : 1;
	if (meta_x != meta_y)
		return meta_x ? 1 : -1;
	if (field_x != field_y)
		return field_x ? 1 : -1;
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
	qsort(order, w->n_leaves, sizeof(void *), compare);
	struct diff_report r = { .leaves = leaves, .n_leaves = w->n_leaves, .n_more = w->n_more };
	r.equal = !w->n_leaves && !w->n_more;
	for (size_t i = 0; i < w->n_leaves; i++) {
		leaves[i] = *order[i];
		r.n_causes += !leaves[i].derived;
		r.image |= w->marks[order[i] - w->leaves].reach != DIFF_REACH_NONE;
	}
	*ret = r;
	return true;
}

static bool files(struct diff_walk *w, const char *a, const char *b, struct err *e)
{
	CLEANUP(diff_bytes_done) struct diff_bytes x = { 0 };
	CLEANUP(diff_bytes_done) struct diff_bytes y = { 0 };
	return diff_bytes_open(&x, AT_FDCWD, a, e) && diff_bytes_open(&y, AT_FDCWD, b, e) &&
	       diff_pair(w, x.all, y.all, e);
}

/* What assay builds: bytes are all that counts there. */
static bool is_build(int dir)
{
	return faccessat(dir, "manifest.json", F_OK, 0) == 0 &&
	       faccessat(dir, "disk.img", F_OK, 0) == 0;
}

static bool folders(struct diff_walk *w, const char *a, const char *b, struct err *e)
{
	CLEANUP(file_closep) int x = file_open(AT_FDCWD, a, e);
	CLEANUP(file_closep) int y = x < 0 ? -1 : file_open(AT_FDCWD, b, e);
	if (x < 0 || y < 0)
		return false;
	w->own = is_build(x) && is_build(y);
	w->options.no_disk_meta |= w->own;
	return diff_folder(w, x, y, e);
}

static bool both(struct diff_walk *w, const char *a, const char *b, struct err *e)
{
	struct stat st[2];
	const char *paths[2] = { a, b };
	for (size_t i = 0; i < 2; i++) {
		if (stat(paths[i], &st[i]) != 0)
			return errno == ENOENT
				       ? err_set(e, ERR_NOTFOUND, "there is no '%s'", paths[i])
				       : err_os(e, "cannot look at '%s'", paths[i]);
		/* To open a fifo would wait for a writer. */
		if (!S_ISDIR(st[i].st_mode) && !S_ISREG(st[i].st_mode))
			return err_set(
				e, ERR_USAGE, "cannot read '%s': not a regular file", paths[i]);
	}
	bool folder_a = S_ISDIR(st[0].st_mode), folder_b = S_ISDIR(st[1].st_mode);
	if (folder_a == folder_b)
		return folder_a ? folders(w, a, b, e) : files(w, a, b, e);
	err_set(e, ERR_USAGE, "'%s' is a folder and '%s' is none", folder_a ? a : b,
		folder_a ? b : a);
	return err_hint(e, "name two folders, or two files");
}

bool diff_paths(struct diff_report *ret, const char *a, const char *b,
	const struct diff_options *options, struct arena *arena, struct err *e)
{
	CLEANUP(diff_walk_done) struct diff_walk w;
	struct diff_report r = { 0 };
	diff_walk_init(&w, options, arena);
	if (!both(&w, a, b, e))
		return false;
	diff_walk_end(&w);
	diff_rules_decide(&w);
	diff_registers_name(&w);
	if (!report(&r, &w, e) || !diff_registers_of(&r, a, b, arena, e))
		return false;
	*ret = r;
	return true;
}
