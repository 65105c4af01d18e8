#include "diff/diff_links.h"

#include <stdlib.h>

#include "base/mem.h"

#include "base/banned.h"

static bool has_names(const struct diff_member *m)
{
	return m->inode && m->kind != DIFF_MEMBER_FOLDER && m->kind != DIFF_MEMBER_HARDLINK &&
	       m->kind != DIFF_MEMBER_PARTITION;
}

static int by_inode(const void *x, const void *y)
{
	const struct diff_member *a = *(const struct diff_member *const *)x;
	const struct diff_member *b = *(const struct diff_member *const *)y;
	if (a->inode != b->inode)
		return a->inode < b->inode ? -1 : 1;
	int order = tree_path_compare(a->path, b->path);
	return order ? order : (a > b) - (a < b);
}

void diff_links_init(struct diff_links *l, const struct diff_member *const *sorted, size_t n)
{
	*l = (struct diff_links){ mem_array(n, sizeof(void *)), 0 };
	for (size_t i = 0; i < n; i++)
		if (has_names(sorted[i]))
			l->by_inode[l->n++] = sorted[i];
	qsort(l->by_inode, l->n, sizeof(void *), by_inode);
}

void diff_links_done(struct diff_links *l)
{
	free(l->by_inode);
	*l = (struct diff_links){ 0 };
}

struct str diff_links_first(const struct diff_links *l, const struct diff_member *m)
{
	if (m->kind == DIFF_MEMBER_HARDLINK)
		return m->target;
	if (!has_names(m))
		return m->path;
	size_t from = 0, to = l->n;
	while (from < to) {
		size_t mid = from + (to - from) / 2;
		if (l->by_inode[mid]->inode < m->inode)
			from = mid + 1;
		else
			to = mid;
	}
	return from < l->n ? l->by_inode[from]->path : m->path;
}
