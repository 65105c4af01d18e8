#include "appraise/appraise_fresh.h"

#include "base/banned.h"

enum { CHALLENGE_MIN = 8 }; /* bytes; of an EAR's eat_nonce as well */

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

/* The field of report data. */
struct signed_field {
	struct appraise_work *w;
	struct span data;
};

/* Whole; of hardware that has a field of a fixed length for it, with zeroes behind it. */
static bool field_carries(const void *of, struct check *c, struct span want, struct err *e)
{
	const struct signed_field *f = of;
	bool padded = f->w->in->bundle->kind != BUNDLE_NITRO;

	c->got = appraise_hex(f->w, f->data);
	if (want.n > f->data.n || (!padded && want.n != f->data.n))
		return err_set(e, ERR_MISMATCH, "what the evidence carries is %zu bytes, want %zu",
			f->data.n, want.n);
	return (span_is_zero(span_make(f->data.p + want.n, f->data.n - want.n)) &&
		       ct_equal(f->data.p, want.p, want.n)) ||
	       err_set(e, ERR_MISMATCH, "the evidence carries other data");
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

struct check appraise_fresh_report_data(void)
{
	return (struct check){ .name = "report-data",
		.what = STR("the evidence carries the data that the caller gave"),
		.whose = STR("this verifier"),
		.fail_value = CHECK_CONTRAINDICATED };
}

struct check appraise_fresh_nonce(void)
{
	return (struct check){ .name = "nonce",
		.what = STR("the evidence is fresh: it answers this verifier's nonce"),
		.whose = STR("this verifier"),
		.fail_value = CHECK_CONTRAINDICATED };
}

static bool is_carried(struct appraise_work *w, const struct appraise_carrier *by, struct check *c,
	struct span want, struct err *e)
{
	c->want = appraise_hex(w, want);
	if (span_is_zero(want))
		return err_set(e, ERR_NOTFOUND,
			"zeroes are no data: hardware reports them when nobody asked for anything");
	return by->carries(by->of, c, want, e);
}

static void check_report_data(struct appraise_work *w, const struct appraise_carrier *by)
{
	struct check c = appraise_fresh_report_data();
	struct err e = { 0 };
	bool ok;

	if (!w->in->report_data.p) {
		appraise_skip(w, c, STR("the caller gave none"));
		return;
	}
	ok = is_carried(w, by, &c, w->in->report_data, &e);
	appraise_test(w, c, ok, &e);
}

static bool is_challenged(const struct appraise_in *in)
{
	return in->report_data.p && in->report_data_is_fresh;
}

static bool has_no_age(const struct appraise_in *in, struct err *e)
{
	if (in->report_data.p)
		return err_set(e, ERR_NOTFOUND,
			"not fresh: older evidence carries this data as well. Give a nonce, or say that the data was made for this exchange (--report-data-is-fresh)");
	return err_set(e, ERR_NOTFOUND,
		in->bundle->has_binding
			? "not fresh: no nonce was given, and the policy does not say archive"
			: "not fresh: nothing was given that it must carry, and the policy does not say archive");
}

static bool answers_binding(struct appraise_work *w, struct check *c, struct err *e)
{
	const struct appraise_in *in = w->in;

	c->want = appraise_hex(w, span_make(in->nonce, BINDING_NONCE_SIZE));
	if (span_is_zero(span_make(in->nonce, BINDING_NONCE_SIZE)))
		return err_set(e, ERR_NOTFOUND, "not fresh: zeroes are no nonce");
	return ct_equal(in->bundle->binding.nonce, in->nonce, BINDING_NONCE_SIZE) ||
	       err_set(e, ERR_MISMATCH, "not fresh: the evidence answers another nonce");
}

static bool is_fresh(
	struct appraise_work *w, const struct appraise_carrier *by, struct check *c, struct err *e)
{
	const struct appraise_in *in = w->in;
	struct span want = in->report_data;

	if (by->bound)
		c->got = appraise_hex(w, SPAN_OF(in->bundle->binding.nonce));
	if (in->nonce && by->bound)
		return answers_binding(w, c, e);
	if (!in->nonce && !is_challenged(in))
		return has_no_age(in, e);
	if (in->nonce)
		want = span_make(in->nonce, BINDING_NONCE_SIZE);
	else
		c->what = STR("the evidence is fresh: it carries data that the caller says is new");
	if (!is_carried(w, by, c, want, e))
		return err_wrap(e, "not fresh");
	return want.n >= CHALLENGE_MIN ||
	       err_set(e, ERR_NOTFOUND,
		       "not fresh: %zu bytes can be guessed, a challenge has %d or more", want.n,
		       CHALLENGE_MIN);
}

static void check_nonce(struct appraise_work *w, const struct appraise_carrier *by)
{
	struct check c = appraise_fresh_nonce();
	struct err e = { 0 };
	bool ok;

	if (!w->in->nonce && !is_challenged(w->in) && w->in->policy->freshness == POLICY_ARCHIVE) {
		appraise_skip(w, c, STR("the policy says archive: the evidence may be of any age"));
		return;
	}
	ok = is_fresh(w, by, &c, &e);
	appraise_test(w, c, ok, &e);
}

void appraise_fresh_answers(struct appraise_work *w, const struct appraise_carrier *by)
{
	check_report_data(w, by);
	check_nonce(w, by);
}

void appraise_fresh(struct appraise_work *w, struct span signed_data, const char *field)
{
	const struct signed_field f = { w, signed_data };
	const struct appraise_carrier by = {
		.carries = field_carries, .of = &f, .bound = w->in->bundle->has_binding
	};

	check_binding(w, signed_data, field);
	appraise_fresh_answers(w, &by);
}

size_t appraise_fresh_must(
	const char *must[static APPRAISE_FRESH_MUST], const struct appraise_in *in)
{
	size_t n = 0;

	if (in->policy->freshness == POLICY_NONCE)
		must[n++] = "nonce";
	if (in->report_data.p)
		must[n++] = "report-data";
	return n;
}
