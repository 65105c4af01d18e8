#include "appraise/quorum.h"

#include "base/banned.h"

static int compare_bytes(const uint8_t *a, const uint8_t *b)
{
	return memcmp(a, b, SHA256_SIZE);
}

/* A total order of questions; 0: the same one. */
static int compare_questions(const struct rebuild_claim *a, const struct rebuild_claim *b)
{
	int by = compare_bytes(a->lock_sha256, b->lock_sha256);

	if (!by)
		by = compare_bytes(a->description_sha256, b->description_sha256);
	if (!by)
		by = (int)a->has_manifest - (int)b->has_manifest;
	if (!by && a->has_manifest)
		by = compare_bytes(a->manifest_sha256, b->manifest_sha256);
	return by;
}

/* And of results: those of a question together, the better verdict first. */
static int compare_results(const struct rebuild_claim *a, const struct rebuild_claim *b)
{
	int by = compare_questions(a, b);

	if (!by)
		by = (int)b->verdict - (int)a->verdict;
	return by ? by : compare_bytes(a->result_sha256, b->result_sha256);
}

/* ---- groups ---- */

/* Puts a claim into its place of the sorted groups, unless its result is there. */
static void insert(struct quorum_group *groups, size_t *n, const struct rebuild_claim *c)
{
	size_t at = 0;

	while (at < *n && compare_results(groups[at].claim, c) < 0)
		at++;
	if (at < *n && compare_results(groups[at].claim, c) == 0)
		return;
	for (size_t i = *n; i > at; i--)
		groups[i] = groups[i - 1];
	groups[at] = (struct quorum_group){ .claim = c };
	++*n;
}

static void make_groups(struct quorum *q, struct quorum_group *groups)
{
	size_t n = 0;

	for (size_t i = 0; i < q->n; i++)
		insert(groups, &n, q->statements[i].claim);
	for (size_t i = 0; i < n; i++) {
		q->n_questions += !i || compare_questions(groups[i - 1].claim, groups[i].claim);
		groups[i].question = q->n_questions - 1;
	}
	q->n_groups = n;
	q->groups = groups;
}

static size_t group_of(const struct quorum *q, const struct rebuild_claim *c)
{
	size_t at = 0;

	while (compare_results(q->groups[at].claim, c))
		at++;
	return at;
}

/* ---- voices ---- */

static uint64_t operators_of(const struct trust_parties *p, uint64_t signers)
{
	uint64_t set = 0;

	for (size_t i = 0; i < p->n; i++)
		if (signers >> i & 1)
			set |= UINT64_C(1) << p->items[i].operator_at;
	return set;
}

static enum quorum_standing standing_of(
	const struct quorum_statement *s, uint64_t operators, int64_t at, int64_t max_age_s)
{
	const int64_t then = s->claim->by.at_unix;

	if (!operators)
		return QUORUM_BY_NOBODY;
	if (!s->claim->by.has_time)
		return QUORUM_UNDATED;
	if (then < at - max_age_s)
		return QUORUM_OLD;
	return then > at + QUORUM_CLOCKS_S ? QUORUM_TOO_NEW : QUORUM_COUNTS;
}

static void make_voices(struct quorum *q, struct quorum_voice *voices, int64_t at)
{
	for (size_t i = 0; i < q->n; i++) {
		const struct quorum_statement *s = &q->statements[i];

		voices[i].operators = operators_of(&q->trust->rebuilders, s->signers);
		voices[i].standing = standing_of(
			s, voices[i].operators, at, q->trust->max_age.statement_s);
		voices[i].group = group_of(q, s->claim);
	}
	q->voices = voices;
}

/* ---- what counts ---- */

static bool is_answer(const struct rebuild_claim *c)
{
	return c->verdict != REBUILD_CLAIM_FAILED || str_is(c->failed_at, "lock");
}

/* Operators that gave another answer to the question of this group. A signature counts for that however old it is. */
static uint64_t contradicted(const struct quorum *q, size_t group)
{
	uint64_t set = 0;

	for (size_t i = 0; i < q->n; i++) {
		const struct quorum_group *other = &q->groups[q->voices[i].group];

		if (q->voices[i].group != group && is_answer(other->claim) &&
			other->question == q->groups[group].question)
			set |= q->voices[i].operators;
	}
	return set;
}

size_t quorum_count(uint64_t operators)
{
	size_t n = 0;

	for (; operators; operators &= operators - 1)
		n++;
	return n;
}

static void count_group(
	struct quorum *q, struct quorum_group *groups, struct quorum_voice *voices, size_t group)
{
	uint64_t others = is_answer(groups[group].claim) ? contradicted(q, group) : 0;

	for (size_t i = 0; i < q->n; i++) {
		if (voices[i].group != group)
			continue;
		q->conflicting |= voices[i].operators & others;
		if (voices[i].standing != QUORUM_COUNTS)
			continue;
		groups[group].operators |= voices[i].operators & ~others;
		if (q->statements[i].claim->by.archive_verified)
			groups[group].followed |= voices[i].operators & ~others;
		if (!(voices[i].operators & ~others))
			voices[i].standing = QUORUM_CONFLICT;
	}
	groups[group].n_operators = quorum_count(groups[group].operators);
}

/* Another answer to the same question that as many give as the trust file asks for; who asks for more gets no dissent unheard. */
static bool is_split(const struct quorum *q, size_t group)
{
	size_t many = q->trust->rebuilders_needed ? q->trust->rebuilders_needed : q->needed;

	for (size_t i = 0; i < q->n_groups; i++)
		if (i != group && q->groups[i].question == q->groups[group].question &&
			is_answer(q->groups[i].claim) && q->groups[i].n_operators >= many)
			return true;
	return false;
}

static void decide(struct quorum *q, struct quorum_group *groups)
{
	for (size_t i = 0; i < q->n_groups; i++) {
		struct quorum_group *g = &groups[i];

		if (!q->needed || g->n_operators < q->needed || !is_answer(g->claim))
			continue;
		g->split = is_split(q, i);
		g->reached = !g->split && (g->claim->verdict == REBUILD_CLAIM_IDENTICAL ||
						  g->claim->verdict == REBUILD_CLAIM_BUILT);
		q->reached |= g->reached;
	}
}

bool quorum_take(struct quorum *ret, const struct quorum_statement *statements, size_t n,
	const struct trust_file *trust, int64_t at_unix, struct arena *a, struct err *e)
{
	struct quorum q = {
		.trust = trust, .needed = trust->rebuilders_needed, .statements = statements, .n = n
	};
	struct quorum_group *groups;
	struct quorum_voice *voices;

	if (n > QUORUM_STATEMENTS_MAX)
		return err_set(e, ERR_LIMIT, "%zu statements, limit %d", n, QUORUM_STATEMENTS_MAX);
	groups = ARENA_ARRAY(a, n + 1, struct quorum_group);
	voices = ARENA_ARRAY(a, n + 1, struct quorum_voice);
	if (!groups || !voices)
		return arena_full(a, e);
	make_groups(&q, groups);
	make_voices(&q, voices, at_unix);
	for (size_t i = 0; i < q.n_groups; i++)
		count_group(&q, groups, voices, i);
	decide(&q, groups);
	*ret = q;
	return true;
}

bool quorum_at_least(
	struct quorum *ret, const struct quorum *q, size_t n, struct arena *a, struct err *e)
{
	struct quorum_group *groups = ARENA_ARRAY(a, q->n_groups + 1, struct quorum_group);
	struct quorum more = *q;

	if (!groups)
		return arena_full(a, e);
	for (size_t i = 0; i < q->n_groups; i++) {
		groups[i] = q->groups[i];
		groups[i].reached = groups[i].split = false;
	}
	more.groups = groups;
	more.reached = false;
	if (n > more.needed)
		more.needed = n;
	decide(&more, groups);
	*ret = more;
	return true;
}
