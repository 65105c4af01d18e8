/* TDX evidence: freshness, registers, log, and what reference values say of them. See tdx_machine.h. */
#include "tdx_machine.h"
#include "vouched_made.h"

/* ---- affirmed ---- */

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
	m.in.report_data_is_fresh = true;
}
static void foreign_archived(void)
{
	foreign();
	m.in.report_data_is_fresh = false;
	m.policy.freshness = POLICY_ARCHIVE;
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
static void foreign_known_data(void)
{
	foreign();
	m.in.report_data_is_fresh = false;
}
static void foreign_zero_data(void)
{
	report_data_zero();
	foreign();
}
static void foreign_other_data(void)
{
	foreign();
	m.in.report_data = SPAN_OF(m.nonce);
}
static void archive_other_data(void)
{
	archive();
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
static void rtmr_0_ignored(void)
{
	m.policy.tdx.rtmr[0].required = false;
	m.registers[1].how = REFERENCE_NOT_PREDICTABLE;
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
static void the_image(void)
{
	made_image(&m.in, &m.policy, 0xab);
}
static void another_image(void)
{
	made_image(&m.in, &m.policy, 0xac);
}
static void rebuilders_asked(void)
{
	m.policy.vouchers.rebuilders = 2;
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
	A(no_log, GOOD, NULL, 0),
	A(archive, GOOD, NULL, 0),
	A(foreign, GOOD, NULL, 0),
	A(foreign_archived, GOOD, NULL, 0),
	A(unsigned_accepted, GOOD, NULL, 0),
	C(rtmr_3_extended, GOOD, NULL, 0),
	A(unsigned_values_of_the_bundle, GOOD, NULL, 27),
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
	A(archive_other_data, BAD, "report-data", 18),
	A(foreign_known_data, BAD, "nonce", 18),
	C(foreign_zero_data, BAD, "report-data", 18),
	C(mrtd_differs, BAD, "mrtd.sha384", 0),
	C(rtmr_0_differs, BAD, "rtmr-0.sha384", 0),
	C(rtmr_1_differs, BAD, "rtmr-1.sha384", 0),
	C(rtmr_2_differs, BAD, "rtmr-2.sha384", 0),
	A(rtmr_0_without_value, WARN, "rtmr-0.sha384", 0),
	A(rtmr_0_not_named, WARN, "rtmr-0.sha384", 0),
	A(rtmr_0_ignored, GOOD, NULL, 0),
	A(mrtd_without_value, WARN, "mrtd.sha384", 0),
	A(rtmr_2_without_value, WARN, "rtmr-2.sha384", 0),
	A(no_shape, WARN, "vouched", 0),
	A(values_of_another_bank, WARN, "mrtd.sha384", 0),
	A(firmware_only, WARN, "coverage", 0),
	A(kernel_not_covered, WARN, "coverage", 0),
	A(root_not_named, WARN, "coverage", 0),
	A(covered_by_rtmr_3, WARN, "coverage", 0),
	A(unsigned_claim, WARN, "vouched", 0),
	A(the_image, GOOD, NULL, 0),
	A(another_image, BAD, "image", 0),
	A(rebuilders_asked, WARN, "vouched", 0),
	A(log_of_another_event, WARN, "event-log", 0),
	A(log_cut, WARN, "event-log", 0),
	A(log_event_missing, WARN, "event-log", 0),
	A(log_of_a_tpm, WARN, "event-log", 0),
};

/* Another platform's log is called that. */
static void log_is_named(void)
{
	static const struct tdx_case c = A(log_of_a_tpm, WARN, "event-log", 0);

	run_case(&c);
	CHECK(strstr(
		check_find(&out.verdict.checks, "event-log")->reason.p, "of a TPM's registers"));
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
	verdict_told_begin();
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		run_case(&cases[i]);
	log_is_named();
	what_is_said();
	verdict_told_end("appraise_tdx_registers");
	return test_end();
}
