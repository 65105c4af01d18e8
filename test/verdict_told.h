/*
 * What a program of cases was told, held against test/golden/verdict/NAME.txt, a file of the program's (golden_text.h): every check and
 * claim with all its words where it is first told so, and of each case what of that it was told. "nonce/2" is the second
 * thing that was told of the check "nonce"; a first one that the first case was told, too, is not repeated.
 * Words are as golden_text_add leaves them. "?nonce" is what the check is about, "(hardware)" a claim.
 */
#ifndef ASSAY_TEST_VERDICT_TOLD_H
#define ASSAY_TEST_VERDICT_TOLD_H

#include "appraise/appraise.h"
#include "golden_text.h"

enum { VERDICT_TOLD_MAX = 1 << 20, VERDICT_TOLD_LINE = 4000, VERDICT_TOLD_THINGS = 4000 };

/* Something that was told, and the how manieth of its name it is. */
struct verdict_told_thing {
	char *text; /* "NAME\0" and the rest */
	unsigned number;
	bool by_first; /* it belongs to the first case */
};

static struct {
	struct buf text; /* empty, and for ever, until verdict_told_begin */
	struct verdict_told_thing said[VERDICT_TOLD_THINGS];
	size_t n;
	bool first_is_over;
} verdict_told_so_far;

static void verdict_told_add(struct buf *b, const char *before, struct str s)
{
	if (s.n)
		buf_add_cstr(b, before);
	golden_text_add(b, s);
}

/* The thing with this name and text; a new one is told whole. */
static const struct verdict_told_thing *verdict_told_thing(
	struct buf *b, const char *name, struct str text)
{
	size_t size = strlen(name) + 1;
	struct verdict_told_thing *t = &verdict_told_so_far.said[verdict_told_so_far.n];
	unsigned number = 1;

	for (size_t i = 0; i < verdict_told_so_far.n; i++) {
		const struct verdict_told_thing *known = &verdict_told_so_far.said[i];

		if (strcmp(known->text, name) != 0)
			continue;
		if (str_is(text, known->text + size))
			return known;
		number++;
	}
	if (verdict_told_so_far.n + 1 == VERDICT_TOLD_THINGS) {
		b->failed = true;
		return t;
	}
	verdict_told_so_far.n++;
	*t = (struct verdict_told_thing){ calloc(1, size + text.n + 1), number,
		!verdict_told_so_far.first_is_over };
	memcpy(t->text, name, size);
	memcpy(t->text + size, text.p, text.n);
	buf_printf(b, "  %s", name);
	if (number > 1)
		buf_printf(b, "/%u", number);
	buf_printf(b, ": %.*s\n", STR_ARG(text));
	return NULL;
}

/* Tells it whole in b, or its name and number in again. */
static void verdict_told_one(struct buf *b, struct buf *again, const char *name, struct str text)
{
	const struct verdict_told_thing *t = verdict_told_thing(b, name, text);

	if (!t || (t->number == 1 && (t->by_first || name[0] == '?')))
		return;
	buf_printf(again, " %s", name);
	if (t->number > 1)
		buf_printf(again, "/%u", t->number);
}

/* What it is about, and what came of it. */
static void verdict_told_check(struct buf *b, struct buf *again, const struct check *c)
{
	struct buf about = buf_init(VERDICT_TOLD_LINE), text = buf_init(VERDICT_TOLD_LINE);
	char name[100];

	snprintf(name, sizeof name, "?%s", c->name);
	verdict_told_add(&about, "", c->what);
	buf_printf(&about, "; %s %d", check_claim_name(c->claim), c->fail_value);
	verdict_told_add(&about, "; by ", c->whose);
	verdict_told_one(b, again, name, buf_str(&about));
	buf_add_cstr(&text, check_result_name(c->result));
	if (c->bank.n)
		buf_printf(&text, "; register %d of %.*s", c->reg, STR_ARG(c->bank));
	else if (c->reg != -1)
		buf_printf(&text, "; register %d", c->reg);
	verdict_told_add(&text, "; want ", c->want);
	verdict_told_add(&text, "; got ", c->got);
	verdict_told_add(&text, "; because ", c->reason);
	verdict_told_one(b, again, c->name, buf_str(&text));
	buf_done(&about);
	buf_done(&text);
}

/* The check whose reason is the claim's, or NULL. */
static const char *verdict_told_source(const struct verdict *v, struct str why)
{
	for (size_t i = 0; i < v->checks.n; i++)
		if (why.n && str_equal(v->checks.items[i].reason, why))
			return v->checks.items[i].name;
	return NULL;
}

static void verdict_told_claim(
	struct buf *b, struct buf *again, enum check_claim which, const struct verdict *v)
{
	struct str why = v->claims[which].why;
	struct buf text = buf_init(VERDICT_TOLD_LINE);
	const char *source = verdict_told_source(v, why);
	char name[60];

	snprintf(name, sizeof name, "(%s)", check_claim_name(which));
	buf_printf(&text, "%d", v->claims[which].value);
	if (source)
		buf_printf(&text, ", as %s", source);
	else
		verdict_told_add(&text, ", ", why);
	verdict_told_one(b, again, name, buf_str(&text));
	buf_done(&text);
}

/* What the first case was told of, and this one was not. */
static void verdict_told_without(struct buf *b, const struct check_list *l)
{
	const char *before = "  without ";

	for (size_t i = 0; i < verdict_told_so_far.n; i++) {
		const struct verdict_told_thing *t = &verdict_told_so_far.said[i];

		if (!t->by_first || strchr("(?", t->text[0]) || check_find(l, t->text))
			continue;
		buf_printf(b, "%s%s", before, t->text);
		before = " ";
	}
	if (before[1] == '\0')
		buf_add_cstr(b, "\n");
}

/* One case. Nothing is kept of out. */
__attribute__((unused)) static void verdict_told(const char *name, const struct appraise_out *out)
{
	struct buf *b = &verdict_told_so_far.text, again = buf_init(VERDICT_TOLD_MAX);
	const struct verdict *v = &out->verdict;

	if (!b->max)
		return;
	buf_printf(b, "%s: %s; signed %x, differing %x%s\n", name, verdict_status_name(v->status),
		out->signed_bank.pcrs, out->differing, out->log_holds ? ", the log holds" : "");
	for (size_t i = 0; i < v->checks.n; i++)
		verdict_told_check(b, &again, &v->checks.items[i]);
	for (size_t i = 0; i < CHECK_CLAIMS; i++)
		verdict_told_claim(b, &again, (enum check_claim)i, v);
	if (again.n)
		buf_printf(b, "  again%.*s\n", STR_ARG(buf_str(&again)));
	verdict_told_without(b, &v->checks);
	buf_done(&again);
	verdict_told_so_far.first_is_over = true;
}

__attribute__((unused)) static void verdict_told_begin(void)
{
	verdict_told_so_far.text = buf_init(VERDICT_TOLD_MAX);
}

#ifdef TEST_DIR
/* name: of the file. */
__attribute__((unused)) static void verdict_told_end(const char *name)
{
	char path[100];

	snprintf(path, sizeof path, "verdict/%s", name);
	golden_text(&verdict_told_so_far.text, path);
	for (size_t i = 0; i < verdict_told_so_far.n; i++)
		free(verdict_told_so_far.said[i].text);
}
#endif

#endif
