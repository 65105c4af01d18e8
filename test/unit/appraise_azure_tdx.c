/* Azure's machines with TDX underneath: the quote comes beside the HCL report, and both must carry the runtime data's digest. */
#include "appraise/appraise_azure.h"

#include "azure_world.h"
#include "tdx_machine.h"

static void (*change_body)(void); /* of the quote, before it is signed */
static uint8_t tdreport_data[AZURE_HCL_REPORT_DATA];
static bool tdreport_lies;

static void azure_hardware(uint8_t *report, const uint8_t *data)
{
	tdx_machine_make();
	memcpy(m.body + BODY_REPORT_DATA, data, AZURE_HCL_REPORT_DATA);
	memcpy(tdreport_data, data, sizeof tdreport_data);
	change_body();
	tdx_machine_sign();
	tdreport_data[0] ^= tdreport_lies;
	memcpy(report + 128, tdreport_data, sizeof tdreport_data);
	az.bundle.tdx_quote = m.bundle.tdx_quote;
	az.bundle.tdx_tcb_info = m.bundle.tdx_tcb_info;
	az.bundle.tdx_tcb_info_chain = m.bundle.tdx_tcb_info_chain;
	az.bundle.tdx_qe_identity = m.bundle.tdx_qe_identity;
	az.bundle.tdx_qe_identity_chain = m.bundle.tdx_qe_identity_chain;
	az.bundle.tdx_root_crl = m.bundle.tdx_root_crl;
	az.bundle.tdx_pck_crl = m.bundle.tdx_pck_crl;
	az.root = m.root;
}

static void honest(void)
{
	static uint8_t mrtd[48];

	tdx_machine_init(az.a);
	change_body = nothing;
	tdreport_lies = false;
	az.hcl.hardware = AZURE_HCL_TDX;
	az.root.hardware = TRUST_TDX;
	az.in.at_unix = MADE_NOW;
	memset(mrtd, 0xb0, sizeof mrtd);
	az.values[0] = SPAN_OF(mrtd);
	az.policy.tdx.mrtd = (struct policy_tdx_values){ az.values, 1 };
}

static void any_measurement(void)
{
	az.policy.tdx.mrtd.n = 0;
	az.policy.azure.any_measurement = true;
}
static void no_measurement_named(void)
{
	az.policy.tdx.mrtd.n = 0;
}
static void other_hardware_named(void)
{
	az.policy.snp.measurements = (struct policy_snp_values){ az.values, 1 };
	az.policy.tdx.mrtd.n = 0;
}

/* ---- which hardware may stand underneath: the machine chooses of which the policy is asked ---- */

#define H16 "0123456789abcdef"
#define SNP_CHIPS "snp:\n  chips: [" H16 "]\n"
#define SNP_MEASUREMENT "snp:\n  measurements: [" H16 H16 H16 H16 H16 H16 "]\n"
#define MRTD_HEX "b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0"
#define TDX_MRTD "tdx:\n  mrtd: [" MRTD_HEX MRTD_HEX MRTD_HEX "]\n"

static void snp_chips_only(void)
{
	az_policy(SNP_CHIPS "azure:\n  measurement: any\n");
}
static void snp_measurement_only(void)
{
	az_policy(SNP_MEASUREMENT);
}
static void snp_measurement_or_any(void)
{
	az_policy(SNP_MEASUREMENT "azure:\n  measurement: any\n");
}
static void snp_asked_by_default(void)
{
	az_policy("snp: {}\nazure:\n  measurement: any\n");
}
static void tdx_not_under(void)
{
	az_policy("azure:\n  hardware: [snp]\n  measurement: any\n");
}
static void tdx_asked_not_under(void)
{
	az_policy(TDX_MRTD "azure:\n  hardware: [snp]\n");
}
static void tdx_under_nothing_asked(void)
{
	az_policy(SNP_CHIPS "azure:\n  hardware: [snp, tdx]\n  measurement: any\n");
}
static void tdx_asked(void)
{
	az_policy(TDX_MRTD);
}
static void both_asked(void)
{
	az_policy(SNP_CHIPS TDX_MRTD);
}
static void neither_asked(void)
{
	az_policy("azure:\n  measurement: any\n");
}
static void change_mrtd(void)
{
	m.body[BODY_MRTD] ^= 1;
}
static void measurement_differs(void)
{
	change_body = change_mrtd;
}
static void change_data(void)
{
	m.body[BODY_REPORT_DATA] ^= 1;
}
/* The TDREPORT, which nobody can verify, has the digest; the quote is another machine's. */
static void quote_of_another(void)
{
	change_body = change_data;
}
static void change_data_end(void)
{
	m.body[BODY_REPORT_DATA + 63] ^= 1;
}
static void quote_data_longer(void)
{
	change_body = change_data_end;
}
static void tdreport_of_another(void)
{
	tdreport_lies = true;
}
static void no_quote(void)
{
	az.bundle.tdx_quote = span_make(NULL, 0);
}
static void quote_cut(void)
{
	az.bundle.tdx_quote.n -= 300;
}
static void quote_changed(void)
{
	*at(az.bundle.tdx_quote, 48 + BODY_MRTD) ^= 1;
}
static void root_unknown(void)
{
	az.trust.n_hardware = 0;
}
static void no_tcb_info(void)
{
	az.bundle.tdx_tcb_info = span_make(NULL, 0);
}
static void no_pck_crl(void)
{
	az.bundle.tdx_pck_crl = span_make(NULL, 0);
}
static void no_qe_identity(void)
{
	az.bundle.tdx_qe_identity = span_make(NULL, 0);
}
static void collateral_old(void)
{
	az.in.at_unix += 400 * (int64_t)MADE_DAY;
}
static void set_debug(void)
{
	m.body[BODY_ATTRIBUTES] |= 1;
}
static void in_debug(void)
{
	change_body = set_debug;
}
static void data_of_another(void)
{
	az.loose = true;
}
static void key_replaced(void)
{
	az.quote_key = az_other;
}
static void runtime_rewritten(void)
{
	char *id = strstr((char *)az_hcl(RUNTIME_AT), "MACHINE-1");

	CHECK(id != NULL);
	memcpy(id, "MACHINE-2", 9);
}
static void hardware_lies(void)
{
	az.hcl.hardware = AZURE_HCL_SNP;
}
static void register_differs(void)
{
	az.bank.values[11].bytes[0] ^= 1;
	az.signed_bank = az.bank;
}

static const struct az_case cases[] = {
	BEFORE(0, az_nothing, GOOD, NULL),
	BEFORE(0, any_measurement, GOOD, NULL),
	AFTER(0, no_measurement_named, WARN, "launch-measurement"),
	AFTER(0, other_hardware_named, WARN, "launch-measurement"),
	BEFORE(0, tdx_asked, GOOD, NULL),
	BEFORE(0, both_asked, GOOD, NULL),
	BEFORE(0, neither_asked, GOOD, NULL),
	BEFORE(0, tdx_under_nothing_asked, GOOD, NULL),
	BEFORE(24, snp_chips_only, BAD, "hcl-hardware"),
	BEFORE(24, snp_measurement_only, BAD, "hcl-hardware"),
	BEFORE(24, snp_measurement_or_any, BAD, "hcl-hardware"),
	BEFORE(24, snp_asked_by_default, BAD, "hcl-hardware"),
	BEFORE(24, tdx_not_under, BAD, "hcl-hardware"),
	BEFORE(24, tdx_asked_not_under, BAD, "hcl-hardware"),
	BEFORE(0, measurement_differs, BAD, "tdx-mrtd"),
	BEFORE(27, quote_of_another, BAD, "hcl-binding"),
	BEFORE(27, quote_data_longer, BAD, "hcl-binding"),
	BEFORE(27, tdreport_of_another, BAD, "hcl-tdreport"),
	AFTER(27, no_quote, BAD, "tdx-quote-form"),
	AFTER(25, quote_cut, BAD, "tdx-quote-form"),
	AFTER(27, quote_changed, BAD, "tdx-body-signature"),
	AFTER(5, root_unknown, BAD, "tdx-pck-chain-root"),
	AFTER(14, no_tcb_info, BAD, "tdx-tcb-info"),
	AFTER(14, no_pck_crl, BAD, "tdx-pck-crl"),
	AFTER(14, no_qe_identity, BAD, "tdx-qe-identity"),
	AFTER(29, collateral_old, BAD, "tdx-tcb-info-current"),
	BEFORE(8, in_debug, BAD, "tdx-debug"),
	BEFORE(27, data_of_another, BAD, "hcl-binding"),
	BEFORE(4, key_replaced, BAD, "signature"),
	AFTER(13, runtime_rewritten, BAD, "hcl-binding"),
	BEFORE(17, hardware_lies, BAD, "snp-report"),
	BEFORE(0, register_differs, BAD, "pcr-11.sha256"),
};

int main(void)
{
	verdict_told_begin();
	az_ak = made_rsa();
	az_other = made_rsa();
	az_run_all(cases, ARRAY_LEN(cases), honest);
	EVP_PKEY_free(az_ak);
	EVP_PKEY_free(az_other);
	verdict_told_end("appraise_azure_tdx");
	return test_end();
}
