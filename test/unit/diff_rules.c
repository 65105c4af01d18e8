/* What follows from something else, and when it does not: rules over leaves that are made by hand. */
#include "diff/diff_rules.h"

#include "diff/diff_walk.h"
#include "test.h"

#include "base/banned.h"

enum { ARENA = 1 << 20 };

struct made {
	struct arena *arena;
	struct diff_walk w;
};

static void start(struct made *m)
{
	m->arena = arena_new(ARENA);
	diff_walk_init(&m->w, NULL, m->arena);
}

static void end(struct made *m)
{
	diff_walk_done(&m->w);
	arena_free(m->arena);
}

static void at(
	struct made *m, const char *place, enum diff_reach reach, enum diff_rule rule, size_t up)
{
	CHECK(diff_walk_enter(&m->w, str_of(place)));
	if (reach)
		diff_walk_reach(&m->w, reach);
	diff_walk_add_ruled(&m->w, &(struct diff_leaf){ .kind = DIFF_BYTES }, rule, up);
	diff_walk_leave(&m->w);
}

/* The leaves in the order in which they were added: 'd' derived, 'c' a cause. */
static bool are(struct made *m, const char *want)
{
	diff_walk_end(&m->w);
	diff_rules_decide(&m->w);
	for (size_t i = 0; i < m->w.n_leaves; i++)
		if (m->w.leaves[i].derived != (want[i] == 'd') ||
			(m->w.leaves[i].why.n != 0) != (want[i] == 'd'))
			return false;
	return m->w.n_leaves == strlen(want);
}

static void test_alone(void)
{
	for (enum diff_rule rule = DIFF_RULE_NONE; rule < DIFF_RULE_COPY; rule++) {
		struct made m;
		start(&m);
		at(&m, "x", DIFF_REACH_NONE, rule, 1);
		CHECK(are(&m, "c"));
		end(&m);
	}
}

static void test_explained(void)
{
	struct made m;

	start(&m);
	at(&m, "checksum", DIFF_REACH_NONE, DIFF_RULE_CHECKSUM, 1);
	at(&m, "content", DIFF_REACH_NONE, DIFF_RULE_NONE, 0);
	CHECK(are(&m, "dc"));
	end(&m);
}

/* What differs in another container explains nothing here. */
static void test_scope(void)
{
	struct made m;

	start(&m);
	CHECK(diff_walk_enter(&m.w, STR("one")));
	at(&m, "content", DIFF_REACH_NONE, DIFF_RULE_NONE, 0);
	diff_walk_leave(&m.w);
	CHECK(diff_walk_enter(&m.w, STR("two")));
	at(&m, "checksum", DIFF_REACH_NONE, DIFF_RULE_CHECKSUM, 1);
	at(&m, "wider", DIFF_REACH_NONE, DIFF_RULE_CHECKSUM, 2);
	diff_walk_leave(&m.w);
	CHECK(are(&m, "ccd"));
	end(&m);
}

/* A root hash follows from the file system, and not from anything else that differs. */
static void test_root(void)
{
	struct made m;

	start(&m);
	at(&m, "os-release", DIFF_REACH_SECTION, DIFF_RULE_NONE, 0);
	at(&m, "root hash", DIFF_REACH_COMMAND_LINE, DIFF_RULE_ROOT_HASH, 9);
	CHECK(are(&m, "cc"));
	end(&m);
	start(&m);
	at(&m, "root hash", DIFF_REACH_COMMAND_LINE, DIFF_RULE_ROOT_HASH, 9);
	at(&m, "hash tree", DIFF_REACH_ROOT, DIFF_RULE_HASH_TREE, 9);
	at(&m, "file", DIFF_REACH_ROOT, DIFF_RULE_NONE, 0);
	CHECK(are(&m, "ddc"));
	end(&m);
	start(&m);
	at(&m, "root hash", DIFF_REACH_COMMAND_LINE, DIFF_RULE_ROOT_HASH, 9);
	at(&m, "hash tree", DIFF_REACH_ROOT, DIFF_RULE_HASH_TREE, 9);
	CHECK(are(&m, "dc"));
	end(&m);
}

/* What follows may have others follow from it, in the order of the rules and never the other way round. */
static void test_chain(void)
{
	struct made m;

	start(&m);
	at(&m, "file", DIFF_REACH_ROOT, DIFF_RULE_NONE, 0);
	CHECK(diff_walk_enter(&m.w, STR("UKI")));
	at(&m, "signature", DIFF_REACH_NONE, DIFF_RULE_SIGNATURE, 1);
	at(&m, "checksum", DIFF_REACH_NONE, DIFF_RULE_CHECKSUM, 1);
	at(&m, "root hash", DIFF_REACH_COMMAND_LINE, DIFF_RULE_ROOT_HASH, 9);
	diff_walk_leave(&m.w);
	CHECK(are(&m, "cddd"));
	end(&m);
	start(&m);
	at(&m, "signature", DIFF_REACH_NONE, DIFF_RULE_SIGNATURE, 1);
	at(&m, "checksum", DIFF_REACH_NONE, DIFF_RULE_CHECKSUM, 1);
	CHECK(are(&m, "dc"));
	end(&m);
}

int main(void)
{
	test_alone();
	test_explained();
	test_scope();
	test_root();
	test_chain();
	return test_end();
}
