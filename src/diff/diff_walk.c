#include "diff/diff_walk.h"

#include <stdlib.h>

#include "base/mem.h"

#include "base/banned.h"

void diff_walk_init(struct diff_walk *w, const struct diff_options *options, struct arena *arena)
{
	*w = (struct diff_walk){ .arena = arena };
	if (options)
		w->options = *options;
	if (!w->options.window || w->options.window > DIFF_WINDOW_MAX)
		w->options.window = DIFF_WINDOW_MAX;
}

void diff_walk_done(struct diff_walk *w)
{
	free(w->leaves);
	w->leaves = NULL;
}

bool diff_walk_enter(struct diff_walk *w, struct str place)
{
	/* The last place is kept free for the name of a field. */
	if (w->depth + 1 >= DIFF_DEPTH_MAX)
		return false;
	w->places[w->depth++] = place;
	w->kept = NULL;
	return true;
}

void diff_walk_leave(struct diff_walk *w)
{
	w->depth--;
	w->kept = NULL;
}

/* Leaves of one place share the copy of the way to it. */
static const struct str *keep_way(struct diff_walk *w)
{
	if (w->kept || !w->depth)
		return w->kept;
	struct str *way = ARENA_ARRAY(w->arena, w->depth, struct str);
	for (size_t i = 0; way && i < w->depth; i++) {
		way[i] = arena_str(w->arena, w->places[i]);
		if (!way[i].p)
			return NULL;
	}
	w->kept = way;
	return way;
}

static struct span keep_window(struct diff_walk *w, struct span s)
{
	size_t n = s.n < w->options.window ? s.n : w->options.window;
	uint8_t *copy = n ? arena_alloc(w->arena, n) : NULL;
	if (!copy) {
		w->full = w->full || n;
		return (struct span){ NULL, 0 };
	}
	memcpy(copy, s.p, n);
	return span_make(copy, n);
}

void diff_walk_add(struct diff_walk *w, const struct diff_leaf *leaf)
{
	if (w->n_leaves == DIFF_LEAVES_MAX || w->full) {
		w->n_more++;
		return;
	}
	if (w->n_leaves == w->room) {
		w->room = w->room ? 2 * w->room : 64;
		w->leaves = mem_grow(w->leaves, w->room, sizeof(*w->leaves));
	}
	struct diff_leaf *new = &w->leaves[w->n_leaves];
	*new = *leaf;
	new->where = keep_way(w);
	new->n_where = w->depth;
	new->a = keep_window(w, leaf->a);
	new->b = keep_window(w, leaf->b);
	w->full = w->full || (w->depth && !new->where);
	if (w->full)
		w->n_more++;
	else
		w->n_leaves++;
}

void diff_walk_words(struct diff_walk *w, enum diff_kind kind, struct str a, struct str b)
{
	diff_walk_add(w, &(struct diff_leaf){ .kind = kind, .a = str_span(a), .b = str_span(b) });
}

void diff_walk_field(struct diff_walk *w, const char *name, struct str a, struct str b)
{
	w->places[w->depth++] = str_of(name);
	w->kept = NULL;
	diff_walk_words(w, DIFF_FIELD, a, b);
	diff_walk_leave(w);
}
