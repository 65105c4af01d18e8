#include "diff/diff_list.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/banned.h"

void diff_list_init(struct diff_list *l, struct arena *a, const struct diff_bytes *src)
{
	*l = (struct diff_list){ .arena = a, .src = src };
}

void diff_list_done(struct diff_list *l)
{
	free(l->list);
	free(l->extents);
}

/* Room for one more of n things; doubles. */
static void *grown(void *p, size_t n, size_t *room, size_t size)
{
	if (n < *room)
		return p;
	*room = *room ? 2 * *room : 64;
	return mem_grow(p, *room, size);
}

static bool add_extent(struct diff_list *l, struct diff_extent x, struct err *e)
{
	struct diff_extent *last = l->n_extents ? &l->extents[l->n_extents - 1] : NULL;

	if (++l->n_pieces > DIFF_MEMBER_PIECES_MAX)
		return err_set(
			e, ERR_LIMIT, "contents in more than %d pieces", DIFF_MEMBER_PIECES_MAX);
	if (x.size > INT64_MAX - l->size)
		return err_set(e, ERR_LIMIT, "a content of more than 2^63 bytes");
	l->size += x.size;
	if (!x.size)
		return true;
	if (last && last->hole == x.hole && (x.hole || last->at + last->size == x.at)) {
		last->size += x.size;
		return true;
	}
	l->extents = grown(l->extents, l->n_extents, &l->extents_room, sizeof *l->extents);
	l->extents[l->n_extents++] = x;
	return true;
}

bool diff_list_piece(struct diff_list *l, uint64_t at, uint64_t size, struct err *e)
{
	if (at > l->src->all.n || size > l->src->all.n - at)
		return err_set(e, ERR_FORMAT,
			"content at %llu of %llu bytes lies behind the end at %zu",
			(unsigned long long)at, (unsigned long long)size, l->src->all.n);
	return add_extent(l, (struct diff_extent){ .at = at, .size = size }, e);
}

bool diff_list_hole(struct diff_list *l, uint64_t size, struct err *e)
{
	return add_extent(l, (struct diff_extent){ .size = size, .hole = true }, e);
}

/* *ret: n things of size bytes in the arena. */
static bool copied(
	struct diff_list *l, void *ret, const void *from, size_t n, size_t size, struct err *e)
{
	void *p = arena_array(l->arena, n, size);

	if (!p)
		return arena_full(l->arena, e);
	if (n)
		memcpy(p, from, n * size);
	memcpy(ret, &p, sizeof p);
	return true;
}

bool diff_list_content(struct diff_list *l, struct diff_member *m, struct err *e)
{
	if (l->n_extents &&
		!copied(l, &m->extents, l->extents, l->n_extents, sizeof *l->extents, e))
		return false;
	m->n_extents = l->n_extents;
	m->size = l->size;
	l->n_extents = 0;
	l->size = 0;
	return true;
}

bool diff_list_fact(struct diff_list *l, const char *name, struct str value, uint64_t at,
	uint64_t size, struct err *e)
{
	if (!value.n)
		return true;
	if (l->n_facts == DIFF_LIST_FACTS_MAX)
		return err_set(
			e, ERR_LIMIT, "more than %d facts of one thing", DIFF_LIST_FACTS_MAX);
	value = arena_str(l->arena, value);
	if (!value.p)
		return arena_full(l->arena, e);
	l->facts[l->n_facts++] = (struct diff_fact){ name, value, at, size };
	return true;
}

bool diff_list_number(struct diff_list *l, const char *name, uint64_t v, bool hex, uint64_t at,
	uint64_t size, struct err *e)
{
	char text[24];

	snprintf(text, sizeof text, hex ? "0x%llx" : "%llu", (unsigned long long)v);
	return diff_list_fact(l, name, str_of(text), at, size, e);
}

bool diff_list_facts(struct diff_list *l, const struct diff_fact **ret, size_t *n, struct err *e)
{
	if (l->n_facts && !copied(l, ret, l->facts, l->n_facts, sizeof *l->facts, e))
		return false;
	*n = l->n_facts;
	l->n_facts = 0;
	return true;
}

bool diff_list_add(struct diff_list *l, const struct diff_member *m, struct err *e)
{
	if (l->n == DIFF_MEMBERS_MAX)
		return err_set(e, ERR_LIMIT, "more than %d members", DIFF_MEMBERS_MAX);
	l->list = grown(l->list, l->n, &l->room, sizeof *l->list);
	l->list[l->n++] = *m;
	return true;
}

bool diff_list_path(
	struct diff_list *l, struct str *ret, struct str parent, struct str name, struct err *e)
{
	struct str path;

	if (!name.n || str_is(name, ".") || str_is(name, "..") || memchr(name.p, '/', name.n) ||
		memchr(name.p, 0, name.n))
		return err_set(e, ERR_FORMAT, "a name of %zu bytes that no file can have", name.n);
	if (name.n > DIFF_MEMBER_PATH_MAX || parent.n > DIFF_MEMBER_PATH_MAX - name.n)
		return err_set(e, ERR_LIMIT, "a path of more than %d bytes", DIFF_MEMBER_PATH_MAX);
	path = parent.n ? arena_printf(l->arena, "%.*s/%.*s", STR_ARG(parent), STR_ARG(name))
			: arena_str(l->arena, name);
	if (!path.p)
		return arena_full(l->arena, e);
	*ret = path;
	return true;
}

bool diff_list_target(struct diff_list *l, struct diff_member *m, struct span target, struct err *e)
{
	if (target.n > DIFF_MEMBER_PATH_MAX)
		return err_set(e, ERR_LIMIT, "a link to %zu bytes, limit %d", target.n,
			DIFF_MEMBER_PATH_MAX);
	m->target = arena_str(l->arena, str_make((const char *)target.p, target.n));
	return m->target.p || arena_full(l->arena, e);
}

struct str diff_list_trimmed(struct str name)
{
	for (size_t before = name.n + 1; before != name.n;) {
		before = name.n;
		if (str_starts(name, "./") || str_starts(name, "/")) {
			size_t n = name.p[0] == '/' ? 1 : 2;

			name = str_make(name.p + n, name.n - n);
		}
		if (str_ends(name, "/."))
			name.n -= 2;
		else if (str_ends(name, "/"))
			name.n--;
	}
	return str_is(name, ".") ? str_make(name.p, 0) : name;
}

void diff_list_hide_folders(struct diff_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		struct diff_member *m = &l->list[i];

		if (m->kind == DIFF_MEMBER_FILE)
			continue;
		m->extents = NULL;
		m->n_extents = 0;
		m->size = 0;
	}
}

bool diff_list_end(struct diff_list *l, struct diff_members *ret, uint64_t end, struct err *e)
{
	struct diff_members r = { .n = l->n, .end = end };

	if (!diff_list_facts(l, &r.facts, &r.n_facts, e) ||
		!copied(l, &r.list, l->list, l->n, sizeof *l->list, e))
		return false;
	*ret = r;
	return true;
}
