#include "diff/diff_gpt.h"

#include "diff/diff_format.h"
#include "diff/diff_identified.h"
#include "diff/diff_members.h"
#include "diff/diff_pair.h"
#include "diff/diff_raw.h"
#include "diff/diff_verity.h"
#include "diff/gpt_read.h"

#include "base/banned.h"

enum { LISTS_MAX = 64 << 20 };

enum role { ROLE_OTHER, ROLE_ESP, ROLE_SYSTEM, ROLE_VERITY };

/* Discoverable Partitions Specification. */
static const struct {
	const char *type;
	enum role role;
} roles[] = {
	{ "c12a7328-f81f-11d2-ba4b-00a0c93ec93b", ROLE_ESP },
	{ "4f68bce3-e8cd-4db1-96e7-fbcaf984b709", ROLE_SYSTEM }, /* root, x86-64 */
	{ "8484680c-9521-48c6-9c11-b0720656f69e", ROLE_SYSTEM }, /* usr, x86-64 */
	{ "2c7357ed-ebd2-46d9-aec1-23d437ec2bf5", ROLE_VERITY }, /* of root */
	{ "77ff5f63-e7b6-4633-acf4-1565b864c0e6", ROLE_VERITY }, /* of usr */
};

struct disk {
	struct diff_bytes bytes;
	struct diff_members table;
	struct span esp; /* its content, or empty */
};

struct compare {
	struct diff_walk *w;
	struct disk disk[2];
	bool table_differs;
};

static struct str fact(const struct diff_member *m, const char *name)
{
	return diff_identified_fact(m->facts, m->n_facts, name);
}

static struct span content(const struct disk *d, const struct diff_member *m)
{
	struct diff_bytes slice;
	return diff_member_bytes(&slice, &d->bytes, m) ? slice.all : (struct span){ NULL, 0 };
}

/* By its type; where that says only "data", by what it holds. */
static enum role role_of(const struct disk *d, const struct diff_member *m)
{
	struct str type = fact(m, "type");
	for (size_t i = 0; i < ARRAY_LEN(roles); i++)
		if (str_is(type, roles[i].type))
			return roles[i].role;
	struct diff_bytes bytes = diff_bytes_of(content(d, m));
	switch (diff_format_of(&bytes)) {
	case DIFF_FORMAT_VERITY:
		return ROLE_VERITY;
	case DIFF_FORMAT_EROFS:
	case DIFF_FORMAT_SQUASHFS:
	case DIFF_FORMAT_EXT4:
		return ROLE_SYSTEM;
	default:
		return ROLE_OTHER;
	}
}

static bool read(struct disk *d, struct span s, struct arena *lists, struct err *e)
{
	*d = (struct disk){ .bytes = diff_bytes_of(s) };
	if (!gpt_read(&d->table, &d->bytes, lists, e))
		return false;
	for (size_t i = 0; i < d->table.n && !d->esp.n; i++)
		if (role_of(d, &d->table.list[i]) == ROLE_ESP)
			d->esp = content(d, &d->table.list[i]);
	return true;
}

/* Identifiers that are made from what the disk holds, on both sides, are no difference of their own. */
static enum diff_rule rule_of_guid(
	const struct compare *c, const char *label, struct str a, struct str b)
{
	const struct diff_walk *w = c->w;
	if (diff_identified_is_version_8(a) && diff_identified_is_version_8(b) &&
		diff_identified_is_of(a, label, c->disk[0].esp) &&
		diff_identified_is_of(b, label, c->disk[1].esp))
		return DIFF_RULE_GUID;
	if (diff_identified_is_half(a, w->root_hash[0]) &&
		diff_identified_is_half(b, w->root_hash[1]))
		return DIFF_RULE_GUID;
	return DIFF_RULE_NONE;
}

/* What the table says of a partition. */
static void entry(struct compare *c, const struct diff_member *a, const struct diff_member *b)
{
	struct diff_walk *w = c->w;
	size_t before = w->n_leaves + w->n_more;
	diff_walk_reach(w, DIFF_REACH_TABLE);
	diff_members_facts(w, a->facts, a->n_facts, b->facts, b->n_facts,
		rule_of_guid(c, "esp", fact(a, "GUID"), fact(b, "GUID")), 1);
	c->table_differs |= w->n_leaves + w->n_more != before;
}

static bool hold(
	struct compare *c, const struct diff_member *a, const struct diff_member *b, struct err *e)
{
	struct span x = content(&c->disk[0], a), y = content(&c->disk[1], b);
	enum role role = role_of(&c->disk[0], a);
	if (role == ROLE_SYSTEM || role == ROLE_VERITY)
		diff_walk_reach(c->w, DIFF_REACH_ROOT);
	if (role == ROLE_ESP)
		diff_walk_reach(c->w, DIFF_REACH_BOOT_FILE);
	if (role == ROLE_VERITY) {
		diff_verity(c->w, x, y, 1);
		return true;
	}
	return diff_pair(c->w, x, y, e);
}

static const struct diff_member *find(const struct diff_members *m, struct str number)
{
	for (size_t i = 0; i < m->n; i++)
		if (str_equal(m->list[i].path, number))
			return &m->list[i];
	return NULL;
}

static struct str name_of(struct compare *c, const struct diff_member *m)
{
	struct str name = fact(m, "name");
	return arena_printf(c->w->arena, name.n ? "partition %.*s (%.*s)" : "partition %.*s",
		STR_ARG(m->path), STR_ARG(name));
}

static bool in_both(struct compare *c, bool holds, struct err *e)
{
	for (size_t i = 0; i < c->disk[0].table.n; i++) {
		const struct diff_member *a = &c->disk[0].table.list[i];
		const struct diff_member *b = find(&c->disk[1].table, a->path);
		if (!b || !diff_walk_enter(c->w, name_of(c, a)))
			continue;
		bool ok = true;
		if (holds)
			ok = hold(c, a, b, e);
		else
			entry(c, a, b);
		diff_walk_leave(c->w);
		if (!ok)
			return false;
	}
	return true;
}

static void only(struct compare *c, int side)
{
	const struct diff_members *mine = &c->disk[side].table;
	for (size_t i = 0; i < mine->n; i++) {
		const struct diff_member *m = &mine->list[i];
		if (find(&c->disk[!side].table, m->path) || !diff_walk_enter(c->w, name_of(c, m)))
			continue;
		struct span shown = content(&c->disk[side], m);
		diff_walk_reach(c->w, DIFF_REACH_TABLE);
		diff_walk_add(c->w, &(struct diff_leaf){
					    .kind = side ? DIFF_ONLY_B : DIFF_ONLY_A,
					    .a = side ? (struct span){ NULL, 0 } : shown,
					    .b = side ? shown : (struct span){ NULL, 0 },
					    .size_a = side ? 0 : m->size,
					    .size_b = side ? m->size : 0,
				    });
		diff_walk_leave(c->w);
		c->table_differs = true;
	}
}

/* The lowest start of a partition behind `at`, and the end of those before it. */
static void next_gap(const struct disk *d, uint64_t *at, uint64_t *to)
{
	uint64_t from = *at, start = d->bytes.all.n;
	for (bool moved = true; moved;) {
		moved = false;
		start = d->bytes.all.n;
		for (size_t i = 0; i < d->table.n; i++) {
			const struct diff_member *m = &d->table.list[i];
			if (!m->n_extents)
				continue;
			uint64_t begin = m->extents[0].at, end = begin + m->size;
			if (begin <= from && end > from) {
				from = end;
				moved = true;
			}
			if (begin > from && begin < start)
				start = begin;
		}
	}
	*at = from;
	*to = start;
}

/* Outside of partitions: the tables themselves at both ends, and what should be empty. */
static void outside(struct compare *c)
{
	struct span a = c->disk[0].bytes.all, b = c->disk[1].bytes.all;
	enum diff_rule rule = c->table_differs ? DIFF_RULE_TABLE_CRC : DIFF_RULE_NONE;
	uint64_t at_a = 0, at_b = 0, to_a, to_b;
	if (!diff_walk_enter(c->w, STR("outside of partitions")))
		return;
	diff_walk_reach(c->w, DIFF_REACH_TABLE);
	do {
		next_gap(&c->disk[0], &at_a, &to_a);
		next_gap(&c->disk[1], &at_b, &to_b);
		struct span x = span_make(a.p + at_a, (size_t)(to_a - at_a));
		struct span y = span_make(b.p + at_b, (size_t)(to_b - at_b));
		size_t before = c->w->n_leaves;
		diff_raw_ruled(c->w, x, y, rule, 1);
		for (; before < c->w->n_leaves; before++) {
			c->w->leaves[before].at_a += at_a;
			c->w->leaves[before].at_b += at_b;
		}
		at_a = to_a;
		at_b = to_b;
	} while (at_a < a.n && at_b < b.n);
	diff_walk_leave(c->w);
}

static void disk_facts(struct compare *c)
{
	const struct diff_members *a = &c->disk[0].table, *b = &c->disk[1].table;
	enum diff_rule rule = rule_of_guid(c, "disk",
		diff_identified_fact(a->facts, a->n_facts, "disk GUID"),
		diff_identified_fact(b->facts, b->n_facts, "disk GUID"));
	size_t before = c->w->n_leaves + c->w->n_more;
	if (!diff_walk_enter(c->w, STR("GPT")))
		return;
	diff_walk_reach(c->w, DIFF_REACH_TABLE);
	diff_members_facts(c->w, a->facts, a->n_facts, b->facts, b->n_facts, rule, 1);
	diff_walk_leave(c->w);
	c->table_differs |= c->w->n_leaves + c->w->n_more != before;
}

bool diff_gpt(struct diff_walk *w, struct span a, struct span b, struct err *e)
{
	CLEANUP(arena_freep) struct arena *lists = arena_new(LISTS_MAX);
	struct compare c = { .w = w };
	if (!read(&c.disk[0], a, lists, e) || !read(&c.disk[1], b, lists, e))
		return false;
	/* Contents first: a command line in them names the root hash that identifiers are made from. */
	if (!in_both(&c, true, e))
		return false;
	disk_facts(&c);
	if (!in_both(&c, false, e))
		return false;
	only(&c, 0);
	only(&c, 1);
	outside(&c);
	return true;
}
