/* TDX evidence: honest machines, and quotes and registers of which one thing is not. See tdx_machine.h. */
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
static void no_log(void)
{
	m.bundle.cc_log = span_make(NULL, 0);
}
static void archive(void)
{
	m.policy.freshness = POLICY_ARCHIVE;
	m.in.nonce = NULL;
}
static void foreign(void)
{
	m.bundle.has_binding = false;
	m.in.nonce = NULL;
	m.in.report_data = span_make(m.body + BODY_REPORT_DATA, 64);
}
static void unsigned_accepted(void)
{
	m.in.vouch = APPRAISE_UNSIGNED_CLAIM;
	m.trust.accept_unsigned = true;
}
static void rtmr_3_extended(void)
{
	m.body[BODY_RTMR + 3 * 48] = 1;
}
static void unsigned_values_of_the_bundle(void)
{
	m.bundle.n_banks = 1;
	m.bundle.banks[0] = (struct bundle_bank){ .alg = DIGEST_SHA384, .pcrs = 1 };
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

/* ---- freshness ---- */

static void other_nonce(void)
{
	m.nonce[31] ^= 1;
}
static void no_nonce(void)
{
	m.in.nonce = NULL;
}
static void archive_other_nonce(void)
{
	m.policy.freshness = POLICY_ARCHIVE;
	m.nonce[0] ^= 1;
}
static void nonce_swapped(void)
{
	memset(m.bundle.binding.nonce, 0x55, sizeof m.nonce);
	memset(m.nonce, 0x55, sizeof m.nonce);
}
static void report_data_zero(void)
{
	memset(m.body + BODY_REPORT_DATA, 0, 64);
}
static void report_data_half(void)
{
	memset(m.body + BODY_REPORT_DATA + 32, 0, 32);
}
static void role_of_another(void)
{
	m.bundle.binding.role = STR("verifier");
}
static void channel_unseen(void)
{
	m.bundle.binding.channel[0] = 1;
}
static void binding_left_out(void)
{
	m.bundle.has_binding = false;
}
static void foreign_without_data(void)
{
	m.bundle.has_binding = false;
	m.in.nonce = NULL;
}
static void foreign_other_data(void)
{
	foreign();
	m.in.report_data = SPAN_OF(m.nonce);
}

/* ---- registers ---- */

static void mrtd_differs(void)
{
	m.body[BODY_MRTD + 47] ^= 1;
}
static void rtmr_0_differs(void)
{
	m.body[BODY_RTMR] ^= 1;
}
static void rtmr_1_differs(void)
{
	m.body[BODY_RTMR + 48] ^= 1;
}
static void rtmr_2_differs(void)
{
	m.body[BODY_RTMR + 2 * 48] ^= 1;
}
static void rtmr_0_without_value(void)
{
	m.registers[PLATFORM_RTMR].how = REFERENCE_NOT_PREDICTABLE;
}
static void rtmr_0_not_named(void)
{
	m.registers[PLATFORM_RTMR].reg = 9;
}
static void mrtd_without_value(void)
{
	m.registers[0].how = REFERENCE_NOT_PREDICTABLE;
}
static void rtmr_2_without_value(void)
{
	m.registers[PLATFORM_RTMR + 2].how = REFERENCE_NOT_PREDICTABLE;
}
static void no_shape(void)
{
	m.in.shape = NULL;
}
static void values_of_another_bank(void)
{
	m.shape.banks[0] = DIGEST_SHA256;
}
static void firmware_only(void)
{
	m.shape.firmware_only = true;
}
static void kernel_not_covered(void)
{
	m.coverage[1].by = STR("");
}
static void root_not_named(void)
{
	m.shape.n_coverage = 4;
}
static void covered_by_rtmr_3(void)
{
	m.coverage[2].by = STR("RTMR 3");
}
static void unsigned_claim(void)
{
	m.in.vouch = APPRAISE_UNSIGNED_CLAIM;
}

/* ---- log ---- */

static void log_of_another_event(void)
{
	at(m.bundle.cc_log, m.bundle.cc_log.n - 6)[0] ^= 1;
}
static void log_cut(void)
{
	m.bundle.cc_log.n -= 3;
}
static void log_event_missing(void)
{
	m.bundle.cc_log.n -= (m.bundle.cc_log.n - 65) / TDX_LOGGED;
}
static void log_of_a_tpm(void)
{
	at(m.bundle.cc_log, 0)[0] = 0;
}

static const struct tdx_case cases[] = {
	{ "version_4", nothing, nothing, nothing, GOOD, NULL, 0 },
	B(version_5, GOOD, NULL, 0),
	B(version_5_tdx_15, GOOD, NULL, 0),
	A(trailing_zeroes, GOOD, NULL, 27),
	A(no_log, GOOD, NULL, 0),
	A(archive, GOOD, NULL, 0),
	A(foreign, GOOD, NULL, 0),
	A(unsigned_accepted, GOOD, NULL, 0),
	C(rtmr_3_extended, GOOD, NULL, 0),
	A(unsigned_values_of_the_bundle, GOOD, NULL, 27),
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
	A(other_nonce, BAD, "nonce", 18),
	A(no_nonce, BAD, "nonce", 18),
	A(archive_other_nonce, BAD, "nonce", 18),
	A(nonce_swapped, BAD, "binding", 18),
	C(report_data_zero, BAD, "binding", 18),
	C(report_data_half, BAD, "binding", 18),
	B(role_of_another, BAD, "binding", 18),
	B(channel_unseen, BAD, "binding", 18),
	A(binding_left_out, BAD, "nonce", 18),
	A(foreign_without_data, BAD, "nonce", 18),
	A(foreign_other_data, BAD, "nonce", 18),
	C(mrtd_differs, BAD, "mrtd.sha384", 0),
	C(rtmr_0_differs, BAD, "rtmr-0.sha384", 0),
	C(rtmr_1_differs, BAD, "rtmr-1.sha384", 0),
	C(rtmr_2_differs, BAD, "rtmr-2.sha384", 0),
	A(rtmr_0_without_value, WARN, "rtmr-0.sha384", 0),
	A(rtmr_0_not_named, WARN, "rtmr-0.sha384", 0),
	A(mrtd_without_value, WARN, "mrtd.sha384", 0),
	A(rtmr_2_without_value, WARN, "rtmr-2.sha384", 0),
	A(no_shape, WARN, "vouched", 0),
	A(values_of_another_bank, WARN, "mrtd.sha384", 0),
	A(firmware_only, WARN, "coverage", 0),
	A(kernel_not_covered, WARN, "coverage", 0),
	A(root_not_named, WARN, "coverage", 0),
	A(covered_by_rtmr_3, WARN, "coverage", 0),
	A(unsigned_claim, WARN, "vouched", 0),
	A(log_of_another_event, WARN, "event-log", 0),
	A(log_cut, WARN, "event-log", 0),
	A(log_event_missing, WARN, "event-log", 0),
	A(log_of_a_tpm, WARN, "event-log", 0),
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

/* What is kept for explaining, and what the claims say. */
static void what_is_said(void)
{
	static const struct tdx_case good = { "good", nothing, nothing, nothing, GOOD, NULL, 0 };
	static const struct tdx_case other = C(rtmr_1_differs, BAD, "event-log", 0);

	run_case(&good);
	CHECK(out.log_holds && out.signed_bank.pcrs == 0x1f && !out.differing);
	CHECK(out.verdict.claims[CHECK_HARDWARE].value == CHECK_AFFIRMS &&
		strstr(out.verdict.claims[CHECK_HARDWARE].why.p, "UpToDate"));
	CHECK(out.verdict.claims[CHECK_RUNTIME_OPAQUE].value == CHECK_AFFIRMS &&
		out.verdict.claims[CHECK_FILE_SYSTEM].value == CHECK_AFFIRMS);
	run_case(&other);
	CHECK(out.differing == 1u << (PLATFORM_RTMR + 1));
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		run_case(&cases[i]);
	another_platforms_shape();
	nothing_of_what_is_not_signed();
	what_is_said();
	return test_end();
}
