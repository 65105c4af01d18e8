#include "trust/slsa_summary.h"

#include "base/utc.h"
#include "base/banned.h"

static bool check(const struct slsa_summary *s, struct err *e)
{
	if (!s->n_inputs || s->n_inputs > SLSA_SUMMARY_INPUTS_MAX)
		return err_set(e, ERR_USAGE, "a summary of %zu statements, want 1 to %d",
			s->n_inputs, SLSA_SUMMARY_INPUTS_MAX);
	if (!s->verifier.n || !s->resource_uri.n || (!s->policy_uri.n && !s->policy_sha256))
		return err_set(
			e, ERR_USAGE, "a summary without who verified, what, or by which policy");
	for (size_t i = 0; i < s->n_inputs; i++)
		if (!s->inputs[i].statement->rebuild)
			return err_set(
				e, ERR_USAGE, "statement %zu is not one of a rebuild", i + 1);
	return true;
}

/* All of them the same, to the byte, and the same as what was published. */
static bool agree(const struct slsa_summary *s)
{
	const struct rebuild_claim *first = s->inputs[0].statement->rebuild;

	for (size_t i = 0; i < s->n_inputs; i++) {
		const struct rebuild_claim *c = s->inputs[i].statement->rebuild;

		if (c->verdict != REBUILD_CLAIM_IDENTICAL || !span_equal(c->result, first->result))
			return false;
	}
	return true;
}

/* One without a name counts for nobody. */
static size_t count_operators(const struct slsa_summary *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_inputs; i++) {
		bool seen = !s->inputs[i].operated_by.n;

		for (size_t k = 0; k < i; k++)
			seen |= str_equal(s->inputs[i].operated_by, s->inputs[k].operated_by);
		n += !seen;
	}
	return n;
}

static void put_sha256(struct json_out *w, const uint8_t *sha256)
{
	json_key(w, "digest");
	json_object(w);
	json_put_hex(w, "sha256", span_make(sha256, SHA256_SIZE));
	json_end_object(w);
}

static void put_resource(struct json_out *w, struct str uri, const uint8_t *sha256)
{
	json_object(w);
	if (uri.n)
		json_put_str(w, "uri", uri);
	if (sha256)
		put_sha256(w, sha256);
	json_end_object(w);
}

static void put_subjects(struct json_out *w, const struct statement *s)
{
	json_key(w, "subject");
	json_array(w);
	for (size_t i = 0; i < s->n_subjects; i++) {
		json_object(w);
		json_put_str(w, "name", s->subjects[i].name);
		json_key(w, "digest");
		json_value(w, s->subjects[i].digest);
		json_end_object(w);
	}
	json_end_array(w);
}

static void put_predicate(struct json_out *w, const struct slsa_summary *s, bool passed)
{
	char at[UTC_SIZE];

	utc_write(at, s->at_unix);
	json_object(w);
	json_key(w, "verifier");
	json_object(w);
	json_put_str(w, "id", s->verifier);
	json_end_object(w);
	if (s->at_unix)
		json_put_cstr(w, "timeVerified", at);
	json_put_str(w, "resourceUri", s->resource_uri);
	json_key(w, "policy");
	put_resource(w, s->policy_uri, s->policy_sha256);
	json_key(w, "inputAttestations");
	json_array(w);
	for (size_t i = 0; i < s->n_inputs; i++)
		put_resource(w, s->inputs[i].uri, s->inputs[i].sha256);
	json_end_array(w);
	json_put_cstr(w, "verificationResult", passed ? "PASSED" : "FAILED");
	json_key(w, "verifiedLevels");
	json_array(w);
	if (passed)
		json_cstr(w, SLSA_SUMMARY_REPRODUCED);
	json_end_array(w);
	json_end_object(w);
}

bool slsa_summary_emit(struct buf *out, bool *passed, const struct slsa_summary *s, struct err *e)
{
	size_t needed = s->needed > SLSA_SUMMARY_OPERATORS_MIN ? s->needed
							       : SLSA_SUMMARY_OPERATORS_MIN;
	struct json_out w = json_out_to(out);
	bool yes;

	if (!check(s, e))
		return false;
	yes = agree(s) && count_operators(s) >= needed;
	json_object(&w);
	json_put_cstr(&w, "_type", STATEMENT_TYPE);
	put_subjects(&w, s->inputs[0].statement);
	json_put_cstr(&w, "predicateType", STATEMENT_SUMMARY);
	json_key(&w, "predicate");
	put_predicate(&w, s, yes);
	json_end_object(&w);
	if (!buf_ok(out))
		return buf_full(out, "the summary", e);
	*passed = yes;
	return true;
}
