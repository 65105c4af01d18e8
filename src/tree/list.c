#include "tree/list.h"

#include <stdlib.h>

#include "base/mem.h"
#include "tree/tree_entries.h"
#include "base/banned.h"

static int in_order(const void *a, const void *b)
{
	const struct str *x = a, *y = b;

	return tree_path_compare(*x, *y);
}

void tree_list(const struct tree *t, struct str glob, struct tree_list *ret)
{
	tree_list_done(ret);
	for (size_t i = 0; i < t->n; i++) {
		const struct entry *n = t->entries[i];

		if (n->gone || !str_glob(glob, n->node.path))
			continue;
		if ((ret->n & (ret->n - 1)) == 0)
			ret->paths = mem_grow(
				ret->paths, ret->n ? 2 * ret->n : 1, sizeof *ret->paths);
		ret->paths[ret->n++] = n->node.path;
	}
	if (ret->n)
		qsort(ret->paths, ret->n, sizeof *ret->paths, in_order);
}

void tree_list_done(struct tree_list *l)
{
	free(l->paths);
	*l = (struct tree_list){ 0 };
}
