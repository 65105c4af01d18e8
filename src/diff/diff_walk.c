#include "diff/diff_walk.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"

#include "base/banned.h"

enum { PAIR_MIN = 4096, WAY_MAX = 64 << 10 };

void diff_walk_init(struct diff_walk *w, const struct diff_options *options, struct arena *arena)
{
	*w = (struct diff_walk){ .arena = arena };
	if (options)
		w->options = *options;
	if (!w->options.window || w->options.window > DIFF_WINDOW_MAX)
		w->options.window = DIFF_WINDOW_MAX;
	w->places[0].scope = -1;
}

void diff_walk_done(struct diff_walk *w)
{
	for (size_t i = 0; i < w->n_kept; i++)
		diff_bytes_done(&w->kept[i]);
	free(w->leaves);
	free(w->marks);
	free(w->scopes);
	*w = (struct diff_walk){ 0 };
}

bool diff_walk_enter(struct diff_walk *w, struct str place)
{
	/* The last place is kept free for the name of a field. */
	if (w->depth + 1 >= DIFF_DEPTH_MAX)
		return false;
	enum diff_reach reach = w->places[w->depth].reach;
	w->places[++w->depth] = (struct diff_place){
		.name = place,
		.reach = reach,
		.first = w->n_leaves,
		.n_more = w->n_more,
		.scope = -1,
	};
	w->kept_way = NULL;
	return true;
}

static void close_scope(struct diff_walk *w, const struct diff_place *p)
{
	if (p->scope < 0)
		return;
	w->scopes[p->scope].end = w->n_leaves;
	w->scopes[p->scope].lost = w->n_more - p->n_more;
}

void diff_walk_end(struct diff_walk *w)
{
	close_scope(w, &w->places[0]);
}

void diff_walk_leave(struct diff_walk *w)
{
	close_scope(w, &w->places[w->depth--]);
	w->kept_way = NULL;
}

void diff_walk_reach(struct diff_walk *w, enum diff_reach reach)
{
	w->places[w->depth].reach = reach;
}

enum diff_reach diff_walk_reached(const struct diff_walk *w)
{
	return w->places[w->depth].reach;
}

bool diff_walk_found(const struct diff_walk *w)
{
	const struct diff_place *p = &w->places[w->depth];
	return w->n_leaves != p->first || w->n_more != p->n_more;
}

/* Leaves of one place share the copy of the way to it. */
static const struct str *keep_way(struct diff_walk *w)
{
	if (w->kept_way || !w->depth)
		return w->kept_way;
	struct str *way = ARENA_ARRAY(w->arena, w->depth, struct str);
	for (size_t i = 0; way && i < w->depth; i++) {
		way[i] = arena_str(w->arena, w->places[i + 1].name);
		if (!way[i].p)
			return NULL;
	}
	w->kept_way = way;
	return way;
}

struct str diff_walk_way(struct diff_walk *w)
{
	CLEANUP(buf_done) struct buf b = buf_init(WAY_MAX);
	for (size_t i = 1; i <= w->depth; i++) {
		buf_add_cstr(&b, i > 1 ? " > " : "");
		buf_add_str(&b, w->places[i].name);
	}
	return arena_str(w->arena, buf_str(&b));
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

static int scope_of(struct diff_walk *w, size_t up)
{
	size_t depth = up < w->depth ? w->depth - up : 0;
	struct diff_place *p = &w->places[depth];
	if (p->scope >= 0)
		return p->scope;
	if (w->n_scopes == w->room_scopes) {
		w->room_scopes = w->room_scopes ? 2 * w->room_scopes : 64;
		w->scopes = mem_grow(w->scopes, w->room_scopes, sizeof(*w->scopes));
	}
	w->scopes[w->n_scopes] = (struct diff_scope){ .first = p->first };
	p->scope = (int)w->n_scopes++;
	return p->scope;
}

static void grow(struct diff_walk *w)
{
	if (w->n_leaves < w->room)
		return;
	w->room = w->room ? 2 * w->room : 64;
	w->leaves = mem_grow(w->leaves, w->room, sizeof(*w->leaves));
	w->marks = mem_grow(w->marks, w->room, sizeof(*w->marks));
}

void diff_walk_add_ruled(
	struct diff_walk *w, const struct diff_leaf *leaf, enum diff_rule rule, size_t up)
{
	if (w->n_leaves == DIFF_LEAVES_MAX || w->full) {
		w->n_more++;
		return;
	}
	grow(w);
	struct diff_leaf *new = &w->leaves[w->n_leaves];
	*new = *leaf;
	new->where = keep_way(w);
	new->n_where = w->depth;
	new->a = keep_window(w, leaf->a);
	new->b = keep_window(w, leaf->b);
	w->full = w->full || (w->depth && !new->where);
	if (w->full) {
		w->n_more++;
		return;
	}
	w->marks[w->n_leaves] = (struct diff_mark){
		.rule = rule,
		.scope = rule ? scope_of(w, up) : -1,
		.reach = diff_walk_reached(w),
	};
	w->n_leaves++;
}

void diff_walk_add(struct diff_walk *w, const struct diff_leaf *leaf)
{
	diff_walk_add_ruled(w, leaf, DIFF_RULE_NONE, 0);
}

void diff_walk_words(struct diff_walk *w, enum diff_kind kind, struct str a, struct str b)
{
	diff_walk_add(w, &(struct diff_leaf){ .kind = kind, .a = str_span(a), .b = str_span(b) });
}

void diff_walk_field(struct diff_walk *w, const char *name, struct str a, struct str b,
	enum diff_rule rule, size_t up)
{
	struct diff_place *p = &w->places[w->depth + 1];
	*p = w->places[w->depth++];
	p->name = str_of(name);
	p->scope = -1;
	w->kept_way = NULL;
	diff_walk_add_ruled(w,
		&(struct diff_leaf){ .kind = DIFF_FIELD, .a = str_span(a), .b = str_span(b) }, rule,
		up + 1);
	w->depth--;
	w->kept_way = NULL;
}

/* Where there is no room the smallest gives way: large contents are what is kept twice. */
static void note_seen(struct diff_walk *w, struct span a, struct span b)
{
	struct diff_seen *to = &w->seen[w->n_seen];
	if (w->fleeting)
		return;
	if (w->n_seen < DIFF_PAIRS_MAX) {
		w->n_seen++;
	} else {
		to = &w->seen[0];
		for (size_t i = 1; i < w->n_seen; i++)
			to = w->seen[i].a.n < to->a.n ? &w->seen[i] : to;
		if (a.n <= to->a.n)
			return;
	}
	*to = (struct diff_seen){ .a = a, .b = b, .where = diff_walk_way(w) };
}

bool diff_walk_seen(struct diff_walk *w, struct span a, struct span b)
{
	if (a.n < PAIR_MIN || b.n < PAIR_MIN)
		return false;
	for (size_t i = 0; i < w->n_seen; i++) {
		const struct diff_seen *s = &w->seen[i];
		if (!span_equal(s->a, a) || !span_equal(s->b, b))
			continue;
		diff_walk_add_ruled(w,
			&(struct diff_leaf){
				.kind = DIFF_BYTES,
				.size_a = a.n,
				.size_b = b.n,
				.why = arena_printf(w->arena, "a copy of %.*s", STR_ARG(s->where)),
			},
			DIFF_RULE_COPY, 0);
		return true;
	}
	note_seen(w, a, b);
	return false;
}

bool diff_walk_keep(struct diff_walk *w, struct diff_bytes *b, bool inflated)
{
	if (w->n_kept == ARRAY_LEN(w->kept) || b->all.n < PAIR_MIN)
		return false;
	if (inflated && b->all.n > DIFF_KEPT_MAX - w->kept_size)
		return false;
	w->kept_size += inflated ? b->all.n : 0;
	w->kept[w->n_kept++] = *b;
	*b = diff_bytes_of(b->all);
	return true;
}
