#include "build/manifest_shares.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/banned.h"

static int compare(const void *a, const void *b)
{
	const struct manifest_share *x = a, *y = b;

	if (x->bytes != y->bytes)
		return x->bytes > y->bytes ? -1 : 1;
	return str_compare(x->origin, y->origin);
}

static struct str kind_of(struct str origin)
{
	return str_make(origin.p, str_find(origin, ':'));
}

static void count(struct manifest_share_list *l, struct map *seen,
	const struct manifest_file_list *files, enum manifest_shares_by by)
{
	for (size_t i = 0; i < files->n; i++) {
		const struct manifest_file *f = &files->items[i];
		struct str key = by == MANIFEST_SHARES_BY_KIND ? kind_of(f->origin) : f->origin;
		struct manifest_share *share = map_get(seen, key);

		if (!share) {
			share = &l->items[l->n++];
			share->origin = key;
			map_add(seen, key, share);
		}
		share->n_files++;
		share->bytes += f->size;
	}
}

bool manifest_shares(struct manifest_share_list *ret, const struct manifest *m,
	enum manifest_shares_by by, struct arena *a, struct err *e)
{
	CLEANUP(map_freep) struct map *seen = map_new();
	size_t most = m->initrd_files.n + m->root_files.n;
	struct manifest_share_list l = { .items = ARENA_ARRAY(a, most, struct manifest_share) };

	if (!l.items)
		return arena_full(a, e);
	count(&l, seen, &m->initrd_files, by);
	count(&l, seen, &m->root_files, by);
	qsort(l.items, l.n, sizeof *l.items, compare);
	*ret = l;
	return true;
}
