/* TDX evidence: honest machines, and quotes of which one thing is not. See tdx_machine.h. */
#include "appraise/appraise_tdx.h"

#include "tdx_machine.h"

/* ---- affirmed ---- */

static void version_5(void)
{
	m.spec.version = 5;
}
static void version_5_tdx_15(void)
{
	m.spec.version = 5;
	m.spec.body_type = 3;
}
static void trailing_zeroes(void)
{
	struct buf b = buf_init(1 << 17);

	buf_add(&b, m.quote.p, m.quote.n);
	buf_fill(&b, 0, 3065);
	m.bundle.tdx_quote = kept(b);
}

/* ---- form ---- */

static void version_3(void)
{
	m.header[0] = 3;
}
static void version_6(void)
{
	m.header[0] = 6;
}
static void key_type_p384(void)
{
	m.header[2] = 3;
}
static void tee_sgx(void)
{
	m.header[4] = 0;
}
static void tee_unknown(void)
{
	m.header[7] = 1;
}
static void empty(void)
{
	m.bundle.tdx_quote = span_make("", 0);
}
static void header_only(void)
{
	m.bundle.tdx_quote.n = 48;
}
static void last_byte_lost(void)
{
	m.bundle.tdx_quote.n--;
}
static void signature_size_overflows(void)
{
	memset(at(m.quote, signed_size()), 0xff, 4);
}
static void signature_size_short(void)
{
	at(m.quote, signed_size())[0]--;
}
static void certification_size_overflows(void)
{
	memset(at(m.quote, signed_size() + 4 + 128 + 2), 0xff, 4);
}
static void certification_type_5_outside(void)
{
	at(m.quote, signed_size() + 4 + 128)[0] = 5;
}
static void auth_size_overflows(void)
{
	memset(m.qe + 384 + 64, 0xff, 2);
}
static void chain_size_overflows(void)
{
	memset(m.qe + 384 + 64 + 2 + MADE_QE_AUTH + 2, 0xff, 4);
}
static void chain_type_nested(void)
{
	m.qe[384 + 64 + 2 + MADE_QE_AUTH] = 6;
}
static void body_type_of_enclave(void)
{
	m.header[48] = 1;
}
static void body_size_other(void)
{
	m.header[50]++;
}
static void trailing_text(void)
{
	struct buf b = buf_init(1 << 17);

	buf_add(&b, m.quote.p, m.quote.n);
	buf_add_cstr(&b, "debug: off");
	m.bundle.tdx_quote = kept(b);
}
static void trailing_quote(void)
{
	struct buf b = buf_init(1 << 17);

	buf_add(&b, m.quote.p, m.quote.n);
	buf_add(&b, m.quote.p, m.quote.n);
	m.bundle.tdx_quote = kept(b);
}

/* ---- links ---- */

static void other_vendor(void)
{
	m.header[12] ^= 1;
}
static void body_changed(void)
{
	m.body[BODY_MRTD] ^= 1;
}
static void report_data_changed(void)
{
	m.body[BODY_REPORT_DATA] ^= 1;
}
static void body_signature_zero(void)
{
	memset(at(m.quote, signed_size() + 4), 0, 64);
}
static void body_signed_by_pck_key(void)
{
	made_rs(at(m.quote, signed_size() + 4), m.authority.pck_key,
		span_make(m.quote.p, signed_size()));
}
static void other_attestation_key(void)
{
	uint8_t *signature = at(m.quote, signed_size() + 4);

	made_rs(signature, m.authority.other_key, span_make(m.quote.p, signed_size()));
	made_xy(signature + 64, m.authority.other_key);
}
static void auth_data_changed(void)
{
	m.qe[384 + 64 + 2] ^= 1;
}
static void qe_data_without_zeroes(void)
{
	m.qe[QE_REPORT_DATA + 63] = 1;
}
static void qe_report_changed(void)
{
	m.qe[QE_SVN] ^= 1;
}
static void qe_signed_by_attestation_key(void)
{
	made_rs(m.qe + 384, m.authority.attestation_key, span_make(m.qe, 384));
}
static void qe_signature_zero(void)
{
	memset(m.qe + 384, 0, 64);
}

static const struct tdx_case cases[] = {
	{ "version_4", nothing, nothing, nothing, GOOD, NULL, 0 },
	B(version_5, GOOD, NULL, 0),
	B(version_5_tdx_15, GOOD, NULL, 0),
	A(trailing_zeroes, GOOD, NULL, 27),
	C(version_3, BAD, "tdx-quote-version", 15),
	C(version_6, BAD, "tdx-quote-version", 15),
	C(key_type_p384, BAD, "tdx-quote-key-type", 15),
	C(tee_sgx, BAD, "tdx-quote-tee", 15),
	C(tee_unknown, BAD, "tdx-quote-tee", 15),
	A(empty, BAD, "tdx-quote-form", 15),
	A(header_only, BAD, "tdx-quote-form", 15),
	A(last_byte_lost, BAD, "tdx-quote-form", 15),
	A(signature_size_overflows, BAD, "tdx-quote-form", 15),
	A(signature_size_short, BAD, "tdx-quote-form", 15),
	A(certification_size_overflows, BAD, "tdx-quote-form", 15),
	A(certification_type_5_outside, BAD, "tdx-quote-form", 15),
	A(auth_size_overflows, BAD, "tdx-quote-form", 15),
	A(chain_size_overflows, BAD, "tdx-quote-form", 15),
	A(chain_type_nested, BAD, "tdx-quote-form", 15),
	{ "body_type_of_enclave", version_5, body_type_of_enclave, nothing, BAD, "tdx-quote-form",
		15 },
	{ "body_size_other", version_5, body_size_other, nothing, BAD, "tdx-quote-form", 15 },
	A(trailing_text, WARN, "tdx-quote-trailing", 27),
	A(trailing_quote, WARN, "tdx-quote-trailing", 27),
	C(other_vendor, BAD, "tdx-qe-vendor", 12),
	A(body_changed, BAD, "tdx-body-signature", 27),
	A(report_data_changed, BAD, "tdx-body-signature", 18),
	A(body_signature_zero, BAD, "tdx-body-signature", 5),
	A(body_signed_by_pck_key, BAD, "tdx-body-signature", 5),
	A(other_attestation_key, BAD, "tdx-qe-binding", 5),
	A(auth_data_changed, BAD, "tdx-qe-binding", 5),
	C(qe_data_without_zeroes, BAD, "tdx-qe-binding", 5),
	A(qe_report_changed, BAD, "tdx-qe-signature", 5),
	A(qe_signed_by_attestation_key, BAD, "tdx-qe-signature", 5),
	A(qe_signature_zero, BAD, "tdx-qe-signature", 5),
};

static void another_platforms_shape(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(16 << 20);
	struct err e = { 0 };

	tdx_machine_init(a);
	tdx_machine_make();
	tdx_machine_sign();
	m.shape.platform = STR("snp");
	CHECK_ERR(appraise(&out, &m.in, a, &e), e, ERR_USAGE);
}

/* What a quote without a valid signature says is not repeated. */
static void nothing_of_what_is_not_signed(void)
{
	static const struct tdx_case c = A(body_changed, BAD, "rtmr-0.sha384", 27);

	run_case(&c);
	CHECK(!out.signed_bank.pcrs && !out.log_holds && !out.differing);
	for (size_t i = 0; i < out.verdict.checks.n; i++)
		CHECK(!out.verdict.checks.items[i].bank.n);
	CHECK(out.verdict.claims[CHECK_HARDWARE].value != CHECK_AFFIRMS &&
		out.verdict.claims[CHECK_RUNTIME_OPAQUE].value != CHECK_AFFIRMS &&
		out.verdict.claims[CHECK_FILE_SYSTEM].value != CHECK_AFFIRMS);
}

/* With any one link broken nothing can be told of the TD, and no register is shown. */
static void any_link_broken(void)
{
	static const struct tdx_case links[] = { C(other_vendor, BAD, "tdx-debug", 27),
		A(body_signature_zero, BAD, "tdx-debug", 27),
		A(auth_data_changed, BAD, "tdx-debug", 27),
		A(qe_signature_zero, BAD, "tdx-debug", 27) };

	for (size_t i = 0; i < ARRAY_LEN(links); i++) {
		run_case(&links[i]);
		CHECK(!out.signed_bank.pcrs && fails("mrtd.sha384") && fails("nonce"));
	}
}

/* The same quote within another machine's appraisal: no registers of its own, values that the policy names all the same. */
static void underneath_another_machine(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(16 << 20);
	struct span other = span_make(m.nonce, 0);
	const char *must[APPRAISE_TDX_MUST_MAX];
	struct appraise_tdx_said said;
	size_t n;

	for (unsigned named = 0; named < 2; named++) {
		struct appraise_work w = { .in = &m.in, .out = &out, .a = a };

		tdx_machine_init(a);
		tdx_machine_make();
		tdx_machine_sign();
		m.bundle.kind = BUNDLE_AZURE;
		other = span_make(m.rtmr[1].bytes, 48);
		if (named)
			m.policy.tdx.mrtd = (struct policy_tdx_values){ &other, 1 };
		out = (struct appraise_out){ 0 };
		appraise_tdx_quote(&w, m.bundle.tdx_quote, &said);
		n = appraise_tdx_must(must, &m.policy.tdx);
		CHECK(said.genuine && said.hardware.value == CHECK_AFFIRMS &&
			said.instance_identity.value == CHECK_AFFIRMS);
		for (size_t i = 0; i < n; i++)
			CHECK(check_passed(&out.verdict.checks, must[i]));
		CHECK(fails("tdx-mrtd") == (named == 1) && !out.signed_bank.pcrs);
		CHECK(check_count(&out.verdict.checks, CHECK_FAILED) == named && well_said());
	}
}

/* Without revocation lists those of them are not asked for; test/golden/appraise_tdx_must.txt. */
static void must_have_passed(void)
{
	struct policy_tdx p = policy_default().tdx;
	struct buf told = buf_init(1 << 14);

	for (unsigned without = 0; without < 2; without++) {
		const char *must[APPRAISE_TDX_MUST_MAX];
		size_t n;

		p.without_crl = without;
		n = appraise_tdx_must(must, &p);
		buf_printf(&told, "%zu%s:", n, without ? " without lists" : "");
		for (size_t i = 0; i < n; i++)
			buf_printf(&told, " %s", must[i]);
		buf_add_cstr(&told, "\n");
	}
	golden_text(&told, "appraise_tdx_must");
}

/* Wherever the memory ends, it is LIMIT or the verdict that it is with enough. */
static void full_arenas(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(16 << 20);

	tdx_machine_init(a);
	tdx_machine_make();
	tdx_machine_sign();
	for (size_t max = 0; max < 400 << 10; max += 6007) {
		CLEANUP(arena_freep) struct arena *small = arena_new(max);
		struct err e = { 0 };

		if (appraise(&out, &m.in, small, &e))
			CHECK(out.verdict.status == GOOD && well_said());
		else
			CHECK(e.kind == ERR_LIMIT);
	}
}

int main(void)
{
	verdict_told_begin();
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		run_case(&cases[i]);
	another_platforms_shape();
	nothing_of_what_is_not_signed();
	any_link_broken();
	underneath_another_machine();
	must_have_passed();
	full_arenas();
	verdict_told_end("appraise_tdx");
	return test_end();
}
