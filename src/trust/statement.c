#include "trust/statement.h"

#include "base/hex.h"
#include "base/banned.h"

enum { ALG_NAME_MAX = 64, DIGEST_TEXT_MAX = 1024 };

/* ---- subjects ---- */

/* Of algorithms that are known here a digest has its length, in lower-case hex; others are text. */
static bool check_digest(struct str alg, const struct json *v, struct err *e)
{
	enum digest_alg known = digest_from_name(alg);
	uint8_t bytes[DIGEST_MAX];

	if (!alg.n || alg.n > ALG_NAME_MAX || v->kind != JSON_STRING || !v->text.n ||
		v->text.n > DIGEST_TEXT_MAX ||
		(known != DIGEST_NONE && !hex_read(v->text, bytes, digest_size(known))))
		return err_set(e, ERR_FORMAT, "line %zu: '%.*s' is no digest of that name", v->line,
			STR_ARG(alg));
	return true;
}

static bool read_subject(struct statement_subject *s, const struct json *v, struct err *e)
{
	if (v->kind != JSON_OBJECT)
		return err_set(
			e, ERR_FORMAT, "line %zu: a subject must have named members", v->line);
	if (json_get(v, "name") && !json_get_str(v, "name", &s->name, e))
		return false;
	if (!json_get_object(v, "digest", &s->digest, e))
		return false;
	if (!s->digest->n)
		return err_set(e, ERR_FORMAT, "line %zu: a subject without a digest", v->line);
	for (size_t i = 0; i < s->digest->n; i++)
		if (!check_digest(s->digest->keys[i], &s->digest->items[i], e))
			return false;
	return true;
}

static bool read_subjects(struct statement *s, const struct json *v, struct arena *a, struct err *e)
{
	struct statement_subject *list;
	const struct json *subjects = NULL;

	if (!json_get_array(v, "subject", &subjects, e))
		return false;
	list = ARENA_ARRAY(a, subjects->n, struct statement_subject);
	if (!list)
		return arena_full(a, e);
	for (size_t i = 0; i < subjects->n; i++)
		if (!read_subject(&list[i], &subjects->items[i], e))
			return err_wrap(e, "subject %zu", i + 1);
	s->subjects = list;
	s->n_subjects = subjects->n;
	return true;
}

/* ---- the statement of a rebuild ---- */

static bool subject_has(const struct statement_subject *s, const struct digest *d)
{
	const struct json *v = json_get(s->digest, digest_name(d->alg));
	uint8_t bytes[DIGEST_MAX];

	return v && hex_read(v->text, bytes, digest_size(d->alg)) &&
	       ct_equal(bytes, d->bytes, digest_size(d->alg));
}

static bool subject_is_output(
	const struct statement_subject *s, const struct rebuild_claim_output *o)
{
	struct digest d = { .alg = DIGEST_SHA256 };

	memcpy(d.bytes, o->sha256, SHA256_SIZE);
	return str_equal(s->name, o->name) && s->digest->n == 1 && subject_has(s, &d);
}

static bool subject_is_register(
	const struct statement_subject *s, const struct rebuild_claim_register *r)
{
	size_t n = r->platform.n;
	bool ok = s->name.n > n && s->name.p[n] == ' ' && s->digest->n == r->n_banks &&
		  str_equal(str_make(s->name.p, n), r->platform);

	for (size_t i = 0; ok && i < r->n_banks; i++)
		ok = subject_has(s, &r->banks[i]);
	return ok;
}

/*
 * Where all that was published is what was built, or nothing was published, the subjects are the outputs and then the registers: a
 * statement about something else than its own result is none.
 */
static bool check_subjects(const struct statement *s, const struct rebuild_claim *c, struct err *e)
{
	bool ok = s->n_subjects == c->n_outputs + c->n_registers;

	if (c->verdict != REBUILD_CLAIM_IDENTICAL && c->verdict != REBUILD_CLAIM_BUILT)
		return true;
	for (size_t i = 0; ok && i < s->n_subjects; i++)
		ok = i < c->n_outputs ? subject_is_output(&s->subjects[i], &c->outputs[i])
				      : subject_is_register(
						&s->subjects[i], &c->registers[i - c->n_outputs]);
	return ok || err_set(e, ERR_FORMAT,
			     "the subjects are not the outputs and registers of the result");
}

static bool read_rebuild(struct statement *s, const struct json *v, struct arena *a, struct err *e)
{
	static const char *const keys[] = { "_type", "subject", "predicateType", "predicate",
		NULL };
	static const char *const subject_keys[] = { "name", "digest", NULL };
	const struct json *subjects = json_get(v, "subject");
	struct rebuild_claim *c = ARENA_NEW(a, struct rebuild_claim);

	if (!c)
		return arena_full(a, e);
	if (!json_only(v, "the statement of a rebuild", keys, e))
		return false;
	for (size_t i = 0; i < subjects->n; i++)
		if (!json_only(&subjects->items[i], "a subject of a rebuild", subject_keys, e))
			return false;
	if (!rebuild_claim_parse(c, s->predicate, a, e) || !check_subjects(s, c, e))
		return false;
	s->rebuild = c;
	return true;
}

/* ---- all ---- */

static bool read_members(struct statement *s, const struct json *v, struct arena *a, struct err *e)
{
	struct str type = { 0 };

	if (!json_get_str(v, "_type", &type, e))
		return false;
	if (!str_is(type, STATEMENT_TYPE))
		return err_set(
			e, ERR_FORMAT, "_type is '%.*s', want " STATEMENT_TYPE, STR_ARG(type));
	if (!read_subjects(s, v, a, e) ||
		!json_get_str(v, "predicateType", &s->predicate_type, e) ||
		!json_get_object(v, "predicate", &s->predicate, e))
		return false;
	if (!s->predicate_type.n)
		return err_set(e, ERR_FORMAT, "predicateType is empty");
	if (!s->n_subjects)
		return err_set(e, ERR_FORMAT, "a statement about nothing: no subject");
	return !str_is(s->predicate_type, REBUILD_CLAIM_TYPE) || read_rebuild(s, v, a, e);
}

bool statement_parse(struct statement *ret, struct span payload, struct arena *a, struct err *e)
{
	struct json *v = ARENA_NEW(a, struct json);
	struct statement s = { 0 };

	if (payload.n > STATEMENT_SIZE_MAX)
		return err_set(e, ERR_LIMIT, "statement is %zu bytes, limit %d", payload.n,
			STATEMENT_SIZE_MAX);
	if (!v)
		return arena_full(a, e);
	if (!json_parse(v, payload, a, e) || !read_members(&s, v, a, e))
		return err_wrap(e, "statement");
	*ret = s;
	return true;
}

/* ---- envelopes ---- */

static bool read_envelope(struct dsse *d, struct span json, struct arena *a, struct err *e)
{
	if (!dsse_parse(d, json, a, e))
		return false;
	return str_is(d->type, STATEMENT_PAYLOAD_TYPE) ||
	       err_set(e, ERR_FORMAT, "envelope: payloadType is '%.*s', want %s", STR_ARG(d->type),
		       STATEMENT_PAYLOAD_TYPE);
}

bool statement_envelope_parse(
	struct statement_envelope *ret, struct span json, struct arena *a, struct err *e)
{
	struct statement_envelope v = { 0 };

	if (!read_envelope(&v.dsse, json, a, e) ||
		!statement_parse(&v.statement, v.dsse.payload, a, e))
		return false;
	*ret = v;
	return true;
}

bool statement_open(struct statement *ret, struct statement_signers *who, struct span envelope,
	const struct statement_key *const *keys, size_t n_keys, struct arena *a, struct err *e)
{
	struct statement_signers signers = { 0 };
	struct dsse d;

	if (n_keys > STATEMENT_KEYS_MAX)
		return err_set(e, ERR_USAGE, "%zu keys, limit %d", n_keys, STATEMENT_KEYS_MAX);
	if (!read_envelope(&d, envelope, a, e) ||
		!dsse_signers(signers.at, &signers.n, &d, keys, n_keys, e))
		return false;
	if (!signers.n)
		return err_set(e, ERR_SIGNATURE,
			"none of its %zu signatures is by one of the %zu keys that count", d.n,
			n_keys);
	if (!statement_parse(ret, d.payload, a, e))
		return false;
	*who = signers;
	return true;
}

bool statement_is_about(const struct statement *s, const uint8_t sha256[static SHA256_SIZE])
{
	struct digest d = { .alg = DIGEST_SHA256 };

	memcpy(d.bytes, sha256, SHA256_SIZE);
	for (size_t i = 0; i < s->n_subjects; i++)
		if (subject_has(&s->subjects[i], &d))
			return true;
	return false;
}
