#include "diff/diff_rules.h"

#include "base/mem.h"
#include "diff/diff_walk.h"

#include "base/banned.h"

static const char *const reasons[DIFF_RULES] = {
	[DIFF_RULE_HASH_TREE] = "the dm-verity hash tree is made from the data that it protects",
	[DIFF_RULE_ROOT_HASH] = "the root hash is made from the file system",
	[DIFF_RULE_BUILD_ID] = "the build-id is a digest of the file's other sections",
	[DIFF_RULE_DEBUG_LINK] = "the debug link holds a checksum of another file",
	[DIFF_RULE_IDENTIFIER] = "the identifier is made from the content",
	[DIFF_RULE_GUID] = "the partition's identifier is made from its content or root hash",
	[DIFF_RULE_SIZE] = "sizes and places follow from the contents",
	[DIFF_RULE_NUMBERS] = "inode numbers follow from which files there are",
	[DIFF_RULE_CHECKSUM] = "the checksum is made from the bytes that it protects",
	[DIFF_RULE_TABLE_CRC] = "the CRCs of the partition table are made from its entries",
	[DIFF_RULE_SIGNATURE] = "the signature signs the rest of the file",
	[DIFF_RULE_DOCUMENT] = "the document lists digests and sizes of what was built",
	[DIFF_RULE_COPY] = "a copy",
	[DIFF_RULE_NOT_READ] = "not compared",
};

/* For every i, how many leaves before it are decided, and how many of them lie in what a root hash protects. */
struct counts {
	size_t *decided, *roots;
};

/* A leaf explains those of later rules, whether it is a cause or follows from one itself. */
static void count(const struct diff_walk *w, struct counts *c, enum diff_rule rule)
{
	c->decided[0] = c->roots[0] = 0;
	for (size_t i = 0; i < w->n_leaves; i++) {
		bool before = w->marks[i].rule < rule;
		c->decided[i + 1] = c->decided[i] + before;
		c->roots[i + 1] = c->roots[i] + (before && w->marks[i].reach == DIFF_REACH_ROOT);
	}
}

static bool explained(const struct diff_walk *w, const struct diff_mark *m, const struct counts *c)
{
	const struct diff_scope *s = &w->scopes[m->scope];
	bool by_root = m->rule == DIFF_RULE_HASH_TREE || m->rule == DIFF_RULE_ROOT_HASH;
	const size_t *before = by_root ? c->roots : c->decided;

	/* s->lost: what the report had no room for. */
	return m->rule == DIFF_RULE_COPY || m->rule == DIFF_RULE_NOT_READ || s->lost ||
	       before[s->end] != before[s->first];
}

/* Leaves of one rule; one that has no explanation is a cause from now on. */
static void decide(struct diff_walk *w, enum diff_rule rule, const struct counts *c)
{
	for (size_t i = 0; i < w->n_leaves; i++) {
		struct diff_mark *m = &w->marks[i];
		struct diff_leaf *l = &w->leaves[i];
		if (m->rule != rule)
			continue;
		l->derived = explained(w, m, c);
		if (!l->derived)
			m->rule = DIFF_RULE_NONE;
		if (!l->derived || !l->why.n)
			l->why = str_of(l->derived ? reasons[rule] : "");
	}
}

void diff_rules_decide(struct diff_walk *w)
{
	CLEANUP(mem_free) size_t *decided = mem_array(w->n_leaves + 1, sizeof(*decided));
	CLEANUP(mem_free) size_t *roots = mem_array(w->n_leaves + 1, sizeof(*roots));
	struct counts c = { decided, roots };

	for (enum diff_rule rule = DIFF_RULE_NONE + 1; rule < DIFF_RULES; rule++) {
		count(w, &c, rule);
		decide(w, rule, &c);
	}
}
