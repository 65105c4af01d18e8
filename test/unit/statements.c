/* Statements of rebuilders: which are opened, what is set aside and at what cost, and whether they vouch for reference values. */
#include "appraise/statements.h"

#include "codec/yaml.h"
#include "export_made.h"
#include "rebuilders_made.h"
#include "starved.h"

enum { NOW = 1796000000, DAY = 86400, ROOM = 8 << 20 };

static struct rebuilders_made r;
static struct arena *made;
static struct reference_values values;
static struct trust_file trust, nobody;

/* Envelopes; a list of them ends with END. */
enum { END, ALICE, ALICE_2, BOB, EVE, OLD, OTHER, NO_REBUILD, JUNK, RUBBISH, NOTHING, ENVELOPES };
static struct buf envelopes[ENVELOPES];

static struct buf signed_by(unsigned who, int seed, int64_t at)
{
	CLEANUP(buf_done) struct buf text = buf_init(STATEMENT_MADE_MAX);

	rebuilders_made_statement(&text, &values, seed, at);
	return rebuilders_made_sign(&r, who, buf_span(&text));
}

static void make_envelopes(void)
{
	static const char other[] = "{\"_type\": \"" STATEMENT_TYPE
				    "\", \"subject\": [{\"digest\": {\"other\": \"x\"}}], "
				    "\"predicateType\": \"tag:other\", \"predicate\": {}}";

	envelopes[ALICE] = signed_by(REBUILDERS_ALICE, 0, NOW - DAY);
	envelopes[ALICE_2] = signed_by(REBUILDERS_ALICE_2, 0, NOW - DAY);
	envelopes[BOB] = signed_by(REBUILDERS_BOB, 0, NOW - DAY);
	envelopes[EVE] = signed_by(REBUILDERS_EVE, 0, NOW - DAY);
	envelopes[OLD] = signed_by(REBUILDERS_BOB, 0, NOW - 400 * (int64_t)DAY);
	envelopes[OTHER] = signed_by(REBUILDERS_BOB, 1, NOW - DAY);
	envelopes[NO_REBUILD] = rebuilders_made_sign(&r, REBUILDERS_BOB, str_span(str_of(other)));
	envelopes[JUNK] = rebuilders_made_sign(&r, REBUILDERS_BOB, str_span(STR("junk")));
	envelopes[RUBBISH] = buf_init(64);
	buf_add_cstr(&envelopes[RUBBISH], "rubbish");
}

static void read_trust(struct trust_file *ret, const struct buf *text)
{
	struct json v;
	struct err e = { 0 };

	CHECK_OK(
		yaml_parse(&v, buf_span(text), made, &e) && trust_file_parse(ret, &v, made, &e), e);
}

static void make(void)
{
	CLEANUP(buf_done) struct buf text = buf_init(64 << 10);

	rebuilders_made_init(&r);
	export_make(&values, 1, made);
	make_envelopes();
	buf_printf(&text, "format: assay.trust/1\n");
	read_trust(&nobody, &text);
	rebuilders_made_trust(&text, &r, 2);
	read_trust(&trust, &text);
}

/* ---- what comes of them ---- */

static bool add(struct statements *s, int which, struct err *e)
{
	return statements_add(s, STR("a file"), buf_span(&envelopes[which]), e);
}

struct given {
	const struct trust_file *trust;
	int which[8];
	size_t at_least;
};

static bool take(struct quorum_outcome *ret, size_t *n_aside, const struct given *g,
	struct arena *a, struct err *e)
{
	struct statements *s = NULL;
	bool ok = statements_new(&s, g->trust, a, e);

	for (size_t i = 0; ok && g->which[i]; i++)
		ok = add(s, g->which[i], e);
	ok = ok && statements_outcome(
			   ret, s, &values, NULL, (struct statements_asked){ g->at_least, NOW }, e);
	if (ok)
		*n_aside = s->n_aside;
	statements_free(s);
	return ok;
}

static void outcomes(void)
{
	static const struct {
		struct given given;
		bool vouched;
		size_t aside;
		const char *says; /* of what counts for nothing; else why it is not vouched for */
	} cases[] = {
		{ { &trust, { ALICE, BOB }, 0 }, true, 0, NULL },
		{ { &trust, { ALICE }, 0 }, false, 0, "1 of the 2 operators" },
		{ { &trust, { ALICE, ALICE_2 }, 0 }, false, 0, "1 of the 2 operators" },
		{ { &trust, { ALICE, BOB }, 3 }, false, 0, "2 of the 3 operators" },
		{ { &trust, { ALICE, OTHER }, 0 }, false, 0, "1 of the 2 operators" },
		{ { &trust, { ALICE, EVE, BOB }, 0 }, true, 1,
			"1 of 3 count for nothing: statement 2: none of its 1 signatures" },
		{ { &trust, { ALICE, EVE }, 0 }, false, 1,
			"1 of 2 count for nothing: statement 2: none" },
		{ { &trust, { RUBBISH, NOTHING, ALICE, JUNK, NO_REBUILD, BOB }, 0 }, true, 4,
			"4 of 6 count for nothing: statement 1: envelope: " },
		{ { &trust, { NO_REBUILD, ALICE, BOB }, 0 }, true, 1,
			"statement 1: it is no statement of a rebuild: its predicate is 'tag:other'" },
		{ { &trust, { RUBBISH, OLD, ALICE }, 0 }, false, 1, "; statement 2 is older than" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(arena_freep) struct arena *a = arena_new(ROOM);
		struct quorum_outcome o = { 0 };
		size_t aside = 0;
		struct str said;
		struct err e = { 0 };

		CHECK_OK(take(&o, &aside, &cases[i].given, a, &e), e);
		CHECK(o.vouched == cases[i].vouched && aside == cases[i].aside);
		CHECK(!o.vouched || str_is(o.who, "Alice and Bob"));
		said = o.unheard.n ? o.unheard : o.why;
		CHECK(cases[i].says ? strstr(said.p, cases[i].says) != NULL : !said.n);
	}
}

/* Whom nobody named nobody hears. */
static void no_rebuilders(void)
{
	const struct given g = { &nobody, { ALICE, BOB }, 2 };
	CLEANUP(arena_freep) struct arena *a = arena_new(ROOM);
	struct quorum_outcome o = { 0 };
	size_t aside = 0;
	struct err e = { 0 };

	CHECK_OK(take(&o, &aside, &g, a, &e), e);
	CHECK(!o.vouched && aside == 2 && strstr(o.unheard.p, "the trust file names no rebuilder"));
}

/* ---- limits ---- */

/* Set aside or not, there are never more; and what is told of them stays short. */
static void too_many(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ROOM);
	struct statements *s = NULL;
	struct quorum_outcome o;
	struct err e = { 0 };

	CHECK_OK(statements_new(&s, &trust, a, &e), e);
	for (size_t i = 0; i < QUORUM_STATEMENTS_MAX - 1; i++)
		CHECK_OK(add(s, i % 2 ? RUBBISH : EVE, &e), e);
	CHECK_OK(add(s, ALICE, &e), e);
	CHECK_ERR(add(s, BOB, &e), e, ERR_LIMIT);
	CHECK_ERR(statements_set_aside(s, STR("x"), STR("y"), &e), e, ERR_LIMIT);
	CHECK(s->n == 1 && s->n_aside == QUORUM_STATEMENTS_MAX - 1);
	CHECK_OK(statements_outcome(&o, s, &values, NULL, (struct statements_asked){ 0, NOW }, &e),
		e);
	CHECK(strstr(o.unheard.p, "255 of 256") && strstr(o.unheard.p, "statement 16: ") &&
		!strstr(o.unheard.p, "statement 17: ") && strstr(o.unheard.p, "; and so on"));
	statements_free(s);
}

/* As many values as so many bytes can have: what it took to read them is there again for the next one. */
static void rubbish_costs_nothing(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ROOM);
	CLEANUP(buf_done) struct buf many = buf_init(DSSE_SIZE_MAX + 1);
	struct statements *s = NULL;
	size_t used;
	struct err e = { 0 };

	buf_u8(&many, '[');
	while (many.n < 64 << 10)
		buf_add_cstr(&many, "0,");
	buf_add_cstr(&many, "0]");
	CHECK_OK(statements_new(&s, &trust, a, &e), e);
	used = arena_used(a);
	for (size_t i = 0; i < 4; i++)
		CHECK_OK(statements_add(s, STR("a file"), buf_span(&many), &e), e);
	CHECK(s->n_aside == 4 && arena_used(a) < used + 4096);
	buf_fill(&many, ' ', DSSE_SIZE_MAX + 1 - many.n);
	CHECK_OK(statements_add(s, STR("a file"), buf_span(&many), &e), e);
	CHECK(s->n_aside == 5 && strstr(s->aside[4].why.p, "limit 4194304"));
	statements_free(s);
}

static bool tell(struct buf *told, const void *of, struct arena *a, struct err *e)
{
	struct quorum_outcome o;
	size_t aside;

	if (!take(&o, &aside, of, a, e))
		return false;
	buf_printf(told, "%d %zu %.*s %.*s", o.vouched, aside, STR_ARG(o.why), STR_ARG(o.unheard));
	return true;
}

/* With whatever memory there is LIMIT or the whole outcome, never one that heard fewer. */
static void little_memory(void)
{
	const struct given g = { &trust, { RUBBISH, ALICE }, 2 };

	starved(tell, &g);
}

int main(void)
{
	made = arena_new(ROOM);
	make();
	outcomes();
	no_rebuilders();
	too_many();
	rubbish_costs_nothing();
	little_memory();
	for (size_t i = 0; i < ENVELOPES; i++)
		buf_done(&envelopes[i]);
	rebuilders_made_done(&r);
	arena_free(made);
	return test_end();
}
