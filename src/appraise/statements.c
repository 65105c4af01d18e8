#include "appraise/statements.h"

#include "base/banned.h"

enum { TOLD_MAX = 16, TOLD_SIZE_MAX = 16 << 10 };

bool statements_new(
	struct statements **ret, const struct trust_file *trust, struct arena *a, struct err *e)
{
	struct statements *s = ARENA_NEW(a, struct statements);

	if (!s)
		return arena_full(a, e);
	s->a = a;
	s->trust = trust;
	for (size_t i = 0; i < trust->rebuilders.n; i++)
		if (!statement_key_parse(&s->keys[i], trust->rebuilders.items[i].key, e)) {
			statements_free(s);
			return false;
		}
	*ret = s;
	return true;
}

void statements_free(struct statements *s)
{
	for (size_t i = 0; s && i < ARRAY_LEN(s->keys); i++)
		statement_key_free(s->keys[i]);
}

static bool has_room(const struct statements *s, struct err *e)
{
	return s->n + s->n_aside < QUORUM_STATEMENTS_MAX ||
	       err_set(e, ERR_LIMIT, "more than %d statements", QUORUM_STATEMENTS_MAX);
}

bool statements_set_aside(struct statements *s, struct str from, struct str why, struct err *e)
{
	struct statements_aside aside = { arena_str(s->a, from), arena_str(s->a, why),
		s->n + s->n_aside + 1 };

	if (!has_room(s, e))
		return false;
	if (!aside.from.p || !aside.why.p)
		return arena_full(s->a, e);
	s->aside[s->n_aside++] = aside;
	return true;
}

/* What is read of it afterwards is the payload that was verified. */
static bool open_one(
	struct quorum_statement *ret, struct statements *s, struct span envelope, struct err *e)
{
	struct statement *statement = ARENA_NEW(s->a, struct statement);
	struct statement_signers signers;

	if (!statement)
		return arena_full(s->a, e);
	if (!s->trust->rebuilders.n)
		return err_set(e, ERR_SIGNATURE, "the trust file names no rebuilder");
	if (!statement_open(statement, &signers, envelope,
		    (const struct statement_key *const *)s->keys, s->trust->rebuilders.n, s->a, e))
		return false;
	if (!statement->rebuild)
		return err_set(e, ERR_FORMAT,
			"it is no statement of a rebuild: its predicate is '%.*s'",
			STR_ARG(statement->predicate_type));
	ret->claim = statement->rebuild;
	s->opened[s->n].statement = statement;
	s->opened[s->n].place = s->n + s->n_aside + 1;
	sha256_of(s->opened[s->n].sha256, envelope);
	for (size_t i = 0; i < signers.n; i++)
		ret->signers |= UINT64_C(1) << signers.at[i];
	return true;
}

bool statements_add(struct statements *s, struct str from, struct span envelope, struct err *e)
{
	struct arena_mark before = arena_mark(s->a);
	struct quorum_statement one = { .from = arena_str(s->a, from) };
	struct err why = { 0 };

	if (!has_room(s, e))
		return false;
	if (one.from.p && open_one(&one, s, envelope, &why)) {
		s->items[s->n++] = one;
		return true;
	}
	if (arena_failed(s->a))
		return arena_full(s->a, e);
	arena_rewind(s->a, before);
	return statements_set_aside(s, from, str_of(why.text), e);
}

/* By their places: whence they come is of the caller's machine, and has no business in a result. */
static void tell_places(struct buf *to, const struct statements *s, const struct quorum *q)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_aside; i++)
		if (n++ < TOLD_MAX)
			buf_printf(to, "%sstatement %zu: %.*s", n > 1 ? "; " : "",
				s->aside[i].place, STR_ARG(s->aside[i].why));
	for (size_t i = 0; i < q->n; i++)
		if (q->voices[i].standing != QUORUM_COUNTS && n++ < TOLD_MAX)
			buf_printf(to, "%sstatement %zu %s", n > 1 ? "; " : "", s->opened[i].place,
				quorum_standing_words(q->voices[i].standing));
	if (n > TOLD_MAX)
		buf_printf(to, "; and so on");
}

static bool tell_unheard(
	struct str *ret, const struct statements *s, const struct quorum *q, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(TOLD_SIZE_MAX);
	size_t n = s->n_aside;

	for (size_t i = 0; i < q->n; i++)
		n += q->voices[i].standing != QUORUM_COUNTS;
	*ret = STR("");
	if (!n)
		return true;
	buf_printf(&b, "%zu of %zu count for nothing: ", n, s->n + s->n_aside);
	tell_places(&b, s, q);
	*ret = arena_str(s->a, buf_str(&b));
	return (buf_ok(&b) && ret->p) || arena_full(s->a, e);
}

bool statements_outcome(struct quorum_outcome *ret, const struct statements *s,
	const struct reference_values *v, const struct reference_shape *shape,
	struct statements_asked asked, struct err *e)
{
	struct quorum_outcome o;
	struct quorum q;

	if (!quorum_take(&q, s->items, s->n, s->trust, asked.at_unix, s->a, e) ||
		!quorum_at_least(&q, &q, asked.at_least, s->a, e) ||
		!quorum_outcome_of(&o, &q, v, shape, s->a, e) ||
		!tell_unheard(&o.unheard, s, &q, e))
		return false;
	*ret = o;
	return true;
}
