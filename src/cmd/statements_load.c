#define ASSAY_MAY_ASK_THE_MACHINE
#include "cmd/statements_load.h"

#include <sys/stat.h>

#include "base/mem.h"
#include "sys/file.h"
#include "base/banned.h"

bool statements_load_new(struct statements **ret, const struct trust_file *trust, struct err *e)
{
	struct statements *s = *ret = MEM_NEW(struct statements);

	s->a = arena_new(STATEMENTS_LOAD_MEMORY_MAX);
	s->trust = trust;
	for (size_t i = 0; i < trust->rebuilders.n; i++)
		if (!statement_key_parse(&s->keys[i], trust->rebuilders.items[i].key, e))
			return false;
	return true;
}

void statements_load_free(struct statements *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < ARRAY_LEN(s->keys); i++)
		statement_key_free(s->keys[i]);
	arena_free(s->a);
	mem_free(&s);
}

void statements_load_freep(struct statements **s)
{
	statements_load_free(*s);
}

static bool set_aside(struct statements *s, struct str from, const char *why, struct err *e)
{
	struct statements_aside *aside = &s->aside[s->n_aside];

	aside->from = from;
	aside->why = arena_str(s->a, str_of(why));
	s->n_aside++;
	return aside->why.p || arena_full(s->a, e);
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
	sha256_of(s->opened[s->n].sha256, envelope);
	for (size_t i = 0; i < signers.n; i++)
		ret->signers |= UINT64_C(1) << signers.at[i];
	return true;
}

bool statements_load_add(struct statements *s, struct str from, struct span envelope, struct err *e)
{
	struct quorum_statement one = { .from = arena_str(s->a, from) };
	struct str copy = arena_str(s->a, str_make((const char *)envelope.p, envelope.n));
	struct err why = { 0 };

	if (s->n + s->n_aside == QUORUM_STATEMENTS_MAX)
		return err_set(e, ERR_LIMIT, "more than %d statements", QUORUM_STATEMENTS_MAX);
	if (one.from.p && copy.p && open_one(&one, s, str_span(copy), &why)) {
		s->items[s->n++] = one;
		return true;
	}
	if (arena_failed(s->a))
		return arena_full(s->a, e);
	return set_aside(s, one.from, why.text, e);
}

static bool add_file(struct statements *s, const char *path, struct err *e)
{
	CLEANUP(buf_done) struct buf text = { 0 };

	if (file_read(AT_FDCWD, path, DSSE_SIZE_MAX, &text, e))
		return statements_load_add(s, str_of(path), buf_span(&text), e);
	if (e->kind != ERR_LIMIT || s->n + s->n_aside == QUORUM_STATEMENTS_MAX)
		return false;
	return set_aside(s, arena_str(s->a, str_of(path)), e->text, e);
}

static bool add_folder(struct statements *s, const char *path, struct err *e)
{
	char **names = NULL;
	size_t n = 0;
	bool ok = file_names(AT_FDCWD, path, &names, &n, e);

	for (size_t i = 0; ok && i < n; i++) {
		struct str file = arena_printf(s->a, "%s/%s", path, names[i]);

		if (!str_ends(str_of(names[i]), STATEMENTS_LOAD_SUFFIX))
			continue;
		ok = file.p ? add_file(s, file.p, e) : arena_full(s->a, e);
	}
	file_names_free(names, n);
	return ok;
}

bool statements_load_path(struct statements *s, const char *path, struct err *e)
{
	struct stat st;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return add_folder(s, path, e);
	return add_file(s, path, e);
}

bool statements_load_outcome(struct quorum_outcome *ret, const struct statements *s,
	const struct reference_values *v, const struct reference_shape *shape,
	struct statements_asked asked, struct err *e)
{
	struct quorum q;

	return quorum_take(&q, s->items, s->n, s->trust, asked.at_unix, s->a, e) &&
	       quorum_at_least(&q, &q, asked.at_least, s->a, e) &&
	       quorum_outcome_of(ret, &q, v, shape, s->a, e);
}
