/* Azure's machines with SEV-SNP underneath that are affirmed, that get a warning, and whose settings or nonce are others. */
#include "appraise/appraise_azure.h"

#include "azure_snp_world.h"
#include "vouched_made.h"

/* ---- honest machines that are affirmed ---- */

static void any_measurement(void)
{
	az.policy.snp.measurements.n = 0;
	az.policy.azure.any_measurement = true;
}
static void genoa_under(void)
{
	under = genoa();
	az.root.product = SNP_GENOA;
}
static void version_2(void)
{
	az.hcl.version = 2;
}
static void with_public_key(void)
{
	struct made_key k = { MADE_AK_ATTRIBUTES, TPM_ALG_RSASSA, TPM_ALG_SHA256, 0, false };

	az.bundle.ak_public = az_kept(made_public(az_ak, k));
}
static void archived(void)
{
	az.policy.freshness = POLICY_ARCHIVE;
	az.in.nonce = NULL;
}
static void foreign(void)
{
	az.bundle.has_binding = false;
	az.quote.extra = SPAN_OF(az.nonce);
}
static void foreign_data(void)
{
	foreign();
	az.in.nonce = NULL;
	az.quote.extra = az.in.report_data = span_make(
		"forty bytes of what the verifier asked for", 40);
	az.in.report_data_is_fresh = true;
}
static const uint8_t user_data[] = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0xFE, 0xDC,
	0xBA, 0x98, 0x76, 0x54, 0x32, 0x10, 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0xFE,
	0xDC, 0xBA, 0x98, 0x76, 0x54, 0x32, 0x10, 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef,
	0xFE, 0xDC, 0xBA, 0x98, 0x76, 0x54, 0x32, 0x10, 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd,
	0xef, 0xFE, 0xDC, 0xBA, 0x98, 0x76, 0x54, 0x32, 0x10 };
static void nonce_only_in_report(void)
{
	foreign();
	az.in.nonce = NULL;
	az.in.report_data = SPAN_OF(user_data);
	az.in.report_data_is_fresh = true;
}
static void nonce_in_report_allowed(void)
{
	nonce_only_in_report();
	az.policy.azure.nonce_in_report = true;
}
static void machine_known(void)
{
	az.ids[0] = STR("MACHINE-0");
	az.ids[1] = STR("MACHINE-1");
	az.policy.azure.vm_ids = az.ids;
	az.policy.azure.n_vm_ids = 2;
}
static void machine_known_in_other_letters(void)
{
	machine_known();
	az.ids[1] = STR("Machine-1");
	az.ids[0] = STR("machine-0");
}
static void machine_with_more_letters(void)
{
	machine_known();
	az.ids[0] = STR("MACHINE-");
	az.ids[1] = STR("MACHINE-11");
}
static void machine_with_other_signs(void)
{
	machine_known();
	az.ids[0] = STR("MACHINE\r1"); /* '-' and 32 less */
	az.ids[1] = STR("MACHINE-\x11");
}
static void no_console(void)
{
	az.hcl.runtime = SETTINGS("true", "true", "false");
	az.policy.azure.allow_console = false;
}
static void any_secure_boot(void)
{
	az.hcl.runtime = SETTINGS("false", "true", "true");
	az.policy.azure.any_secure_boot = true;
}
static void other_register_differs(void)
{
	az.bank.values[10].bytes[0] ^= 1;
	az.signed_bank = az.bank;
}

/* ---- warnings ---- */

static void no_measurement_named(void)
{
	az.policy.snp.measurements.n = 0;
}
static void other_hardware_named(void)
{
	no_measurement_named();
	az.policy.tdx.mrtd = (struct policy_tdx_values){ az.values, 1 };
}

/* ---- which hardware may stand underneath: the machine chooses of which the policy is asked ---- */

#define H16 "0123456789abcdef"
#define D2_HEX "d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2"
#define SNP_MEASUREMENT "snp:\n  measurements: [" D2_HEX D2_HEX D2_HEX "]\n"
#define TDX_PLATFORMS "tdx:\n  platforms: [" H16 H16 "]\n"
#define TDX_MRTD "tdx:\n  mrtd: [" H16 H16 H16 H16 H16 H16 "]\n"

static void tdx_platforms_only(void)
{
	az_policy(TDX_PLATFORMS "azure:\n  measurement: any\n");
}
static void tdx_mrtd_only(void)
{
	az_policy(TDX_MRTD);
}
static void tdx_mrtd_or_any(void)
{
	az_policy(TDX_MRTD "azure:\n  measurement: any\n");
}
static void snp_asked_not_under(void)
{
	az_policy(SNP_MEASUREMENT "azure:\n  hardware: [tdx]\n");
}
static void snp_under_nothing_asked(void)
{
	az_policy(TDX_PLATFORMS "azure:\n  hardware: [tdx, snp]\n  measurement: any\n");
}
static void snp_asked(void)
{
	az_policy(SNP_MEASUREMENT);
}

static void unsigned_claim(void)
{
	az.in.vouch = APPRAISE_UNSIGNED_CLAIM;
}
static void the_image(void)
{
	made_image(&az.in, &az.policy, 0xab);
}
static void another_image(void)
{
	made_image(&az.in, &az.policy, 0xac);
}
static void rebuilders_asked(void)
{
	az.policy.vouchers.rebuilders = 2;
}
static void no_shape(void)
{
	az.in.shape = NULL;
}
static void no_anchor(void)
{
	az.registers[0].how = REFERENCE_NOT_PREDICTABLE;
}
static void root_not_covered(void)
{
	az.coverage[6].by = STR("");
}
static void firmware_only(void)
{
	az.shape.firmware_only = true;
}
static void unsafe_clock(void)
{
	az.policy.safe_clock = true;
	az.quote.safe = 0;
}

/* ---- settings ---- */

static void runtime_secure_boot_set(void)
{
	az.hcl.runtime = SETTINGS("false", "true", "true");
}
static void secure_boot_off(void)
{
	az.hcl.runtime = SETTINGS("false", "true", "true");
}
static void secure_boot_not_said(void)
{
	az.hcl.runtime = "{" AZURE_KEYS ",\"vm-configuration\":{\"tpm-enabled\":true}}";
}
static void tpm_off(void)
{
	az.hcl.runtime = SETTINGS("true", "false", "true");
}
static void console_refused(void)
{
	az.policy.azure.allow_console = false;
}
static void machine_unknown(void)
{
	machine_known();
	az.ids[1] = STR("MACHINE-2");
}
static void machine_not_said(void)
{
	machine_known();
	az.hcl.runtime = "{" AZURE_KEYS ",\"vm-configuration\":{\"secure-boot\":true,\"tpm-"
			 "enabled\":true}}";
}

/* ---- freshness ---- */

static void old_nonce(void)
{
	az.binding.nonce[0] = az.signed_binding.nonce[0] = 0xff;
}
static void nonce_lies(void)
{
	az.signed_binding.nonce[0] = 0xff;
}
static void no_nonce_given(void)
{
	az.in.nonce = NULL;
}
static void extra_is_nonce(void)
{
	az.quote.extra = SPAN_OF(az.nonce);
}
static void other_role(void)
{
	az.binding.role = az.signed_binding.role = STR("verifier");
}
static void a_channel(void)
{
	az.binding.channel[0] = az.signed_binding.channel[0] = 1;
}
static void archive_other_nonce(void)
{
	az.policy.freshness = POLICY_ARCHIVE;
	old_nonce();
}
static void foreign_nothing_given(void)
{
	foreign();
	az.in.nonce = NULL;
}
static void foreign_other_nonce(void)
{
	foreign();
	az.quote.extra = span_make("another thing that someone asked", 32);
}
/* What the caller knows that the TPM must have signed. */
static void archived_other_data(void)
{
	archived();
	az.in.report_data = SPAN_OF(az.nonce);
}
static void foreign_data_not_nonce(void)
{
	foreign_data();
	az.in.nonce = az.nonce;
}
/* What older evidence carries as well. */
static void foreign_known_data(void)
{
	foreign_data();
	az.in.report_data_is_fresh = false;
}
static void archived_known_data(void)
{
	foreign_known_data();
	archived();
}
static void foreign_zero_data(void)
{
	static const uint8_t zero[40];

	foreign_data();
	az.quote.extra = az.in.report_data = SPAN_OF(zero);
}
static void foreign_zero_nonce(void)
{
	memset(az.nonce, 0, sizeof az.nonce);
	foreign();
}
static void foreign_shorter(void)
{
	foreign();
	az.quote.extra.n = 31;
}
static void foreign_longer(void)
{
	static const uint8_t more[33] = { 0x0a, 0x0a };

	foreign();
	az.quote.extra = SPAN_OF(more);
}
static void nonce_in_unbound_report(void)
{
	nonce_in_report_allowed();
	az.loose = true;
}
static void report_nonce_differs(void)
{
	nonce_in_report_allowed();
	az.in.report_data.n = 63;
}

static const struct az_case cases[] = {
	BEFORE(0, az_nothing, GOOD, NULL),
	BEFORE(0, any_measurement, GOOD, NULL),
	BEFORE(0, genoa_under, GOOD, NULL),
	BEFORE(0, version_2, GOOD, NULL),
	AFTER(0, with_public_key, GOOD, NULL),
	AFTER(18, archived, GOOD, NULL),
	BEFORE(0, foreign, GOOD, NULL),
	BEFORE(0, foreign_data, GOOD, NULL),
	BEFORE(0, archived_known_data, GOOD, NULL),
	BEFORE(0, nonce_in_report_allowed, GOOD, NULL),
	AFTER(0, machine_known, GOOD, NULL),
	AFTER(0, machine_known_in_other_letters, GOOD, NULL),
	AFTER(24, machine_with_more_letters, BAD, "hcl-vm-id"),
	AFTER(24, machine_with_other_signs, BAD, "hcl-vm-id"),
	BEFORE(0, no_console, GOOD, NULL),
	BEFORE(0, any_secure_boot, GOOD, NULL),
	BEFORE(0, other_register_differs, GOOD, NULL),
	AFTER(0, no_measurement_named, WARN, "launch-measurement"),
	AFTER(0, other_hardware_named, WARN, "launch-measurement"),
	BEFORE(0, snp_asked, GOOD, NULL),
	BEFORE(0, snp_under_nothing_asked, GOOD, NULL),
	BEFORE(24, tdx_platforms_only, BAD, "hcl-hardware"),
	BEFORE(24, tdx_mrtd_only, BAD, "hcl-hardware"),
	BEFORE(24, tdx_mrtd_or_any, BAD, "hcl-hardware"),
	BEFORE(24, snp_asked_not_under, BAD, "hcl-hardware"),
	AFTER(28, unsigned_claim, WARN, "vouched"),
	AFTER(0, the_image, GOOD, NULL),
	AFTER(0, another_image, BAD, "image"),
	AFTER(0, rebuilders_asked, WARN, "vouched"),
	AFTER(0, no_shape, WARN, "pcr-0.sha256"),
	AFTER(0, no_anchor, WARN, "pcr-0.sha256"),
	AFTER(22, root_not_covered, WARN, "coverage"),
	AFTER(22, firmware_only, WARN, "coverage"),
	BEFORE(0, unsafe_clock, WARN, "clock"),
	BEFORE(18, nonce_only_in_report, WARN, "nonce"),
	BEFORE(0, secure_boot_off, BAD, "hcl-secure-boot"),
	BEFORE(0, runtime_secure_boot_set, BAD, "hcl-secure-boot"),
	BEFORE(0, secure_boot_not_said, BAD, "hcl-secure-boot"),
	BEFORE(0, tpm_off, BAD, "hcl-tpm"),
	AFTER(0, console_refused, BAD, "hcl-console"),
	AFTER(24, machine_unknown, BAD, "hcl-vm-id"),
	BEFORE(24, machine_not_said, BAD, "hcl-vm-id"),
	BEFORE(18, old_nonce, BAD, "nonce"),
	BEFORE(18, nonce_lies, BAD, "qualifying-data"),
	AFTER(18, no_nonce_given, BAD, "nonce"),
	BEFORE(18, extra_is_nonce, BAD, "qualifying-data"),
	BEFORE(19, other_role, BAD, "role"),
	BEFORE(19, a_channel, BAD, "role"),
	BEFORE(18, archive_other_nonce, BAD, "nonce"),
	BEFORE(18, foreign_nothing_given, BAD, "nonce"),
	BEFORE(18, foreign_other_nonce, BAD, "nonce"),
	BEFORE(18, foreign_shorter, BAD, "nonce"),
	BEFORE(18, foreign_longer, BAD, "nonce"),
	BEFORE(18, foreign_data_not_nonce, BAD, "nonce"),
	AFTER(18, archived_other_data, BAD, "report-data"),
	BEFORE(18, foreign_known_data, BAD, "nonce"),
	BEFORE(18, foreign_zero_data, BAD, "report-data"),
	BEFORE(18, foreign_zero_nonce, BAD, "nonce"),
	BEFORE(18, nonce_in_unbound_report, BAD, "nonce"),
	BEFORE(18, report_nonce_differs, BAD, "nonce"),
};

/* With so much memory: the verdict or LIMIT, and never another verdict. */
static bool enough(size_t memory)
{
	CLEANUP(arena_freep) struct arena *small = arena_new(memory);
	struct err e = { 0 };

	if (appraise(&az_out, &az.in, small, &e)) {
		CHECK(az_out.verdict.status == GOOD);
		return true;
	}
	CHECK(e.kind == ERR_LIMIT);
	return false;
}

static void arguments(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(16 << 20);
	struct err e = { 0 };
	size_t max = 0;

	az_init(a);
	honest();
	az_sign();
	while (!enough(max))
		max += 4999;
	/* what is written last are the texts: each of the last kilobytes is one of them */
	for (size_t less = 24; less < 2 * 4999; less += 40)
		(void)err_false(enough(max - less));
	az.shape.platform = STR("snp");
	CHECK_ERR(appraise_azure(&az_out, &az.in, a, &e), e, ERR_USAGE);
	az.shape.platform = STR("tpm");
	az.policy = (struct policy){ 0 };
	CHECK_ERR(appraise_azure(&az_out, &az.in, a, &e), e, ERR_USAGE);
}

int main(void)
{
	verdict_told_begin();
	azure_snp_keys();
	az_run_all(cases, ARRAY_LEN(cases), honest);
	arguments();
	azure_snp_done();
	verdict_told_end("appraise_azure");
	return test_end();
}
