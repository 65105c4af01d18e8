#include "diff/diff_members.h"

#include <stdlib.h>

#include "base/mem.h"
#include "diff/diff_links.h"
#include "diff/diff_metadata.h"
#include "diff/diff_open.h"
#include "diff/diff_pair.h"
#include "diff/diff_rest.h"

#include "base/banned.h"

struct compare {
	struct diff_walk *w;
	const struct diff_side *side[2];
	const struct diff_members_how *how;
	struct diff_links links[2];
	struct diff_rest rest;
	/* The last folder that one side alone has: what lies in it goes without saying. */
	const struct diff_member *only_folder;
	int only_side;
};

static int by_path(const void *x, const void *y)
{
	const struct diff_member *a = *(const struct diff_member *const *)x;
	const struct diff_member *b = *(const struct diff_member *const *)y;
	int order = tree_path_compare(a->path, b->path);
	return order ? order : (a > b) - (a < b);
}

static const struct diff_member **sort(const struct diff_members *m)
{
	const struct diff_member **sorted = mem_array(m->n, sizeof(void *));
	for (size_t i = 0; i < m->n; i++)
		sorted[i] = &m->list[i];
	qsort(sorted, m->n, sizeof(void *), by_path);
	return sorted;
}

static bool lies_in(struct str path, struct str folder)
{
	return !folder.n || (path.n > folder.n && path.p[folder.n] == '/' &&
				    memcmp(path.p, folder.p, folder.n) == 0);
}

static bool only(struct compare *c, int side, const struct diff_member *m, struct err *e)
{
	struct diff_bytes bytes CLEANUP(diff_bytes_done) = { 0 };
	struct str word = str_of(diff_member_kind_name(m->kind));
	struct diff_leaf leaf = { .kind = side ? DIFF_ONLY_B : DIFF_ONLY_A };

	c->rest.sets_differ = true;
	if (c->only_folder && c->only_side == side && lies_in(m->path, c->only_folder->path))
		return true;
	if (m->kind == DIFF_MEMBER_FOLDER) {
		c->only_folder = m;
		c->only_side = side;
	}
	if (m->kind == DIFF_MEMBER_FILE && !diff_open(&bytes, c->side[side], m, e) &&
		!diff_pair_is_refusal(e))
		return false;
	if (!diff_walk_enter(c->w, m->path))
		return true;
	struct span shown = bytes.all.n ? bytes.all : str_span(word);
	leaf.a = side ? leaf.a : shown;
	leaf.b = side ? shown : leaf.b;
	leaf.size_a = side ? 0 : m->size;
	leaf.size_b = side ? m->size : 0;
	diff_walk_add(c->w, &leaf);
	diff_walk_leave(c->w);
	return true;
}

static bool contents(
	struct compare *c, const struct diff_member *a, const struct diff_member *b, struct err *e)
{
	struct diff_bytes x CLEANUP(diff_bytes_done) = { 0 };
	struct diff_bytes y CLEANUP(diff_bytes_done) = { 0 };

	if (a->not_read.n || b->not_read.n) {
		c->rest.not_read++;
		c->rest.why = a->not_read.n ? a->not_read : b->not_read;
		return true;
	}
	if (!diff_open(&x, c->side[0], a, e) || !diff_open(&y, c->side[1], b, e)) {
		if (!diff_pair_is_refusal(e))
			return false;
		diff_open_compare(c->w, c->side[0], a, c->side[1], b);
		return true;
	}
	if (span_equal(x.all, y.all))
		return true;
	c->rest.contents_differ = true;
	/* What is in the disk's own files stays mapped, so that a copy is known when it is met. */
	bool borrowed = !x.owned && !y.owned;
	bool stays = borrowed || (x.mapped && y.mapped && diff_walk_keep(c->w, &x, false) &&
					 diff_walk_keep(c->w, &y, false));
	c->w->fleeting += !stays;
	bool ok = diff_pair(c->w, x.all, y.all, e);
	c->w->fleeting -= !stays;
	return ok;
}

static struct str link_word(const struct diff_links *l, const struct diff_member *m)
{
	struct str first = diff_links_first(l, m);
	return str_equal(first, m->path) ? STR("(a file of its own)") : first;
}

/* Who is linked with whom. */
static void hard_links(struct compare *c, const struct diff_member *a, const struct diff_member *b)
{
	struct str first_a = link_word(&c->links[0], a);
	struct str first_b = link_word(&c->links[1], b);
	if (!str_equal(first_a, first_b))
		diff_walk_words(c->w, DIFF_LINK, first_a, first_b);
}

static bool is_file(const struct diff_member *m)
{
	return m->kind == DIFF_MEMBER_FILE || m->kind == DIFF_MEMBER_HARDLINK;
}

static bool in_both(
	struct compare *c, const struct diff_member *a, const struct diff_member *b, struct err *e)
{
	if (a->kind != b->kind && !(is_file(a) && is_file(b))) {
		c->rest.sets_differ = true;
		diff_walk_words(c->w, DIFF_TYPE, str_of(diff_member_kind_name(a->kind)),
			str_of(diff_member_kind_name(b->kind)));
		return true;
	}
	diff_metadata(c->w, a, b, c->how);
	if (!c->how->no_meta)
		hard_links(c, a, b);
	if (diff_walk_found(c->w))
		c->rest.metadata_differs = true;
	if (a->kind == DIFF_MEMBER_FILE && b->kind == DIFF_MEMBER_FILE)
		return contents(c, a, b, e);
	return true;
}

static bool pair(
	struct compare *c, const struct diff_member *a, const struct diff_member *b, struct err *e)
{
	diff_rest_pair(&c->rest, a, b);
	if (!diff_walk_enter(c->w, a->path.n ? a->path : STR("/")))
		return true;
	bool ok = in_both(c, a, b, e);
	diff_walk_leave(c->w);
	return ok;
}

static bool merge(struct compare *c, const struct diff_member **a, const struct diff_member **b,
	struct err *e)
{
	size_t n_a = c->side[0]->members->n, n_b = c->side[1]->members->n;
	for (size_t i = 0, j = 0; i < n_a || j < n_b;) {
		int order = i == n_a   ? 1
			    : j == n_b ? -1
				       : tree_path_compare(a[i]->path, b[j]->path);
		bool ok = order < 0   ? only(c, 0, a[i], e)
			  : order > 0 ? only(c, 1, b[j], e)
				      : pair(c, a[i], b[j], e);
		if (!ok)
			return false;
		i += order <= 0;
		j += order >= 0;
	}
	return true;
}

bool diff_members(struct diff_walk *w, const struct diff_side *a, const struct diff_side *b,
	const struct diff_members_how *how, struct err *e)
{
	CLEANUP(mem_free) const struct diff_member **x = sort(a->members);
	CLEANUP(mem_free) const struct diff_member **y = sort(b->members);
	struct compare c = { .w = w, .side = { a, b }, .how = how };
	size_t n_pairs = a->members->n < b->members->n ? a->members->n : b->members->n;

	diff_members_facts(w, a->members->facts, a->members->n_facts, b->members->facts,
		b->members->n_facts, how->identifier, 0);
	diff_links_init(&c.links[0], x, a->members->n);
	diff_links_init(&c.links[1], y, b->members->n);
	diff_rest_init(&c.rest, n_pairs);
	bool ok = merge(&c, x, y, e);
	if (ok)
		diff_rest_compare(w, &c.rest, a, b, how);
	diff_rest_done(&c.rest);
	diff_links_done(&c.links[0]);
	diff_links_done(&c.links[1]);
	return ok;
}

static int fact_order(const struct diff_fact *a, const struct diff_fact *b)
{
	if (!a || !b)
		return !a - !b;
	return strcmp(a->name, b->name);
}

/* The one of n that comes next after `last` in the order of names: there are few, and readers list them as they come. */
static const struct diff_fact *next_fact(
	const struct diff_fact *list, size_t n, const struct diff_fact *last)
{
	const struct diff_fact *next = NULL;
	for (size_t i = 0; i < n; i++)
		if ((!last || strcmp(list[i].name, last->name) > 0) &&
			fact_order(&list[i], next) < 0)
			next = &list[i];
	return next;
}

static enum diff_rule rule_of(const char *name, enum diff_rule identifier)
{
	static const struct {
		const char *name;
		enum diff_rule rule;
	} known[] = {
		{ "checksum", DIFF_RULE_CHECKSUM },
		{ "inodes", DIFF_RULE_SIZE },
		{ "blocks", DIFF_RULE_SIZE },
		{ "free clusters", DIFF_RULE_SIZE },
		{ "next free cluster", DIFF_RULE_SIZE },
		{ "first sector", DIFF_RULE_SIZE },
		{ "last sector", DIFF_RULE_SIZE },
		{ "last usable sector", DIFF_RULE_SIZE },
		{ "sector of the backup", DIFF_RULE_SIZE },
		{ "header's checksum", DIFF_RULE_TABLE_CRC },
		{ "entries' checksum", DIFF_RULE_TABLE_CRC },
	};
	static const char *const identifiers[] = { "UUID", "volume id", "disk GUID", "GUID" };
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (strcmp(name, known[i].name) == 0)
			return known[i].rule;
	for (size_t i = 0; i < ARRAY_LEN(identifiers); i++)
		if (strcmp(name, identifiers[i]) == 0)
			return identifier;
	return DIFF_RULE_NONE;
}

void diff_members_facts(struct diff_walk *w, const struct diff_fact *a, size_t n_a,
	const struct diff_fact *b, size_t n_b, enum diff_rule identifier, size_t up)
{
	const struct diff_fact *x = next_fact(a, n_a, NULL), *y = next_fact(b, n_b, NULL);
	while (x || y) {
		int order = fact_order(x, y);
		const char *name = order > 0 ? y->name : x->name;
		struct str none = STR("(none)");
		struct str left = order > 0 ? none : x->value, right = order < 0 ? none : y->value;
		if (!str_equal(left, right))
			diff_walk_field(w, name, left, right, rule_of(name, identifier), up);
		x = order <= 0 ? next_fact(a, n_a, x) : x;
		y = order >= 0 ? next_fact(b, n_b, y) : y;
	}
}
