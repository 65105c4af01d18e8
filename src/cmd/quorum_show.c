#include "cmd/quorum_show.h"

#include <stdio.h>

#include "base/hex.h"
#include "cmd/line.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

enum { NAMES_MAX = 64 << 10 };

bool quorum_show_reached(const struct quorum_show *s)
{
	return s->outcome ? s->outcome->vouched : s->quorum->reached;
}

static struct str names(const struct quorum *q, uint64_t operators, struct arena *a)
{
	CLEANUP(buf_done) struct buf b = buf_init(NAMES_MAX);

	quorum_names(&b, q->trust, operators);
	return arena_str(a, buf_str(&b));
}

static void show_question(const struct rebuild_claim *c)
{
	char lock[2 * SHA256_SIZE + 1], manifest[2 * SHA256_SIZE + 1];

	hex_write(lock, c->lock_sha256, SHA256_SIZE);
	hex_write(manifest, c->manifest_sha256, SHA256_SIZE);
	printf("Lock %s", lock);
	if (c->has_manifest)
		printf(", manifest %s", manifest);
	puts(":");
}

static void show_first(const struct rebuild_claim *c)
{
	char one[2 * DIGEST_MAX + 1], other[2 * DIGEST_MAX + 1];

	digest_hex(&c->first_published, one);
	digest_hex(&c->first_rebuilt, other);
	line_print(stdout, "    first in %.*s: published %s, rebuilt %s", STR_ARG(c->first),
		c->first_published.alg == DIGEST_NONE ? "nothing" : one,
		c->first_rebuilt.alg == DIGEST_NONE ? "nothing" : other);
}

/* Operators that say this and are heard, and how it stands. */
static void show_group(const struct quorum *q, const struct quorum_group *g, struct arena *a)
{
	const struct rebuild_claim *c = g->claim;
	char hex[2 * SHA256_SIZE + 1];
	struct str who = names(q, g->operators, a);

	hex_write(hex, c->result_sha256, SHA256_SIZE);
	line_print(stdout, "  %s%s%.*s, result %s: %zu operator%s, %.*s%s",
		rebuild_claim_verdict_name(c->verdict), c->failed_at.n ? " at " : "",
		STR_ARG(c->failed_at), hex, g->n_operators, g->n_operators == 1 ? "" : "s",
		STR_ARG(who),
		g->reached ? " - enough"
		: g->split ? " - enough, but as many say something else"
			   : "");
	if (c->first.n)
		show_first(c);
	if (c->n_outputs && g->followed != g->operators)
		line_print(stdout, "    packages followed to the archives' signatures by %.*s",
			STR_ARG(names(q, g->followed, a)));
}

/* Folders of both results, where they are at hand. */
static const char *folder_of(const struct quorum_show *s, const struct rebuild_claim *c)
{
	const struct rebuild_claim_output *m = rebuild_claim_output_find(c, "manifest.json");

	for (size_t i = 0; m && i < s->n_folders; i++)
		if (ct_equal(s->folders[i].manifest_sha256, m->sha256, SHA256_SIZE))
			return s->folders[i].path;
	return NULL;
}

/* Two answers to one question: where they part. */
static bool show_difference(const struct quorum_show *s, const struct quorum_group *one,
	const struct quorum_group *other, struct arena *a, struct err *e)
{
	const char *left = folder_of(s, one->claim), *right = folder_of(s, other->claim);
	struct str where;

	if (!one->claim->n_outputs || !other->claim->n_outputs)
		return true;
	if (!quorum_first_difference(&where, one->claim, other->claim, a, e))
		return false;
	line_print(stdout, "  the results part at %.*s", STR_ARG(where));
	if (left && right)
		line_print(stdout, "    assay diff %s %s", left, right);
	return true;
}

static bool show_groups(const struct quorum_show *s, struct arena *a, struct err *e)
{
	const struct quorum *q = s->quorum;

	for (size_t i = 0; i < q->n_groups; i++) {
		const struct quorum_group *g = &q->groups[i];
		bool first = !i || q->groups[i - 1].question != g->question;

		if (first)
			show_question(g->claim);
		show_group(q, g, a);
		if (!first && !show_difference(s, &q->groups[i - 1], g, a, e))
			return false;
	}
	return true;
}

static void show_not_counted(const struct quorum_show *s, struct arena *a)
{
	const struct quorum *q = s->quorum;

	for (size_t i = 0; i < q->n; i++)
		if (q->voices[i].standing != QUORUM_COUNTS)
			line_print(stdout, "Does not count: %.*s, by %.*s: it %s",
				STR_ARG(q->statements[i].from),
				STR_ARG(names(q, q->voices[i].operators, a)),
				quorum_standing_words(q->voices[i].standing));
	for (size_t i = 0; i < s->statements->n_aside; i++)
		line_print(stdout, "Does not count: %.*s: %.*s",
			STR_ARG(s->statements->aside[i].from),
			STR_ARG(s->statements->aside[i].why));
	if (q->conflicting)
		line_print(stdout, "Said two things about one lock, and counts for neither: %.*s",
			STR_ARG(names(q, q->conflicting, a)));
}

bool quorum_show_text(const struct quorum_show *s, struct arena *a, struct err *e)
{
	const struct quorum *q = s->quorum;
	const struct quorum_outcome *o = s->outcome;

	if (q->needed)
		printf("Asked for: %zu of %zu operators\n", q->needed,
			q->trust->rebuilders.n_operators);
	else
		puts("Asked for: nothing, the trust file lets no number of rebuilders vouch");
	if (!show_groups(s, a, e))
		return false;
	show_not_counted(s, a);
	if (o && o->vouched)
		line_print(stdout, "These reference values: rebuilt by %.*s", STR_ARG(o->who));
	else if (o)
		line_print(
			stdout, "These reference values: not vouched for: %.*s", STR_ARG(o->why));
	printf("quorum: %s\n", quorum_show_reached(s) ? "reached" : "not reached");
	return !arena_failed(a) || arena_full(a, e);
}
