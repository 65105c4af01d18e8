/* Azure's machines whose HCL report, or the report of SEV-SNP inside it, is not as it must be. */
#include "appraise/appraise_azure.h"

#include "azure_snp_world.h"

/* ---- the HCL report ---- */

static void hcl_cut(void)
{
	az.bundle.azure_hcl.n = RUNTIME_AT + 100;
}
static void hcl_empty(void)
{
	az.bundle.azure_hcl.n = 0;
}
static void hcl_magic(void)
{
	az.hcl.magic++;
}
static void hcl_version(void)
{
	az.hcl.version = 3;
}
static void hcl_request(void)
{
	az.hcl.request = 1;
}
static void hcl_hash(void)
{
	az.hcl.hash = 2;
}
static void hcl_hardware(void)
{
	az.hcl.hardware = 3;
}
static void hcl_padding(void)
{
	az.hcl.padding_at = PADDED - 1;
}
static void hcl_size(void)
{
	az.hcl.size_off = 4000;
}
static void hcl_status(void)
{
	az.hcl.status = 1;
}
static void runtime_longer(void)
{
	az.hcl.runtime_off = 1;
}
static void key_missing(void)
{
	az.hcl.runtime = "{\"keys\":[" KEY("HCLEkPub", "%") "]," AZURE_CONFIGURATION "}";
}
static void key_twice(void)
{
	az.hcl.runtime = "{\"keys\":[" KEY("HCLAkPub", "%") "," KEY(
		"HCLAkPub", "@") "]," AZURE_CONFIGURATION "}";
}
static void keys_twice(void)
{
	az.hcl.runtime = "{" AZURE_KEYS "," AZURE_KEYS "," AZURE_CONFIGURATION "}";
}
static void setting_twice(void)
{
	az.hcl.runtime = "{" AZURE_KEYS ",\"vm-configuration\":{\"secure-boot\":false,"
			 "\"secure-boot\":true,\"tpm-enabled\":true}}";
}
static void user_data_short(void)
{
	az.hcl.runtime = "{" AZURE_KEYS "," AZURE_CONFIGURATION ",\"user-data\":\"00\"}";
}
static void runtime_trailing(void)
{
	az.hcl.runtime = AZURE_RUNTIME " {}";
}
/* The same JSON, written in another way after the hardware signed: one more blank for one less elsewhere. */
static void runtime_rewritten(void)
{
	uint8_t *p = az_hcl(RUNTIME_AT);
	char *id = strstr((char *)p, "MACHINE-1");

	CHECK(id != NULL);
	memcpy(id, "MACHINE-2", 9);
}
static void runtime_secure_boot_lies(void)
{
	char *at = strstr((char *)az_hcl(RUNTIME_AT), "\"secure-boot\":true");

	CHECK(at != NULL);
	memcpy(at, "\"secure-boot\":null", 18);
}
static void data_of_another(void)
{
	az.loose = true;
}
/* The guest asks for a report itself, with a digest of its own runtime data in it. */
static void guest_report(void)
{
	snp_made_put(&under.report, 0x030, 2, 4);
}
static void guest_report_allowed(void)
{
	guest_report();
	az.policy.snp.vmpls = 0xf;
}
static void host_report(void)
{
	snp_made_put(&under.report, 0x030, 0xffffffff, 4);
}

/* ---- the hardware underneath ---- */

static void report_changed(void)
{
	*az_hcl(32 + 0x90) ^= 1;
}
static void report_data_changed(void)
{
	*az_hcl(32 + 0x50) ^= 1;
}
static void signature_changed(void)
{
	*az_hcl(32 + 0x2a0) ^= 1;
}
static void report_by_other(void)
{
	report_key = other_ec;
}
static void root_unknown(void)
{
	az.trust.n_hardware = 0;
}
static void root_forged(void)
{
	under.ark.key = under.ark.signer = under.ask.signer = other_rsa;
	az.trust.n_hardware = 0;
}
static void leaf_by_other(void)
{
	under.leaf.signer = other_rsa;
}
static void no_chain(void)
{
	az.bundle.snp_chain.n = 0;
}
static void no_crl(void)
{
	az.bundle.snp_crl = span_make(NULL, 0);
}
static void chain_expired(void)
{
	az.in.at_unix += 20 * (int64_t)SNP_MADE_DAY;
}
static void guest_debug(void)
{
	snp_made_put(&under.report, 0x008, 0x30137 | 1 << 19, 8);
}
static void measurement_differs(void)
{
	under.report.bytes[0x90] ^= 1;
}
static void reserved_set(void)
{
	under.report.bytes[0x4c] = 1;
}
/* The runtime data says TDX, the report is SNP's: there is no quote. */
static void hardware_lies(void)
{
	az.hcl.hardware = AZURE_HCL_TDX;
}

static const struct az_case cases[] = {
	BEFORE(0, az_nothing, VERDICT_AFFIRMING, NULL),
	AFTER(25, hcl_cut, BAD, "hcl-form"),
	AFTER(25, hcl_empty, BAD, "hcl-form"),
	BEFORE(25, hcl_magic, BAD, "hcl-form"),
	BEFORE(25, hcl_version, BAD, "hcl-form"),
	BEFORE(25, hcl_request, BAD, "hcl-form"),
	BEFORE(17, hcl_hash, BAD, "hcl-form"),
	BEFORE(25, hcl_hardware, BAD, "hcl-form"),
	BEFORE(27, hcl_padding, BAD, "hcl-form"),
	BEFORE(15, hcl_size, BAD, "hcl-form"),
	BEFORE(27, hcl_status, BAD, "hcl-form"),
	BEFORE(15, runtime_longer, BAD, "hcl-form"),
	BEFORE(4, key_missing, BAD, "hcl-form"),
	BEFORE(4, key_twice, BAD, "hcl-form"),
	BEFORE(13, keys_twice, BAD, "hcl-form"),
	BEFORE(13, setting_twice, BAD, "hcl-form"),
	BEFORE(25, user_data_short, BAD, "hcl-form"),
	BEFORE(13, runtime_trailing, BAD, "hcl-form"),
	AFTER(13, runtime_rewritten, BAD, "hcl-binding"),
	AFTER(27, runtime_secure_boot_lies, BAD, "hcl-form"),
	BEFORE(27, data_of_another, BAD, "hcl-binding"),
	BEFORE(9, guest_report, BAD, "hcl-vmpl"),
	BEFORE(9, guest_report_allowed, BAD, "hcl-vmpl"),
	BEFORE(9, host_report, BAD, "hcl-vmpl"),
	AFTER(27, report_changed, BAD, "snp-signature"),
	AFTER(27, report_data_changed, BAD, "hcl-binding"),
	AFTER(16, signature_changed, BAD, "snp-signature"),
	BEFORE(4, report_by_other, BAD, "snp-signature"),
	AFTER(5, root_unknown, BAD, "snp-root"),
	BEFORE(5, root_forged, BAD, "snp-root"),
	BEFORE(5, leaf_by_other, BAD, "hcl-binding"),
	AFTER(5, no_chain, BAD, "hcl-binding"),
	AFTER(14, no_crl, WARN, "snp-crl"),
	AFTER(29, chain_expired, BAD, "snp-time"),
	BEFORE(8, guest_debug, BAD, "snp-debug"),
	BEFORE(0, measurement_differs, BAD, "launch-measurement"),
	BEFORE(25, reserved_set, BAD, "snp-reserved"),
	BEFORE(17, hardware_lies, BAD, "tdx-quote-form"),
};

/* Settings and registers of a machine that no hardware stands behind are not looked at. */
static void claims_are_bound(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(16 << 20);
	const struct verdict *v = &az_out.verdict;
	struct err e = { 0 };

	az_init(a);
	honest();
	az_sign();
	CHECK_OK(appraise(&az_out, &az.in, a, &e), e);
	CHECK(az_out.signed_bank.pcrs == 0xffffff);
	CHECK(v->claims[CHECK_HARDWARE].value == 2 && v->claims[CHECK_RUNTIME_OPAQUE].value == 2 &&
		v->claims[CHECK_EXECUTABLES].value == 3 && v->claims[CHECK_FILE_SYSTEM].value == 2);
	az.loose = true;
	az_sign();
	CHECK_OK(appraise(&az_out, &az.in, a, &e), e);
	CHECK(!az_out.signed_bank.pcrs && !check_find(&v->checks, "pcr-0.sha256"));
	CHECK(check_find(&v->checks, "hcl-secure-boot")->result == CHECK_NOT_APPLICABLE);
	CHECK(check_find(&v->checks, "hcl-tpm")->result == CHECK_NOT_APPLICABLE);
}

int main(void)
{
	verdict_told_begin();
	azure_snp_keys();
	az_run_all(cases, ARRAY_LEN(cases), honest);
	claims_are_bound();
	azure_snp_done();
	verdict_told_end("appraise_azure_hcl");
	return test_end();
}
