#include "appraise/verdict.h"

#include "codec/base64.h"
#include "codec/json.h"
#include "base/banned.h"

/*
 * Which names the claims have: those of the drafts up to draft-ietf-rats-ear-00 and of the verifiers and libraries that are in
 * use. Later drafts spell them "ear_status" and have profiles of their own.
 */
#define EAR_PROFILE "tag:github.com,2023:veraison/ear"

static void put_text(struct json_out *w, const char *key, struct str s)
{
	if (s.n)
		json_put_str(w, key, s);
}

static void put_check(struct json_out *w, const struct check *c)
{
	json_object(w);
	json_put_cstr(w, "name", c->name);
	json_put_cstr(w, "result", check_result_name(c->result));
	json_put_str(w, "what", c->what);
	json_put_cstr(w, "claim", check_claim_name(c->claim));
	if (c->reg >= 0) {
		json_put_uint(w, "register", (uint64_t)c->reg);
		json_put_str(w, "bank", c->bank);
	}
	put_text(w, "want", c->want);
	put_text(w, "got", c->got);
	put_text(w, "whose", c->whose);
	put_text(w, "reason", c->reason);
	json_end_object(w);
}

/* A claim that is not made is left out, and so is a vector without any: the draft wants one with at least one member. */
static void put_vector(struct json_out *w, const struct verdict *v)
{
	size_t made = 0;

	for (unsigned i = 0; i < CHECK_CLAIMS; i++)
		made += v->claims[i].value != CHECK_NO_CLAIM;
	if (!made)
		return;
	json_key(w, "ear.trustworthiness-vector");
	json_object(w);
	for (unsigned i = 0; i < CHECK_CLAIMS; i++) {
		if (v->claims[i].value == CHECK_NO_CLAIM)
			continue;
		json_key(w, check_claim_name(i));
		json_int(w, v->claims[i].value);
	}
	json_end_object(w);
}

/* Of the image that was appraised against: the verifier has it from the reference values, which have it from a manifest. */
static void put_origins(struct json_out *w, const struct reference_values *v)
{
	if (!v || !v->has_origins)
		return;
	json_key(w, "origins");
	json_object(w);
	json_put_cstr(w, "as-says", "manifest");
	json_put_hex(w, "manifest-sha256", SPAN_OF(v->manifest_sha256));
	json_key(w, "bytes");
	json_object(w);
	origin_class_emit(w, &v->origins);
	json_end_object(w);
	json_end_object(w);
}

static void put_private(
	struct json_out *w, const struct verdict *v, const struct reference_values *values)
{
	json_object(w);
	json_put_cstr(w, "format", "assay.verdict/1");
	json_key(w, "claims");
	json_object(w);
	for (unsigned i = 0; i < CHECK_CLAIMS; i++)
		json_put_str(w, check_claim_name(i), v->claims[i].why);
	json_end_object(w);
	put_origins(w, values);
	json_key(w, "checks");
	json_array(w);
	for (size_t i = 0; i < v->checks.n; i++)
		put_check(w, &v->checks.items[i]);
	json_end_array(w);
	json_end_object(w);
}

static void put_submod(struct json_out *w, const struct verdict *v, const struct verdict_context *c)
{
	json_object(w);
	json_key_str(w, c->submod);
	json_object(w);
	json_put_cstr(w, "ear.status", verdict_status_name(v->status));
	put_vector(w, v);
	json_put_str(w, "ear.appraisal-policy-id", c->policy);
	json_key(w, "assay.verdict");
	put_private(w, v, c->values);
	json_end_object(w);
	json_end_object(w);
}

void verdict_emit(const struct verdict *v, const struct verdict_context *c, struct buf *out)
{
	CLEANUP(buf_done) struct buf nonce = buf_init(256);
	struct json_out w = json_out_to(out);

	json_object(&w);
	json_put_cstr(&w, "eat_profile", EAR_PROFILE);
	json_key(&w, "iat");
	json_int(&w, c->at_unix);
	if (c->nonce.n) {
		base64_add(&nonce, c->nonce, BASE64_URL);
		json_put_str(&w, "eat_nonce", buf_str(&nonce));
	}
	json_key(&w, "ear.verifier-id");
	json_object(&w);
	json_put_str(&w, "build", c->build);
	json_put_cstr(&w, "developer", "assay");
	json_end_object(&w);
	json_key(&w, "submods");
	put_submod(&w, v, c);
	json_end_object(&w);
}
