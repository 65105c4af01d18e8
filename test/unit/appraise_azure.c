#include "appraise/appraise_azure.h"

#include "azure_world.h"
#include "snp_world.h"

#define GOOD VERDICT_AFFIRMING
#define WARN VERDICT_WARNING
#define BAD VERDICT_CONTRAINDICATED

/* What is underneath, before it signs. */
static struct world under;
static EVP_PKEY *report_key;
static bool own_data; /* the report's data is what under has */
static struct certificate *chain[3];

static void chain_done(void)
{
	for (size_t i = 0; i < ARRAY_LEN(chain); i++) {
		certificate_free(chain[i]);
		chain[i] = NULL;
	}
}

static void put_chain(void)
{
	const struct snp_made_certificate *const made[] = { &under.leaf, &under.ask, &under.ark };

	chain_done();
	for (size_t i = 0; i < ARRAY_LEN(made); i++) {
		struct buf b = buf_init(CERTIFICATE_SIZE_MAX);

		chain[i] = snp_made_certificate(made[i]);
		certificate_put(&b, chain[i]);
		az.bundle.snp_chain.certificates[i] = az_kept(b);
	}
	az.bundle.snp_chain.n = ARRAY_LEN(made);
	certificate_sha256(az.root.sha256, chain[2]);
}

static void azure_hardware(uint8_t *report, const uint8_t *data)
{
	struct snp_made_crl crl = { .issuer = under.ark.subject,
		.signer = ark_key,
		.from = SNP_MADE_NOW - SNP_MADE_DAY,
		.to = SNP_MADE_NOW + SNP_MADE_DAY };
	struct snp_made_report r = under.report;

	if (!own_data)
		memcpy(r.bytes + 0x50, data, AZURE_HCL_REPORT_DATA);
	snp_made_sign(&r, report_key);
	memcpy(report, r.bytes, sizeof r.bytes);
	put_chain();
	az.bundle.snp_crl = az_kept(snp_made_crl(&crl));
}

static void honest(void)
{
	static uint8_t measurement[48];

	under = milan();
	report_key = leaf_key;
	own_data = false;
	az.root.hardware = TRUST_SNP;
	az.root.product = SNP_MILAN;
	az.in.at_unix = SNP_MADE_NOW;
	memset(measurement, 0xd2, sizeof measurement);
	az.values[0] = SPAN_OF(measurement);
	az.policy.snp.measurements = (struct policy_snp_values){ az.values, 1 };
}

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
#define SETTINGS(boot, tpm, console)                                         \
	"{" AZURE_KEYS ",\"vm-configuration\":{\"console-enabled\":" console \
	",\"secure-boot\":" boot ",\"tpm-enabled\":" tpm ",\"vmUniqueId\":\"M\"}}"
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
static void unsigned_claim(void)
{
	az.in.vouch = APPRAISE_UNSIGNED_CLAIM;
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
static void runtime_secure_boot_set(void)
{
	az.hcl.runtime = SETTINGS("false", "true", "true");
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

/* ---- the attestation key ---- */

static void quote_by_other(void)
{
	az.quote_key = az_other;
}
/* The attacker's own key stands first, the TPM's by its name. */
static void key_by_position(void)
{
	az.quote_key = az_other; /* HCLEkPub, which stands first */
}
static void other_public_key(void)
{
	struct made_key k = { MADE_AK_ATTRIBUTES, TPM_ALG_RSASSA, TPM_ALG_SHA256, 0, false };

	az.bundle.ak_public = az_kept(made_public(az_other, k));
}
static void broken_public_key(void)
{
	az.bundle.ak_public = span_make("no key", 6);
}
static void quote_pss(void)
{
	az.sig_scheme = TPM_ALG_RSAPSS;
}
static void quote_sha384(void)
{
	az.sig_hash = TPM_ALG_SHA384;
	az.sig_hash_name = "SHA384";
}
static void quote_sha1(void)
{
	az.sig_hash = TPM_ALG_SHA1;
	az.sig_hash_name = "SHA1";
}
static void quote_magic(void)
{
	az.quote.magic = 0x4556494c;
}
static void quote_certify(void)
{
	az.quote.type = 0x8017;
}
static void quote_cut(void)
{
	az.bundle.quote.n--;
}
static void quote_signature_cut(void)
{
	az.bundle.signature.n--;
}

/* ---- settings ---- */

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

/* ---- registers ---- */

static void change_register(unsigned pcr)
{
	az.bank.values[pcr].bytes[0] ^= 1;
	az.signed_bank = az.bank;
}
static void pcr0_differs(void)
{
	change_register(0);
}
static void pcr4_differs(void)
{
	change_register(4);
}
static void pcr11_differs(void)
{
	change_register(11);
}
static void value_lies(void)
{
	az.signed_bank.values[7].bytes[3] ^= 0x10;
}
static void required_not_signed(void)
{
	az.quote.selections[0].pcrs = az.bank.pcrs = 0xffffff & ~(1U << 11);
}
static void substituted(void)
{
	az.quote.selections[0].pcrs = 0xffffff & ~(1U << 11);
	az.signed_bank.values[16] = az.bank.values[11];
}
static void more_claimed(void)
{
	az.quote.selections[0].pcrs = 0xffff;
}
static void bank_confused(void)
{
	az.bank.alg = az.signed_bank.alg = DIGEST_SHA384;
	for (unsigned i = 0; i < TPM_PCRS; i++)
		az.bank.values[i].alg = az.signed_bank.values[i].alg = DIGEST_SHA384;
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
	BEFORE(0, nonce_in_report_allowed, GOOD, NULL),
	AFTER(0, machine_known, GOOD, NULL),
	BEFORE(0, no_console, GOOD, NULL),
	BEFORE(0, any_secure_boot, GOOD, NULL),
	BEFORE(0, other_register_differs, GOOD, NULL),
	AFTER(0, no_measurement_named, WARN, "launch-measurement"),
	AFTER(0, other_hardware_named, WARN, "launch-measurement"),
	AFTER(28, unsigned_claim, WARN, "vouched"),
	AFTER(0, no_shape, WARN, "pcr-0.sha256"),
	AFTER(0, no_anchor, WARN, "pcr-0.sha256"),
	AFTER(22, root_not_covered, WARN, "coverage"),
	AFTER(22, firmware_only, WARN, "coverage"),
	BEFORE(0, unsafe_clock, WARN, "clock"),
	BEFORE(18, nonce_only_in_report, WARN, "nonce"),
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
	BEFORE(4, quote_by_other, BAD, "signature"),
	BEFORE(4, key_by_position, BAD, "signature"),
	AFTER(4, other_public_key, BAD, "hcl-ak"),
	AFTER(25, broken_public_key, BAD, "hcl-ak"),
	BEFORE(17, quote_pss, BAD, "signature"),
	BEFORE(17, quote_sha384, BAD, "signature"),
	BEFORE(17, quote_sha1, BAD, "signature"),
	BEFORE(2, quote_magic, BAD, "quote-structure"),
	BEFORE(2, quote_certify, BAD, "quote-structure"),
	AFTER(25, quote_cut, BAD, "quote-structure"),
	AFTER(25, quote_signature_cut, BAD, "signature"),
	BEFORE(0, secure_boot_off, BAD, "hcl-secure-boot"),
	BEFORE(0, runtime_secure_boot_set, BAD, "hcl-secure-boot"),
	BEFORE(0, secure_boot_not_said, BAD, "hcl-secure-boot"),
	BEFORE(0, tpm_off, BAD, "hcl-tpm"),
	AFTER(0, console_refused, BAD, "hcl-console"),
	AFTER(24, machine_unknown, BAD, "hcl-vm-id"),
	BEFORE(24, machine_not_said, BAD, "hcl-vm-id"),
	BEFORE(0, pcr0_differs, BAD, "pcr-0.sha256"),
	BEFORE(0, pcr4_differs, BAD, "pcr-4.sha256"),
	BEFORE(0, pcr11_differs, BAD, "pcr-11.sha256"),
	BEFORE(27, value_lies, BAD, "pcr-digest"),
	BEFORE(1, required_not_signed, BAD, "pcr-selection"),
	BEFORE(1, substituted, BAD, "pcr-claims"),
	BEFORE(1, more_claimed, BAD, "pcr-claims"),
	BEFORE(3, bank_confused, BAD, "pcr-claims"),
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
	BEFORE(18, nonce_in_unbound_report, BAD, "nonce"),
	BEFORE(18, report_nonce_differs, BAD, "nonce"),
};

/* What stands in the HCL report, but what nobody signs: its header may say another size or version, and nothing else. */
static bool is_unsigned(size_t i)
{
	return i < 32 || (i >= 32 + 0x2a0 && i < 32 + 0x4a0) || (i >= 1216 && i < RUNTIME_AT) ||
	       i >= RUNTIME_AT + hcl_runtime(&az.hcl).n;
}

/* Each byte of the hardware's report, the runtime data, the quote and its signature, changed. */
static void flips(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(16 << 20);
	const struct span *parts[3] = { &az.bundle.azure_hcl, &az.bundle.quote,
		&az.bundle.signature };
	struct err e = { 0 };

	az_init(a);
	honest();
	az.hcl.runtime = "{\"keys\":[" KEY("HCLAkPub", "%") "]," AZURE_CONFIGURATION "}";
	az_sign();
	for (size_t k = 0; k < ARRAY_LEN(parts); k++)
		for (size_t i = 0; i < parts[k]->n; i++) {
			CLEANUP(arena_freep) struct arena *own = arena_new(16 << 20);
			uint8_t *p = (uint8_t *)(uintptr_t)parts[k]->p + i;
			bool affirmed;

			/* the report's own bytes are flipped in its own test, too */
			if (k == 0 && (is_unsigned(i) || (i > 32 && i < 1216 && i % 23)))
				continue;
			*p ^= (uint8_t)(1u << i % 8);
			CHECK_OK(appraise(&az_out, &az.in, own, &e), e);
			affirmed = verdict_affirms(&az_out.verdict);
			CHECK(!affirmed && az_out.verdict.status == BAD);
			*p ^= (uint8_t)(1u << i % 8);
		}
	CHECK_OK(appraise(&az_out, &az.in, a, &e), e);
	CHECK(verdict_affirms(&az_out.verdict));
}

/* Each byte that nobody signs, changed: refused, or it makes no difference to anything that is said. */
static void unsigned_bytes(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(16 << 20);
	struct err e = { 0 };

	az_init(a);
	honest();
	az_sign();
	for (size_t i = 0; i < az.bundle.azure_hcl.n; i++) {
		CLEANUP(arena_freep) struct arena *own = arena_new(16 << 20);

		if (!is_unsigned(i) || (i > 32 + 0x2a0 && i < 1216 && i % 23))
			continue;
		*az_hcl(i) ^= (uint8_t)(1u << i % 8);
		CHECK_OK(appraise(&az_out, &az.in, own, &e), e);
		CHECK(az_out.verdict.status == BAD || i == 4);
		*az_hcl(i) ^= (uint8_t)(1u << i % 8);
	}
}

static void truncations(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(16 << 20);
	struct span *parts[3] = { &az.bundle.azure_hcl, &az.bundle.quote, &az.bundle.signature };
	struct err e = { 0 };

	az_init(a);
	honest();
	az_sign();
	for (size_t k = 0; k < ARRAY_LEN(parts); k++) {
		struct span whole = *parts[k];
		size_t end = k ? whole.n : RUNTIME_AT + hcl_runtime(&az.hcl).n;

		for (size_t n = 0; n < end; n += k ? 5 : 1) {
			CLEANUP(arena_freep) struct arena *own = arena_new(16 << 20);

			parts[k]->n = n;
			CHECK_OK(appraise(&az_out, &az.in, own, &e), e);
			CHECK(az_out.verdict.status == BAD);
		}
		*parts[k] = whole;
	}
}

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

static void arguments(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(16 << 20);
	struct err e = { 0 };

	az_init(a);
	honest();
	az_sign();
	for (size_t max = 0; max < 200 << 10; max += 4999) {
		CLEANUP(arena_freep) struct arena *small = arena_new(max);

		if (appraise(&az_out, &az.in, small, &e))
			CHECK(az_out.verdict.status == GOOD);
		else
			CHECK(e.kind == ERR_LIMIT);
	}
	az.shape.platform = STR("snp");
	CHECK_ERR(appraise_azure(&az_out, &az.in, a, &e), e, ERR_USAGE);
	az.shape.platform = STR("tpm");
	az.policy = (struct policy){ 0 };
	CHECK_ERR(appraise_azure(&az_out, &az.in, a, &e), e, ERR_USAGE);
}

int main(void)
{
	size_t negative = 0;

	snp_world_keys();
	az_ak = made_rsa();
	az_other = made_rsa();
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		az_run(&cases[i], honest);
		negative += cases[i].want != GOOD;
	}
	flips();
	unsigned_bytes();
	truncations();
	claims_are_bound();
	arguments();
	printf("%zu cases, %zu of them refused\n", ARRAY_LEN(cases), negative);
	chain_done();
	EVP_PKEY_free(az_ak);
	EVP_PKEY_free(az_other);
	snp_world_done();
	return test_end();
}
