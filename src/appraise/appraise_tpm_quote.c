#include "appraise/appraise_fresh.h"
#include "appraise/appraise_tpm_inside.h"
#include "base/banned.h"

struct signed_by_tpm {
	struct appraise_work *w;
	struct span extra_data; /* empty without a quote */
};

static bool signature_holds(struct appraise_tpm_state *s, struct err *e)
{
	CLEANUP(public_key_freep) struct public_key *key = NULL;
	struct tpm_signature sig;

	if (!s->ak_parsed || !s->scheme_known)
		return err_set(e, ERR_SIGNATURE, "there is no usable attestation key");
	return tpm_signature_parse(&sig, s->w.in->bundle->signature, e) &&
	       public_key_of_tpm(&key, &s->ak, e) &&
	       signature_verify_tpm(key, s->scheme, s->w.in->bundle->quote, &sig, e);
}

static void check_signature(struct appraise_tpm_state *s)
{
	struct err e = { 0 };
	bool ok = signature_holds(s, &e);

	appraise_test(&s->w,
		(struct check){ .name = "signature",
			.what = STR("the quote is signed by the attestation key"),
			.whose = STR("evidence"),
			.fail_value = CHECK_CRYPTO_FAILED },
		ok, &e);
}

static void check_qualifying_data(struct appraise_tpm_state *s)
{
	struct digest want = { 0 };
	struct err e = { 0 };
	bool ok = binding_digest(&want, DIGEST_SHA256, &s->w.in->bundle->binding, &e);

	if (ok && !(s->quote.extra_data.n == SHA256_SIZE &&
			  ct_equal(s->quote.extra_data.p, want.bytes, SHA256_SIZE)))
		ok = err_set(&e, ERR_MISMATCH,
			"the signed extraData is not the digest of role, nonce, secret and channel");
	appraise_test(&s->w,
		(struct check){ .name = "qualifying-data",
			.what = STR("what the evidence is bound to is what the TPM signed"),
			.want = appraise_hex(&s->w, span_make(want.bytes, SHA256_SIZE)),
			.got = appraise_hex(&s->w, s->quote.extra_data),
			.whose = STR("doc/protocol.md"),
			.fail_value = CHECK_CRYPTO_FAILED },
		ok, &e);
}

static void check_role(struct appraise_tpm_state *s)
{
	static const uint8_t plain[SHA256_SIZE];
	const struct binding *b = &s->w.in->bundle->binding;
	struct err e = { 0 };
	bool ok = str_is(b->role, "attester") ||
		  err_set(&e, ERR_MISMATCH,
			  "evidence that was made in another role is not this machine's answer");

	if (ok && !ct_equal(b->channel, plain, sizeof plain))
		ok = err_set(&e, ERR_MISMATCH,
			"the evidence is bound to a channel that this verifier did not see");
	appraise_test(&s->w,
		(struct check){ .name = "role",
			.what = STR("the evidence was made by an attester over plain HTTP"),
			.want = STR("attester"),
			.got = b->role,
			.whose = STR("doc/protocol.md"),
			.fail_value = CHECK_CONTRAINDICATED },
		ok, &e);
}

static bool quote_carries(const void *of, struct check *c, struct span want, struct err *e)
{
	const struct signed_by_tpm *by = of;

	c->got = appraise_hex(by->w, by->extra_data);
	return (by->extra_data.n && span_equal(by->extra_data, want)) ||
	       err_set(e, ERR_MISMATCH, "the quote carries other data");
}

static void check_answers(struct appraise_tpm_state *s)
{
	const struct signed_by_tpm quote = { &s->w,
		s->quote_parsed ? s->quote.extra_data : span_make(NULL, 0) };

	appraise_fresh_answers(
		&s->w, &(struct appraise_carrier){
			       .carries = quote_carries, .of = &quote, .bound = true });
}

/* Freshness comes from the nonce; the clock is looked at only where the policy asks for it. */
static void check_clock(struct appraise_tpm_state *s)
{
	const struct tpm_quote *q = &s->quote;
	struct check c = { .name = "clock",
		.what = STR(
			"the TPM says that its clock is not behind a value that it reported before"),
		.want = STR("safe"),
		.got = arena_printf(s->w.a, "%s, %llu ms, %u resets, %u restarts",
			q->clock_safe ? "safe" : "not safe", (unsigned long long)q->clock_ms,
			q->reset_count, q->restart_count),
		.whose = STR("policy"),
		.claim = CHECK_CONFIGURATION,
		.fail_value = CHECK_UNSAFE };
	struct err e = { 0 };

	if (!s->w.in->policy->safe_clock) {
		c.result = CHECK_NOT_APPLICABLE;
		c.reason = STR(
			"nothing here relies on the TPM's clock, and the policy does not ask for it");
		appraise_note(&s->w, c);
		return;
	}
	if (!q->clock_safe)
		err_set(&e, ERR_MISMATCH,
			"the TPM does not say so: since an unclean shutdown its clock may be behind such a value");
	appraise_test(&s->w, c, q->clock_safe, &e);
}

void appraise_tpm_quote_signed(struct appraise_tpm_state *s)
{
	struct err e = { 0 };

	s->quote_parsed = tpm_quote_parse(&s->quote, s->w.in->bundle->quote, &e);
	appraise_test(&s->w,
		(struct check){ .name = "quote-structure",
			.what = STR("the signed structure is a quote made by a TPM"),
			.want = STR("magic ff544347, type 8018"),
			.whose = STR("TPM 2.0 Part 2, section 10.12.8"),
			.fail_value = CHECK_CRYPTO_FAILED },
		s->quote_parsed, &e);
	check_signature(s);
}

void appraise_tpm_quote_bound(struct appraise_tpm_state *s)
{
	check_role(s);
	check_answers(s);
	if (s->quote_parsed)
		check_qualifying_data(s);
}

void appraise_tpm_quote_state(struct appraise_tpm_state *s)
{
	if (s->quote_parsed)
		check_clock(s);
}
