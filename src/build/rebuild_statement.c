#include "build/rebuild_statement.h"

#include "base/utc.h"
#include "codec/json.h"
#include "base/banned.h"

static void put_digest(struct json_out *w, const char *key, const struct digest *d)
{
	if (d->alg != DIGEST_NONE)
		json_put_hex(w, key, span_make(d->bytes, digest_size(d->alg)));
}

static void put_banks(
	struct json_out *w, const struct reference_shape *s, const struct reference_register *r)
{
	for (size_t b = 0; b < s->n_banks; b++)
		put_digest(w, digest_name(s->banks[b]), &r->values[b]);
}

/* ---- what it is about ---- */

static void put_subject(struct json_out *w, const char *name, const struct digest *d)
{
	json_object(w);
	json_put_cstr(w, "name", name);
	json_key(w, "digest");
	json_object(w);
	put_digest(w, digest_name(d->alg), d);
	json_end_object(w);
	json_end_object(w);
}

/* False when neither side has it. */
static bool put_artefact(struct json_out *w, const struct rebuild_artefact *a)
{
	const struct digest *d = a->published.alg != DIGEST_NONE ? &a->published : &a->rebuilt;

	if (d->alg == DIGEST_NONE)
		return false;
	put_subject(w, a->name, d);
	return true;
}

/* A statement is about something: where nothing was published and nothing was built, about the lock. */
static void put_lock(struct json_out *w, const struct rebuild_result *r)
{
	struct digest d = { .alg = DIGEST_SHA256 };

	memcpy(d.bytes, r->lock_sha256, SHA256_SIZE);
	put_subject(w, "assay.lock", &d);
}

static void put_register_subject(
	struct json_out *w, const struct reference_shape *s, const struct reference_register *r)
{
	CLEANUP(buf_done) struct buf name = buf_init(256);
	char word[PLATFORM_REGISTER_NAME_MAX];

	reference_register_name(word, s, r->reg);
	buf_printf(&name, "%.*s %s", STR_ARG(s->name), word);
	json_object(w);
	json_put_str(w, "name", buf_str(&name));
	json_key(w, "digest");
	json_object(w);
	put_banks(w, s, r);
	json_end_object(w);
	json_end_object(w);
}

void rebuild_statement_subjects(struct json_out *w, const struct rebuild_result *r)
{
	const struct reference_values *v = r->published.values ? r->published.values
							       : r->rebuilt.values;
	bool any = false;

	json_key(w, "subject");
	json_array(w);
	for (size_t i = 0; i < r->comparison->n_artefacts; i++)
		any |= put_artefact(w, &r->comparison->artefacts[i]);
	if (!any)
		put_lock(w, r);
	for (size_t i = 0; v && i < v->n_shapes; i++)
		for (size_t k = 0; k < v->shapes[i].n_registers; k++)
			if (rebuild_is_computed(&v->shapes[i].registers[k]))
				put_register_subject(w, &v->shapes[i], &v->shapes[i].registers[k]);
	json_end_array(w);
}

/* ---- result ---- */

static void put_first(struct json_out *w, const struct rebuild_comparison *c)
{
	if (!c->first.n)
		return;
	json_key(w, "first-difference");
	json_object(w);
	json_put_str(w, "artefact", c->first);
	put_digest(w, "published", &c->published);
	put_digest(w, "rebuilt", &c->rebuilt);
	json_end_object(w);
}

static void put_outputs(struct json_out *w, const struct rebuild_comparison *c)
{
	json_key(w, "outputs");
	json_array(w);
	for (size_t i = 0; i < c->n_artefacts; i++) {
		if (c->artefacts[i].rebuilt.alg == DIGEST_NONE)
			continue;
		json_object(w);
		json_put_cstr(w, "name", c->artefacts[i].name);
		put_digest(w, "sha256", &c->artefacts[i].rebuilt);
		json_end_object(w);
	}
	json_end_array(w);
}

static void put_registers(
	struct json_out *w, const char *key, const struct reference_values *v, bool computed)
{
	json_key(w, key);
	json_array(w);
	for (size_t i = 0; v && i < v->n_shapes; i++) {
		const struct reference_shape *s = &v->shapes[i];

		for (size_t k = 0; k < s->n_registers; k++) {
			const struct reference_register *r = &s->registers[k];

			if (r->how != (computed ? REFERENCE_COMPUTED : REFERENCE_OBSERVED))
				continue;
			json_object(w);
			json_put_str(w, "platform", s->name);
			json_put_uint(w, "register", r->reg);
			put_banks(w, s, r);
			json_end_object(w);
		}
	}
	json_end_array(w);
}

static void put_result(struct json_out *w, const struct rebuild_result *r)
{
	json_object(w);
	json_put_cstr(w, "verdict", rebuild_verdict_name(r->comparison->verdict));
	if (r->failed_at)
		json_put_cstr(w, "failed-at", r->failed_at);
	put_first(w, r->comparison);
	json_put_hex(w, "description-sha256", span_make(r->description_sha256, SHA256_SIZE));
	json_put_hex(w, "lock-sha256", span_make(r->lock_sha256, SHA256_SIZE));
	if (r->published.manifest)
		json_put_hex(w, "published-manifest-sha256",
			span_make(r->published.manifest_sha256, SHA256_SIZE));
	put_outputs(w, r->comparison);
	put_registers(w, "registers", r->rebuilt.values, true);
	if (r->values_sha256)
		json_put_hex(w, "computed-values-sha256", span_make(r->values_sha256, SHA256_SIZE));
	json_end_object(w);
}

/* ---- by ---- */

static void put_cstr(struct json_out *w, const char *key, const char *s)
{
	if (s)
		json_put_cstr(w, key, s);
}

static void put_variations(struct json_out *w, const struct rebuild_by *by)
{
	json_key(w, "variations");
	json_object(w);
	put_cstr(w, "kernel", by->kernel);
	put_cstr(w, "processor", by->processor);
	json_put_uint(w, "processors", by->n_processors);
	json_put_bool(w, "root", by->as_root);
	json_end_object(w);
}

static void put_by(struct json_out *w, const struct rebuild_result *r, const struct rebuild_by *by)
{
	char at[UTC_SIZE];

	utc_write(at, by->at_unix);
	json_object(w);
	put_cstr(w, "name", by->name);
	json_key(w, "tool");
	json_object(w);
	json_put_cstr(w, "version", by->tool);
	json_put_hex(w, "sha256", span_make(by->tool_sha256, SHA256_SIZE));
	json_end_object(w);
	json_put_cstr(w, "at", at);
	json_key(w, "archive-membership");
	json_object(w);
	json_put_cstr(w, "verdict", by->chain_verified ? "verified" : "not");
	put_cstr(w, "why", by->chain_why);
	json_end_object(w);
	put_cstr(w, "why", by->why);
	json_put_uint(w, "components-made", by->n_components_made);
	put_registers(w, "observed", r->rebuilt.values, false);
	put_variations(w, by);
	json_end_object(w);
}

bool rebuild_statement_result(const struct rebuild_result *r, struct buf *out,
	uint8_t sha256[static SHA256_SIZE], struct err *e)
{
	struct json_out w = json_out_to(out);

	put_result(&w, r);
	if (!buf_ok(out))
		return buf_full(out, "the result of a rebuild", e);
	sha256_of(sha256, buf_span(out));
	return true;
}

bool rebuild_statement_emit(
	const struct rebuild_result *r, const struct rebuild_by *by, struct buf *out, struct err *e)
{
	struct json_out w = json_out_to(out);

	json_object(&w);
	json_put_cstr(&w, "_type", STATEMENT_TYPE);
	rebuild_statement_subjects(&w, r);
	json_put_cstr(&w, "predicateType", REBUILD_CLAIM_TYPE);
	json_key(&w, "predicate");
	json_object(&w);
	json_put_cstr(&w, "format", REBUILD_CLAIM_FORMAT);
	json_key(&w, "result");
	put_result(&w, r);
	json_key(&w, "by");
	put_by(&w, r, by);
	json_end_object(&w);
	json_end_object(&w);
	return buf_ok(out) || buf_full(out, "the statement", e);
}
