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

/* Whole; of hardware that has a field of a fixed length for it, with zeroes behind it. */
static bool data_is(
	const struct appraise_work *w, struct span signed_data, struct span want, struct err *e)
{
	bool padded = w->in->bundle->kind != BUNDLE_NITRO;
	uint8_t all = 0;

	if (want.n > signed_data.n || !want.n || (!padded && want.n != signed_data.n))
		return err_set(e, ERR_MISMATCH,
			"not fresh: what the evidence carries is %zu bytes, want %zu",
			signed_data.n, want.n);
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

/* What the caller knows that hardware must have signed counts whatever the evidence is bound to; so does a nonce. */
static bool is_fresh(
	struct appraise_work *w, struct check *c, struct span signed_data, struct err *e)
{
	const struct appraise_in *in = w->in;
	const struct bundle *b = in->bundle;
	struct span nonce = span_make(in->nonce, BINDING_NONCE_SIZE);

	if (in->report_data.p) {
		c->want = appraise_hex(w, in->report_data);
		c->got = appraise_hex(w, signed_data);
		if (!data_is(w, signed_data, in->report_data, e))
			return false;
	}
	if (!in->nonce)
		return in->report_data.p ||
		       err_set(e, ERR_NOTFOUND,
			       b->has_binding
				       ? "not fresh: no nonce was given, and the policy does not say archive"
				       : "not fresh: nothing was given that it must carry, and the policy does not say archive");
	c->want = appraise_hex(w, nonce);
	c->got = appraise_hex(w, b->has_binding ? SPAN_OF(b->binding.nonce) : signed_data);
	if (!b->has_binding)
		return data_is(w, signed_data, nonce, e);
	return ct_equal(b->binding.nonce, in->nonce, BINDING_NONCE_SIZE) ||
	       err_set(e, ERR_MISMATCH, "not fresh: the evidence answers another nonce");
}

void appraise_fresh(struct appraise_work *w, struct span signed_data, const char *field)
{
	const struct bundle *b = w->in->bundle;
	struct check c = { .name = "nonce",
		.what = STR("the evidence is fresh: it answers this verifier's nonce"),
		.got = appraise_hex(w, b->has_binding ? SPAN_OF(b->binding.nonce) : signed_data),
		.whose = STR("this verifier"),
		.fail_value = CHECK_CONTRAINDICATED };
	struct err e = { 0 };
	bool ok;

	check_binding(w, signed_data, field);
	if (!w->in->nonce && !w->in->report_data.p && w->in->policy->freshness == POLICY_ARCHIVE) {
		appraise_skip(w, c, STR("the policy says archive: the evidence may be of any age"));
		return;
	}
	ok = is_fresh(w, &c, signed_data, &e);
	appraise_test(w, c, ok, &e);
}
