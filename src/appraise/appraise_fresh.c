#include "appraise/appraise_work.h"
#include "base/banned.h"

/* Whether hardware signed what the bundle's binding says, and that is an attester's answer over plain HTTP. */
static bool binding_holds(
	const struct appraise_work *w, struct span signed_data, struct digest *want, struct err *e)
{
	static const uint8_t plain[SHA256_SIZE];
	const struct binding *b = &w->in->bundle->binding;

	if (!binding_digest(want, DIGEST_SHA512, b, e))
		return false;
	if (!str_is(b->role, "attester"))
		return err_set(e, ERR_MISMATCH,
			"evidence that was made in another role is not this machine's answer");
	if (!ct_equal(b->channel, plain, sizeof plain))
		return err_set(e, ERR_MISMATCH,
			"the evidence is bound to a channel that this verifier did not see");
	return (signed_data.n == digest_size(DIGEST_SHA512) &&
		       ct_equal(signed_data.p, want->bytes, signed_data.n)) ||
	       err_set(e, ERR_MISMATCH,
		       "what is signed is not the digest of role, nonce, secret and channel");
}

/* Whole, with zeroes behind it: hardware has fields of a fixed length. */
static bool data_is(struct span signed_data, struct span want, struct err *e)
{
	uint8_t all = 0;

	if (want.n > signed_data.n || !want.n)
		return err_set(e, ERR_MISMATCH, "it is %zu bytes, want %zu", signed_data.n, want.n);
	for (size_t i = want.n; i < signed_data.n; i++)
		all |= signed_data.p[i];
	return (all == 0 && ct_equal(signed_data.p, want.p, want.n)) ||
	       err_set(e, ERR_MISMATCH, "not fresh: the evidence carries other data");
}

static void check_binding(struct appraise_work *w, struct span signed_data, const char *field)
{
	struct check c = { .name = "binding",
		.what = arena_printf(
			w->a, "what the evidence is bound to is what stands in %s", field),
		.got = appraise_hex(w, signed_data),
		.whose = STR("doc/protocol.md"),
		.fail_value = CHECK_CRYPTO_FAILED };
	struct digest want = { 0 };
	struct err e = { 0 };
	bool ok;

	if (!w->in->bundle->has_binding) {
		appraise_skip(
			w, c, STR("the evidence was made by another tool: it has no binding"));
		return;
	}
	ok = binding_holds(w, signed_data, &want, &e);
	c.want = appraise_hex(w, span_make(want.bytes, digest_size(DIGEST_SHA512)));
	appraise_test(w, c, ok, &e);
}

/* For evidence that is not bound in this project's way: the caller knows what must be signed. */
static bool foreign_is_fresh(
	struct appraise_work *w, struct check *c, struct span signed_data, struct err *e)
{
	struct span want = w->in->report_data;

	if (!want.p && w->in->nonce)
		want = span_make(w->in->nonce, BINDING_NONCE_SIZE);
	if (!want.p)
		return err_set(e, ERR_NOTFOUND,
			"not fresh: nothing was given that it must carry, and the policy does not say archive");
	c->want = appraise_hex(w, want);
	return data_is(signed_data, want, e);
}

void appraise_fresh(struct appraise_work *w, struct span signed_data, const char *field)
{
	const struct bundle *b = w->in->bundle;
	bool told = w->in->nonce || (!b->has_binding && w->in->report_data.p), ok;
	struct check c = { .name = "nonce",
		.what = STR("the evidence is fresh: it answers this verifier's nonce"),
		.got = appraise_hex(w, b->has_binding ? SPAN_OF(b->binding.nonce) : signed_data),
		.whose = STR("this verifier"),
		.fail_value = CHECK_CONTRAINDICATED };
	struct err e = { 0 };

	check_binding(w, signed_data, field);
	if (!told && w->in->policy->freshness == POLICY_ARCHIVE) {
		appraise_skip(w, c, STR("the policy says archive: the evidence may be of any age"));
		return;
	}
	if (!b->has_binding) {
		ok = foreign_is_fresh(w, &c, signed_data, &e);
	} else if (w->in->nonce) {
		c.want = appraise_hex(w, span_make(w->in->nonce, BINDING_NONCE_SIZE));
		ok = ct_equal(b->binding.nonce, w->in->nonce, BINDING_NONCE_SIZE) ||
		     err_set(&e, ERR_MISMATCH, "not fresh: the evidence answers another nonce");
	} else {
		ok = err_set(&e, ERR_NOTFOUND,
			"not fresh: no nonce was given, and the policy does not say archive");
	}
	appraise_test(w, c, ok, &e);
}
