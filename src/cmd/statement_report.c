#include "cmd/statement_report.h"

#include <stdio.h>

#include "base/hex.h"
#include "base/utc.h"
#include "cmd/line.h"
#include "base/banned.h"

enum { JSON_SIZE_MAX = 32 << 20, COLUMN = 12 };

/* ---- signatures ---- */

static bool write_line(
	struct str *ret, const struct statement_key *k, struct arena *a, struct err *e)
{
	CLEANUP(buf_done) struct buf text = buf_init(STATEMENT_KEY_TEXT_MAX);

	statement_key_write(&text, k);
	*ret = arena_str(a, buf_str(&text));
	return ret->p || arena_full(a, e);
}

/* The key that the hint of an envelope of ours is; the signature says whether it is true. */
static bool judge_by_hint(
	struct statement_signature *s, const struct dsse *one, struct arena *a, struct err *e)
{
	CLEANUP(statement_key_freep) struct statement_key *k = NULL;
	struct err no = { 0 };

	if (!statement_key_parse(&k, s->hint, &no))
		return true;
	s->state = dsse_check(one, k, &no) ? STATEMENT_SIGNATURE_HOLDS : STATEMENT_SIGNATURE_BAD;
	return write_line(&s->line, k, a, e);
}

static bool judge(struct statement_signature *s, const struct dsse *one,
	const struct statement_keys *keys, struct arena *a, struct err *e)
{
	size_t at[STATEMENT_KEYS_MAX], n = 0;

	s->hint = one->key_ids[0];
	if (!dsse_signers(at, &n, one, (const struct statement_key *const *)keys->keys, keys->n, e))
		return false;
	if (!n)
		return judge_by_hint(s, one, a, e);
	s->state = STATEMENT_SIGNATURE_COUNTS;
	s->name = keys->names[at[0]];
	s->operated_by = keys->operators[at[0]];
	return write_line(&s->line, keys->keys[at[0]], a, e);
}

bool statement_report_make(struct statement_report *ret, const struct statement_file *f,
	const struct statement_keys *keys, struct arena *a, struct err *e)
{
	struct statement_report r = { .file = f };

	for (size_t i = 0; i < f->dsse.n; i++) {
		struct dsse one = { .type = f->dsse.type, .payload = f->dsse.payload, .n = 1 };

		one.signatures[0] = f->dsse.signatures[i];
		one.key_ids[0] = f->dsse.key_ids[i];
		if (!judge(&r.signatures[i], &one, keys, a, e))
			return false;
		r.n_counting += r.signatures[i].state == STATEMENT_SIGNATURE_COUNTS;
		r.n_bad += r.signatures[i].state == STATEMENT_SIGNATURE_BAD;
	}
	*ret = r;
	return true;
}

/* ---- text ---- */

static void row(const char *what, struct str words)
{
	line_print(stdout, "%-*s %.*s", COLUMN, what, STR_ARG(words));
}

static void row_hex(const char *what, const uint8_t sha256[static SHA256_SIZE])
{
	char hex[2 * SHA256_SIZE + 1];

	hex_write(hex, sha256, SHA256_SIZE);
	row(what, str_of(hex));
}

static void row_digest(const char *what, const struct digest *d)
{
	char hex[2 * DIGEST_MAX + 1];

	digest_hex(d, hex);
	row(what, d->alg == DIGEST_NONE ? STR("not there") : str_of(hex));
}

static void print_verdict(const struct rebuild_claim *c)
{
	switch (c->verdict) {
	case REBUILD_CLAIM_IDENTICAL:
		line_print(stdout,
			"%-*s identical: %zu outputs and %zu register values are the published ones",
			COLUMN, "verdict", c->n_outputs, c->n_registers);
		return;
	case REBUILD_CLAIM_BUILT:
		row("verdict", STR("built: nothing was published to compare with"));
		return;
	case REBUILD_CLAIM_DIFFERS:
		line_print(stdout, "%-*s differs: first in %.*s", COLUMN, "verdict",
			STR_ARG(c->first));
		row_digest("  published", &c->first_published);
		row_digest("  rebuilt", &c->first_rebuilt);
		return;
	case REBUILD_CLAIM_FAILED:
		break;
	}
	line_print(stdout, "%-*s failed: at the %.*s: no image came of it", COLUMN, "verdict",
		STR_ARG(c->failed_at));
}

static void print_by(const struct rebuild_claim_by *by)
{
	char at[UTC_SIZE];

	utc_write(at, by->at_unix);
	line_print(stdout, "%-*s %.*s%s%.*s%s%s, by its own words", COLUMN, "by",
		STR_ARG(by->name.n ? by->name : STR("somebody without a name")),
		by->tool.n ? ", with " : "", STR_ARG(by->tool), by->has_time ? ", at " : "",
		by->has_time ? at : "");
	if (by->archive_verified)
		row("archives", STR("vouch for all packages"));
	else
		line_print(stdout, "%-*s do not vouch for all packages%s%.*s", COLUMN, "archives",
			by->archive_why.n ? ": " : "", STR_ARG(by->archive_why));
	if (by->why.n)
		row("why", by->why);
}

static void print_rebuild(const struct rebuild_claim *c)
{
	row("what", STR("a rebuild"));
	print_verdict(c);
	row_hex("result", c->result_sha256);
	if (c->has_manifest)
		row_hex("manifest", c->manifest_sha256);
	row_hex("description", c->description_sha256);
	row_hex("lock", c->lock_sha256);
	print_by(&c->by);
}

static void print_other(const struct statement *s)
{
	const char *known = NULL;

	if (str_is(s->predicate_type, STATEMENT_PROVENANCE))
		known = "how something was built (SLSA provenance)";
	else if (str_is(s->predicate_type, STATEMENT_SUMMARY))
		known = "what somebody verified (SLSA verification summary)";
	line_print(stdout, "%-*s %s%s%.*s%s", COLUMN, "what", known ? known : "not known here",
		known ? ", " : ": ", STR_ARG(s->predicate_type), known ? "" : "");
}

static void print_subjects(const struct statement *s)
{
	for (size_t i = 0; i < s->n_subjects; i++) {
		const struct statement_subject *v = &s->subjects[i];

		line_print(stdout, "%-*s %.*s", COLUMN, i ? "" : "about",
			STR_ARG(v->name.n ? v->name : STR("(no name)")));
		for (size_t k = 0; k < v->digest->n; k++)
			line_print(stdout, "%-*s   %.*s:%.*s", COLUMN, "",
				STR_ARG(v->digest->keys[k]), STR_ARG(v->digest->items[k].text));
	}
}

static void print_signature(const struct statement_signature *s)
{
	switch (s->state) {
	case STATEMENT_SIGNATURE_COUNTS:
		row("signed by", s->line);
		if (s->name.n)
			line_print(stdout, "%-*s   %.*s, operated by %.*s", COLUMN, "",
				STR_ARG(s->name), STR_ARG(s->operated_by));
		return;
	case STATEMENT_SIGNATURE_HOLDS:
		row("signed by", s->line);
		row("", STR("  the signature holds; whose key it is, nobody here says"));
		return;
	case STATEMENT_SIGNATURE_BAD:
		row("NOT BY", s->line);
		row("", STR("  it claims this key, and the signature does not hold"));
		return;
	case STATEMENT_SIGNATURE_UNKNOWN:
		break;
	}
	line_print(stdout, "%-*s a key that is not at hand%s%.*s%s", COLUMN, "unverified",
		s->hint.n ? " ('" : "", STR_ARG(s->hint), s->hint.n ? "')" : "");
}

void statement_report_text(const struct statement_report *r)
{
	const struct statement *s = &r->file->statement;

	if (s->rebuild)
		print_rebuild(s->rebuild);
	else
		print_other(s);
	print_subjects(s);
	for (size_t i = 0; i < r->file->dsse.n; i++)
		print_signature(&r->signatures[i]);
	if (!r->file->is_signed)
		row("signed by", STR("nobody: anyone may have written it"));
}

/* ---- JSON ---- */

static void put_str(struct json_out *w, const char *key, struct str s)
{
	if (s.n)
		json_put_str(w, key, s);
}

static void put_rebuild(struct json_out *w, const struct rebuild_claim *c)
{
	char at[UTC_SIZE];

	utc_write(at, c->by.at_unix);
	json_key(w, "rebuild");
	json_object(w);
	json_put_cstr(w, "verdict", rebuild_claim_verdict_name(c->verdict));
	json_put_hex(w, "result-sha256", span_make(c->result_sha256, SHA256_SIZE));
	json_key(w, "result");
	json_value(w, c->result_json);
	put_str(w, "by", c->by.name);
	put_str(w, "tool", c->by.tool);
	if (c->by.has_time)
		json_put_cstr(w, "at", at);
	json_put_bool(w, "archives-verified", c->by.archive_verified);
	put_str(w, "why", c->by.why);
	json_end_object(w);
}

static void put_subjects(struct json_out *w, const struct statement *s)
{
	json_key(w, "subjects");
	json_array(w);
	for (size_t i = 0; i < s->n_subjects; i++) {
		json_object(w);
		put_str(w, "name", s->subjects[i].name);
		json_key(w, "digest");
		json_value(w, s->subjects[i].digest);
		json_end_object(w);
	}
	json_end_array(w);
}

static void put_signatures(struct json_out *w, const struct statement_report *r)
{
	static const char *const states[] = {
		[STATEMENT_SIGNATURE_UNKNOWN] = "unverified",
		[STATEMENT_SIGNATURE_BAD] = "bad",
		[STATEMENT_SIGNATURE_HOLDS] = "holds",
		[STATEMENT_SIGNATURE_COUNTS] = "counts",
	};

	json_key(w, "signatures");
	json_array(w);
	for (size_t i = 0; i < r->file->dsse.n; i++) {
		const struct statement_signature *s = &r->signatures[i];

		json_object(w);
		json_put_cstr(w, "state", states[s->state]);
		put_str(w, "key", s->line);
		put_str(w, "name", s->name);
		put_str(w, "operator", s->operated_by);
		put_str(w, "keyid", s->hint);
		json_end_object(w);
	}
	json_end_array(w);
}

bool statement_report_json(const struct statement_report *r, struct err *e)
{
	const struct statement *s = &r->file->statement;
	CLEANUP(buf_done) struct buf text = buf_init(JSON_SIZE_MAX);
	struct json_out w = json_out_to(&text);

	json_object(&w);
	json_put_cstr(&w, "format", STATEMENT_REPORT_FORMAT);
	json_put_str(&w, "predicate-type", s->predicate_type);
	if (s->rebuild)
		put_rebuild(&w, s->rebuild);
	put_subjects(&w, s);
	json_put_bool(&w, "signed", r->file->is_signed);
	put_signatures(&w, r);
	json_end_object(&w);
	if (!buf_ok(&text))
		return buf_full(&text, "the report", e);
	return fwrite(text.p, 1, text.n, stdout) == text.n || err_os(e, "cannot write the report");
}
