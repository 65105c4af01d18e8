#include "appraise/appraise_nitro.h"

#include "nitro_case.h"

static EVP_PKEY *other, *p256;

/* ---- honest documents that are affirmed ---- */

static void tagged(void)
{
	w.m.tagged = w.m.open_maps = true;
}
static void archived(void)
{
	w.policy.freshness = POLICY_ARCHIVE;
	w.in.nonce = NULL;
	w.in.at_unix += 400 * MADE_DAY;
}
static void archive_mode(void)
{
	w.policy.nitro.archive = true;
	w.in.at_unix += 400 * MADE_DAY;
}
static void foreign_nonce(void)
{
	w.m.field[NITRO_DOCUMENT_NONCE] = span_make("twelve bytes", 12);
	w.bundle.has_binding = false;
	w.in.nonce = NULL;
	w.in.report_data = span_make("twelve bytes", 12);
}
static void plain_nonce(void)
{
	w.m.field[NITRO_DOCUMENT_NONCE] = SPAN_OF(w.nonce);
	w.bundle.has_binding = false;
}
static void unsigned_accepted(void)
{
	w.in.vouch = APPRAISE_UNSIGNED_CLAIM;
	w.trust.accept_unsigned = true;
}
static void with_fields(void)
{
	w.m.field[NITRO_DOCUMENT_USER_DATA] = span_make("user", 4);
	w.m.field[NITRO_DOCUMENT_PUBLIC_KEY] = span_make("key", 3);
	w.policy.nitro.user_data = span_make("user", 4);
	w.policy.nitro.public_key = span_make("key", 3);
}
static void empty_user_data(void)
{
	w.policy.nitro.user_data = span_make("", 0);
}
static void named(unsigned pcr, size_t n)
{
	w.values[0] = span_make(w.m.pcr[pcr], SHA384_SIZE);
	w.values[1] = span_make(w.m.pcr[(pcr + 1) % MADE_PCRS], SHA384_SIZE);
	w.policy.nitro.named |= 1U << pcr;
	w.policy.nitro.pcr[pcr] = (struct policy_nitro_values){
		n == 1 ? w.values : w.values + 2 - n, n
	};
}
static void role_named(void)
{
	named(3, 1);
}
static void instance_one_of(void)
{
	named(4, 2);
}
static void policy_agrees(void)
{
	named(0, 1);
}
static void with_signer(void)
{
	static const unsigned regs[] = { 0, 1, 2, 8 };

	world_registers(regs, ARRAY_LEN(regs));
}
static void other_register_differs(void)
{
	w.m.pcr[8][0] ^= 1;
}
static void slow_clock(void)
{
	w.policy.leeway_s = 60;
	w.in.at_unix = MADE_AT - 40;
}
static void longest_age(void)
{
	w.policy.nitro.max_age_s = 100;
	w.in.at_unix = MADE_AT + 100;
}
static void debug_let_through(void)
{
	w.policy.nitro.allow_debug = true;
}

/* A NitroTPM's: registers of a TPM, values of a shape of a TPM. */
static void of_tpm(void)
{
	static const unsigned regs[] = { 0, 2, 3, 4, 5, 6, 7, 9, 11, 12, 13, 14 };
	static const char *const layers[][2] = { { "firmware", "PCR 0" },
		{ "option ROMs", "PCR 2" }, { "boot loader", "PCR 4" },
		{ "kernel", "PCR 4, PCR 11" }, { "initrd", "PCR 9" },
		{ "command line", "PCR 9, PCR 11" }, { "root file system", "PCR 11" } };

	w.m.pcrs_name = "nitrotpm_pcrs";
	for (size_t i = 0; i < ARRAY_LEN(layers); i++)
		w.coverage[i] = (struct reference_coverage){ str_of(layers[i][0]),
			str_of(layers[i][1]), STR("") };
	w.shape.n_coverage = ARRAY_LEN(layers);
	w.shape.platform = STR("tpm");
	world_registers(regs, ARRAY_LEN(regs));
}
static void of_tpm_without_debug(void)
{
	of_tpm();
	w.policy.registers &= ~2U;
	memset(w.m.pcr[1], 0, sizeof w.m.pcr[1]);
}

/* ---- warnings ---- */

static void unsigned_claim(void)
{
	w.in.vouch = APPRAISE_UNSIGNED_CLAIM;
}
static void no_shape(void)
{
	w.in.shape = NULL;
}
static void no_shape_named(void)
{
	w.in.shape = NULL;
	named(0, 1);
}
static void not_predicted(void)
{
	w.registers[1].how = REFERENCE_NOT_PREDICTABLE;
}
static void other_bank(void)
{
	w.shape.banks[0] = DIGEST_SHA256;
}
static void firmware_only(void)
{
	w.shape.firmware_only = true;
}
static void root_not_covered(void)
{
	w.coverage[4].by = STR("");
}
static void root_not_named(void)
{
	w.shape.n_coverage = 4;
}
static void kernel_not_required(void)
{
	w.policy.nitro.registers = 4;
}
static void instance_not_covered(void)
{
	of_tpm();
	w.coverage[1].by = STR("PCR 1");
}
static void instance_without_values(void)
{
	of_tpm();
	w.registers[0].how = REFERENCE_NOT_PREDICTABLE;
}
static void instance_without_shape(void)
{
	of_tpm();
	w.in.shape = NULL;
}

/* ---- form ---- */

static void es256(void)
{
	w.m.alg = COSE_ES256;
}
static void ps384(void)
{
	w.m.alg = COSE_PS384;
}
static void es512(void)
{
	w.m.alg = COSE_ES512;
}
static void alg_none(void)
{
	w.m.alg = 0;
}
static void alg_unprotected(void)
{
	w.m.unprotected_alg = true;
}
static void more_protected(void)
{
	w.m.more_protected = true;
}
static void document_cut(void)
{
	w.bundle.nitro_document.n--;
}
static void document_empty(void)
{
	w.bundle.nitro_document.n = 0;
}
static void document_longer(void)
{
	struct buf b = buf_init(1 << 16);

	buf_add(&b, w.bundle.nitro_document.p, w.bundle.nitro_document.n);
	buf_u8(&b, 0);
	w.bundle.nitro_document = world_kept(b);
}
static void document_of_zeroes(void)
{
	static const uint8_t zeroes[2000];

	w.bundle.nitro_document = SPAN_OF(zeroes);
}
static void document_nested(void)
{
	static uint8_t deep[20000];

	memset(deep, 0x81, sizeof deep);
	w.bundle.nitro_document = SPAN_OF(deep);
}
static void no_module_id(void)
{
	w.m.module_name = NULL;
}
static void empty_module_id(void)
{
	w.m.module_id = "";
}
static void other_digest(void)
{
	w.m.digest = "SHA256";
}
static void no_digest(void)
{
	w.m.digest_name = NULL;
}
static void no_timestamp(void)
{
	w.m.with_timestamp = false;
}
static void zero_timestamp(void)
{
	w.m.timestamp_ms = 0;
}
static void no_pcrs(void)
{
	w.m.pcrs_name = NULL;
}
static void empty_pcrs(void)
{
	w.m.n_pcrs = 0;
}
static void pcr_32(void)
{
	w.m.first_pcr = 17;
}
static void short_pcrs(void)
{
	w.m.pcr_size = 47;
}
static void no_leaf(void)
{
	w.m.with_certificate = false;
}
static void no_cabundle(void)
{
	w.m.with_cabundle = false;
}
static void empty_cabundle(void)
{
	w.m.n_cabundle = 0;
}
static void more_members(void)
{
	w.m.more = "test_purpose";
}
static void both_kinds(void)
{
	w.m.more = "nitrotpm_pcrs";
}
static void long_nonce(void)
{
	static const uint8_t many[513];

	w.m.field[NITRO_DOCUMENT_NONCE] = SPAN_OF(many);
}
static void no_certificate(void)
{
	w.m.bundle[2] = span_make("no certificate", 14);
}

/* ---- authority ---- */

static void root_unknown(void)
{
	w.trust.n_hardware = 0;
}
static void root_of_another_maker(void)
{
	w.root.hardware = TRUST_TDX;
}
static void root_forged(void)
{
	w.m.certs[0].key = w.m.certs[0].signer = w.m.certs[1].signer = other;
}
static void root_in_front(void)
{
	static struct buf der;
	struct made_cert c = w.m.certs[0];

	c.key = c.signer = other;
	buf_done(&der);
	der = made_cert_der(&c);
	w.m.bundle[0] = buf_span(&der);
}
static void root_in_front_done(void)
{
	root_in_front();
}
static void middle_by_other(void)
{
	w.m.certs[2].signer = other;
}
static void leaf_by_other(void)
{
	w.m.certs[MADE_LEAF].signer = other;
}
static void leaf_by_grandparent(void)
{
	w.m.certs[MADE_LEAF].signer = made_keys[2];
	w.m.certs[MADE_LEAF].issuer = w.m.certs[2].subject;
}
static void certificate_left_out(void)
{
	w.m.n_cabundle = 3;
}
static void leaf_is_authority(void)
{
	w.m.certs[MADE_LEAF].basic = "critical,CA:TRUE";
}
static void leaf_in_the_middle(void)
{
	w.m.certs[2].basic = "critical,CA:FALSE";
}
static void path_too_long(void)
{
	w.m.certs[1].basic = "critical,CA:TRUE,pathlen:0";
}
static void usage_wrong(void)
{
	w.m.certs[1].usage = "critical,digitalSignature";
}
static void leaf_usage_wrong(void)
{
	w.m.certs[MADE_LEAF].usage = "keyAgreement";
}
static void critical_unknown(void)
{
	w.m.certs[3].critical = "1.2.3.4";
}
static void old_version(void)
{
	w.m.certs[3].version = X509_VERSION_1;
}
static void weak_curve(void)
{
	w.m.certs[MADE_LEAF].key = w.m.signer = p256;
}
static void weak_hash(void)
{
	w.m.certs[2].hash = "SHA256";
}
static void other_module(void)
{
	w.m.module_id = "i-0123456789abcdef0-enc0000000000000000";
}
static void module_prefix(void)
{
	w.m.module_id = "i-0123456789abcdef0-enc0123456789abcde";
}

/* ---- signature ---- */

static void signed_by_another(void)
{
	w.m.signer = other;
}
static void signed_by_instance(void)
{
	w.m.signer = made_keys[3];
}
static void signature_zero(void)
{
	w.m.no_signature = true;
}
static void last_byte(size_t from_end)
{
	uint8_t *p = (uint8_t *)(uintptr_t)w.bundle.nitro_document.p;

	p[w.bundle.nitro_document.n - from_end] ^= 1;
}
static void signature_s_changed(void)
{
	last_byte(1);
}
static void signature_r_changed(void)
{
	last_byte(96);
}
/* Another document's payload under this one's signature. */
static void payload_swapped(void)
{
	struct made_nitro second = w.m;
	struct span first = w.bundle.nitro_document;
	struct buf b;

	second.timestamp_ms++;
	b = made_document(&second);
	memcpy(b.p + b.n - 96, first.p + first.n - 96, 96);
	w.bundle.nitro_document = world_kept(b);
	world_trust();
}

/* ---- time ---- */

static void leaf_expired(void)
{
	w.in.at_unix = MADE_AT + 3 * MADE_HOUR + 1;
}
static void not_yet_valid(void)
{
	w.in.at_unix = MADE_AT - 4;
}
static void leeway_too_small(void)
{
	w.policy.leeway_s = 30;
	w.in.at_unix = MADE_AT - 40;
}
static void expired_at_its_own_time(void)
{
	w.policy.nitro.archive = true;
	w.m.timestamp_ms = UINT64_C(1000) * (MADE_AT + 3 * MADE_HOUR + 1);
	w.in.at_unix = MADE_AT + MADE_DAY;
}
static void middle_expired(void)
{
	w.m.certs[2].to = MADE_AT + 5;
}
static void root_expired(void)
{
	w.m.certs[0].to = MADE_AT + 5;
}
static void too_old(void)
{
	w.in.at_unix = MADE_AT + 3601;
}
static void too_old_by_policy(void)
{
	w.policy.nitro.max_age_s = 9;
}
static void from_the_future(void)
{
	w.m.timestamp_ms += 60 * 1000;
}
static void archive_of_the_future(void)
{
	archived();
	w.in.at_unix = MADE_AT - MADE_DAY;
}

/* ---- debug ---- */

static void zero(unsigned pcr)
{
	memset(w.m.pcr[pcr], 0, sizeof w.m.pcr[pcr]);
}
static void in_debug(void)
{
	zero(0);
	zero(1);
	zero(2);
}
static void debug_as_expected(void)
{
	in_debug();
	world_shape();
}
static void debug_by_one(void)
{
	zero(2);
	world_shape();
}
static void debug_allowed_not_expected(void)
{
	in_debug();
	w.policy.nitro.allow_debug = true;
}

/* ---- registers ---- */

static void pcr0_differs(void)
{
	w.m.pcr[0][47] ^= 1;
}
static void pcr1_differs(void)
{
	w.m.pcr[1][0] ^= 0x80;
}
static void pcr2_differs(void)
{
	w.m.pcr[2][20] ^= 4;
}
static void pcr8_differs(void)
{
	with_signer();
	w.m.pcr[8][0] ^= 1;
}
static void pcr8_missing(void)
{
	with_signer();
	w.m.n_pcrs = 8;
}
static void pcr2_missing(void)
{
	w.m.n_pcrs = 2;
}
static void pcr0_missing(void)
{
	w.m.first_pcr = 1;
}
static void pcr3_not_named_value(void)
{
	named(3, 1);
	w.values[0] = span_make(w.m.pcr[9], SHA384_SIZE);
}
static void pcr4_none_of(void)
{
	named(4, 2);
	w.values[0] = w.values[1] = span_make(w.m.pcr[9], SHA384_SIZE);
}
static void pcr23_missing(void)
{
	w.values[0] = span_make(w.m.pcr[9], SHA384_SIZE);
	w.policy.nitro.named |= 1U << 23;
	w.policy.nitro.pcr[23] = (struct policy_nitro_values){ w.values, 1 };
}
static void policy_disagrees(void)
{
	named(0, 1);
	w.values[0] = span_make(w.m.pcr[9], SHA384_SIZE);
}
static void registers_of_sha256(void)
{
	w.m.pcr_size = 32;
}
static void registers_of_sha512(void)
{
	w.m.pcr_size = 64;
}
static void registers_swapped(void)
{
	uint8_t t[64];

	memcpy(t, w.m.pcr[1], sizeof t);
	memcpy(w.m.pcr[1], w.m.pcr[2], sizeof t);
	memcpy(w.m.pcr[2], t, sizeof t);
}
static void instance_for_enclave(void)
{
	w.m.pcrs_name = "nitrotpm_pcrs";
}
static void enclave_for_instance(void)
{
	of_tpm();
	w.m.pcrs_name = "pcrs";
}
static void instance_differs(void)
{
	of_tpm();
	w.m.pcr[11][0] ^= 1;
}
static void instance_register_missing(void)
{
	of_tpm();
	w.m.n_pcrs = 14;
}

/* ---- freshness and fields ---- */

static void old_nonce(void)
{
	w.bundle.binding.nonce[0] = w.signed_binding.nonce[0] = 0xff;
}
static void nonce_lies(void)
{
	w.signed_binding.nonce[0] = 0xff;
}
static void no_nonce_given(void)
{
	w.in.nonce = NULL;
}
static void no_nonce_inside(void)
{
	w.m.field[NITRO_DOCUMENT_NONCE] = span_make(NULL, 0);
}
static void nonce_in_user_data(void)
{
	w.m.field[NITRO_DOCUMENT_USER_DATA] = w.m.field[NITRO_DOCUMENT_NONCE];
	w.m.field[NITRO_DOCUMENT_NONCE] = span_make(NULL, 0);
}
static void binding_cut(void)
{
	w.m.field[NITRO_DOCUMENT_NONCE].n = 63;
}
static void binding_sha256(void)
{
	w.m.field[NITRO_DOCUMENT_NONCE].n = 32;
}
static void nonce_itself(void)
{
	w.m.field[NITRO_DOCUMENT_NONCE] = SPAN_OF(w.nonce);
}
static void other_role(void)
{
	w.bundle.binding.role = w.signed_binding.role = STR("verifier");
}
static void a_channel(void)
{
	w.bundle.binding.channel[0] = w.signed_binding.channel[0] = 1;
}
static void secret_lies(void)
{
	w.bundle.binding.secret_digest[0] = 1;
}
static void foreign_without_anything(void)
{
	foreign_nonce();
	w.in.report_data = span_make(NULL, 0);
}
static void foreign_other_nonce(void)
{
	foreign_nonce();
	w.in.report_data = span_make("twelve byteS", 12);
}
static void foreign_longer_nonce(void)
{
	foreign_nonce();
	w.in.report_data = span_make("twelve bytes and more", 21);
}
static void foreign_no_nonce_inside(void)
{
	foreign_nonce();
	w.m.field[NITRO_DOCUMENT_NONCE] = span_make(NULL, 0);
}
static void archive_other_nonce(void)
{
	w.policy.freshness = POLICY_ARCHIVE;
	old_nonce();
}
static void archive_mode_without_nonce(void)
{
	w.policy.nitro.archive = true;
	w.in.nonce = NULL;
}
static void other_user_data(void)
{
	with_fields();
	w.policy.nitro.user_data = span_make("used", 4);
}
static void user_data_longer(void)
{
	with_fields();
	w.policy.nitro.user_data = span_make("use", 3);
}
static void user_data_absent(void)
{
	w.m.field[NITRO_DOCUMENT_USER_DATA] = span_make(NULL, 0);
	w.policy.nitro.user_data = span_make("", 0);
}
static void other_public_key(void)
{
	with_fields();
	w.policy.nitro.public_key = span_make("kez", 3);
}
static void public_key_absent(void)
{
	w.policy.nitro.public_key = span_make("key", 3);
}

static const struct test_case cases[] = {
	B(0, nothing, GOOD, NULL),
	B(0, tagged, GOOD, NULL),
	A(18, archived, GOOD, NULL),
	A(29, archive_mode, GOOD, NULL),
	B(0, foreign_nonce, GOOD, NULL),
	B(0, plain_nonce, GOOD, NULL),
	A(0, unsigned_accepted, GOOD, NULL),
	B(0, with_fields, GOOD, NULL),
	B(0, empty_user_data, GOOD, NULL),
	B(0, role_named, GOOD, NULL),
	B(0, instance_one_of, GOOD, NULL),
	B(0, policy_agrees, GOOD, NULL),
	B(0, with_signer, GOOD, NULL),
	B(0, other_register_differs, GOOD, NULL),
	A(29, slow_clock, GOOD, NULL),
	A(0, longest_age, GOOD, NULL),
	A(0, debug_let_through, GOOD, NULL),
	B(0, of_tpm, GOOD, NULL),
	B(8, of_tpm_without_debug, GOOD, NULL),
	A(28, unsigned_claim, WARN, "vouched"),
	A(0, no_shape, WARN, "pcr-0.sha384"),
	A(0, no_shape_named, WARN, "pcr-1.sha384"),
	A(0, not_predicted, WARN, "pcr-1.sha384"),
	A(3, other_bank, WARN, "pcr-0.sha384"),
	A(22, firmware_only, WARN, "coverage"),
	A(22, root_not_covered, WARN, "coverage"),
	A(22, root_not_named, WARN, "coverage"),
	A(22, kernel_not_required, WARN, "coverage"),
	B(22, instance_not_covered, WARN, "coverage"),
	B(0, instance_without_values, WARN, "pcr-0.sha384"),
	B(0, instance_without_shape, BAD, "document-kind"),
	B(17, es256, BAD, "cose-header"),
	B(17, ps384, BAD, "cose-header"),
	B(17, es512, BAD, "cose-header"),
	B(17, alg_none, BAD, "cose-header"),
	B(17, alg_unprotected, BAD, "cose-header"),
	B(17, more_protected, BAD, "cose-header"),
	A(25, document_cut, BAD, "cose-form"),
	A(25, document_empty, BAD, "cose-form"),
	A(27, document_longer, BAD, "cose-form"),
	A(25, document_of_zeroes, BAD, "cose-form"),
	A(15, document_nested, BAD, "cose-form"),
	B(25, no_module_id, BAD, "document-rules"),
	B(25, empty_module_id, BAD, "document-rules"),
	B(3, other_digest, BAD, "document-rules"),
	B(25, no_digest, BAD, "document-rules"),
	B(29, no_timestamp, BAD, "document-rules"),
	B(29, zero_timestamp, BAD, "document-rules"),
	B(25, no_pcrs, BAD, "document-rules"),
	B(25, empty_pcrs, BAD, "document-rules"),
	B(25, pcr_32, BAD, "document-rules"),
	B(25, short_pcrs, BAD, "document-rules"),
	B(4, no_leaf, BAD, "document-rules"),
	B(5, no_cabundle, BAD, "document-rules"),
	B(5, empty_cabundle, BAD, "document-rules"),
	B(26, more_members, BAD, "document-rules"),
	B(3, both_kinds, BAD, "document-rules"),
	B(15, long_nonce, BAD, "document-rules"),
	B(25, no_certificate, BAD, "certificates"),
	A(5, root_unknown, BAD, "root"),
	A(5, root_of_another_maker, BAD, "root"),
	B(5, root_forged, BAD, "root"),
	B(5, root_in_front, BAD, "root"),
	B(5, root_in_front_done, BAD, "chain-signatures"),
	B(5, middle_by_other, BAD, "chain-signatures"),
	B(4, leaf_by_other, BAD, "chain-signatures"),
	B(6, leaf_by_grandparent, BAD, "chain-signatures"),
	B(5, certificate_left_out, BAD, "chain-signatures"),
	B(6, leaf_is_authority, BAD, "chain-profile"),
	B(6, leaf_in_the_middle, BAD, "chain-profile"),
	B(6, path_too_long, BAD, "chain-profile"),
	B(6, usage_wrong, BAD, "chain-profile"),
	B(6, leaf_usage_wrong, BAD, "chain-profile"),
	B(6, critical_unknown, BAD, "chain-profile"),
	B(6, old_version, BAD, "chain-profile"),
	B(17, weak_curve, BAD, "chain-profile"),
	B(17, weak_hash, BAD, "chain-profile"),
	B(4, other_module, BAD, "module"),
	B(4, module_prefix, BAD, "module"),
	B(4, signed_by_another, BAD, "signature"),
	B(6, signed_by_instance, BAD, "signature"),
	B(16, signature_zero, BAD, "signature"),
	A(16, signature_s_changed, BAD, "signature"),
	A(16, signature_r_changed, BAD, "signature"),
	A(27, payload_swapped, BAD, "signature"),
	A(29, leaf_expired, BAD, "certificate-time"),
	A(29, not_yet_valid, BAD, "certificate-time"),
	A(29, leeway_too_small, BAD, "certificate-time"),
	B(29, expired_at_its_own_time, BAD, "certificate-time"),
	B(29, middle_expired, BAD, "certificate-time"),
	B(29, root_expired, BAD, "certificate-time"),
	A(18, too_old, BAD, "age"),
	A(18, too_old_by_policy, BAD, "age"),
	B(29, from_the_future, BAD, "age"),
	A(29, archive_of_the_future, BAD, "age"),
	B(8, in_debug, BAD, "debug"),
	B(8, debug_as_expected, BAD, "debug"),
	B(8, debug_by_one, BAD, "debug"),
	B(8, debug_allowed_not_expected, BAD, "pcr-0.sha384"),
	B(0, pcr0_differs, BAD, "pcr-0.sha384"),
	B(0, pcr1_differs, BAD, "pcr-1.sha384"),
	B(0, pcr2_differs, BAD, "pcr-2.sha384"),
	B(0, pcr8_differs, BAD, "pcr-8.sha384"),
	B(1, pcr8_missing, BAD, "pcr-8.sha384"),
	B(1, pcr2_missing, BAD, "pcr-2.sha384"),
	B(1, pcr0_missing, BAD, "pcr-0.sha384"),
	B(0, pcr3_not_named_value, BAD, "pcr-3.sha384"),
	B(0, pcr4_none_of, BAD, "pcr-4.sha384"),
	B(1, pcr23_missing, BAD, "pcr-23.sha384"),
	B(0, policy_disagrees, BAD, "pcr-0.sha384"),
	B(3, registers_of_sha256, BAD, "pcr-0.sha384"),
	B(3, registers_of_sha512, BAD, "pcr-2.sha384"),
	B(1, registers_swapped, BAD, "pcr-1.sha384"),
	B(2, instance_for_enclave, BAD, "document-kind"),
	B(2, enclave_for_instance, BAD, "document-kind"),
	B(0, instance_differs, BAD, "pcr-11.sha384"),
	B(1, instance_register_missing, BAD, "pcr-14.sha384"),
	B(18, old_nonce, BAD, "nonce"),
	B(18, nonce_lies, BAD, "binding"),
	A(18, no_nonce_given, BAD, "nonce"),
	B(18, no_nonce_inside, BAD, "binding"),
	B(27, nonce_in_user_data, BAD, "binding"),
	B(18, binding_cut, BAD, "binding"),
	B(18, binding_sha256, BAD, "binding"),
	B(18, nonce_itself, BAD, "binding"),
	B(19, other_role, BAD, "binding"),
	B(19, a_channel, BAD, "binding"),
	A(19, secret_lies, BAD, "binding"),
	B(18, foreign_without_anything, BAD, "nonce"),
	B(18, foreign_other_nonce, BAD, "nonce"),
	B(18, foreign_longer_nonce, BAD, "nonce"),
	B(18, foreign_no_nonce_inside, BAD, "nonce"),
	B(18, archive_other_nonce, BAD, "nonce"),
	A(18, archive_mode_without_nonce, BAD, "nonce"),
	B(0, other_user_data, BAD, "user-data"),
	B(0, user_data_longer, BAD, "user-data"),
	B(0, user_data_absent, BAD, "user-data"),
	B(4, other_public_key, BAD, "public-key"),
	B(4, public_key_absent, BAD, "public-key"),
};

/* Root and leaf alone, few registers: the shortest document that is affirmed. */
static void short_document(void)
{
	w.m.n_cabundle = 1;
	w.m.n_pcrs = 3;
	w.m.certs[MADE_LEAF].issuer = w.m.certs[0].subject;
	w.m.certs[MADE_LEAF].signer = w.m.certs[0].key;
}

static void change_one(size_t at)
{
	CLEANUP(arena_freep) struct arena *own = arena_new(8 << 20);
	uint8_t *p = (uint8_t *)(uintptr_t)w.bundle.nitro_document.p + at;
	struct err e = { 0 };

	*p ^= (uint8_t)(1u << at % 8);
	CHECK_OK(appraise_nitro(&out, &w.in, own, &e), e);
	CHECK(out.verdict.status == BAD && !verdict_affirms(&out.verdict));
	*p ^= (uint8_t)(1u << at % 8);
}

/* Each byte of the document, signed or around what is signed, changed; each length that is too short. */
static void flips(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(8 << 20);
	struct err e = { 0 };
	size_t whole;

	world_init(a);
	short_document();
	world_sign();
	CHECK_OK(appraise_nitro(&out, &w.in, a, &e), e);
	CHECK(verdict_affirms(&out.verdict));
	whole = w.bundle.nitro_document.n;
	for (size_t i = 0; i < whole; i++)
		change_one(i);
	for (size_t n = 0; n < whole; n++) {
		CLEANUP(arena_freep) struct arena *own = arena_new(8 << 20);

		w.bundle.nitro_document.n = n;
		CHECK_OK(appraise_nitro(&out, &w.in, own, &e), e);
		CHECK(out.verdict.status == BAD && failed("cose-form"));
	}
}

/* Each extension of each certificate, left out: the reason names it. */
static void extensions(void)
{
	for (size_t i = 0; i < 2 * MADE_CERTS; i++) {
		CLEANUP(arena_freep) struct arena *a = arena_new(8 << 20);
		bool basic = i % 2;
		const struct check *c;
		struct err e = { 0 };

		world_init(a);
		if (basic)
			w.m.certs[i / 2].basic = NULL;
		else
			w.m.certs[i / 2].usage = NULL;
		world_sign();
		CHECK_OK(appraise_nitro(&out, &w.in, a, &e), e);
		c = check_find(&out.verdict.checks, "chain-profile");
		CHECK(out.verdict.status == BAD && failed("chain-profile"));
		CHECK(c && strstr(c->reason.p, basic ? "basic constraints" : "key usage"));
	}
}

/* What is not signed by somebody who is trusted is not looked at, and not shown as if it were. */
static void claims_are_signed(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(8 << 20);
	struct err e = { 0 };

	world_init(a);
	world_sign();
	CHECK_OK(appraise_nitro(&out, &w.in, a, &e), e);
	CHECK(out.signed_bank.pcrs == 0xffff && out.signed_bank.alg == DIGEST_SHA384);
	CHECK(!memcmp(out.signed_bank.values[2].bytes, w.m.pcr[2], SHA384_SIZE));
	CHECK(out.verdict.claims[CHECK_HARDWARE].value == 2 &&
		strstr(out.verdict.claims[CHECK_HARDWARE].why.p, "root 'made'"));
	CHECK(out.verdict.claims[CHECK_EXECUTABLES].value == 3 &&
		out.verdict.claims[CHECK_FILE_SYSTEM].value == 2 &&
		out.verdict.claims[CHECK_RUNTIME_OPAQUE].value == 0);
	CHECK(check_find(&out.verdict.checks, "revocation")->result == CHECK_NOT_APPLICABLE);
	w.m.signer = other;
	world_sign();
	CHECK_OK(appraise_nitro(&out, &w.in, a, &e), e);
	CHECK(!out.signed_bank.pcrs && !check_find(&out.verdict.checks, "pcr-0.sha384"));
	CHECK(check_find(&out.verdict.checks, "nonce")->result == CHECK_NOT_APPLICABLE);
	w.m.signer = made_keys[MADE_LEAF];
	pcr1_differs();
	world_sign();
	CHECK_OK(appraise_nitro(&out, &w.in, a, &e), e);
	CHECK(out.differing == 2 && out.verdict.claims[CHECK_FILE_SYSTEM].value == 0);
}

/* "The clock" is named where it may be the cause. */
static void says_clock(void)
{
	static void (*const late[])(void) = { leaf_expired, not_yet_valid, archive_of_the_future };
	static const char *const checks[] = { "certificate-time", "certificate-time", "age" };

	for (size_t i = 0; i < ARRAY_LEN(late); i++) {
		CLEANUP(arena_freep) struct arena *a = arena_new(8 << 20);
		const struct check *c;
		struct err e = { 0 };

		world_init(a);
		world_sign();
		late[i]();
		CHECK_OK(appraise_nitro(&out, &w.in, a, &e), e);
		c = check_find(&out.verdict.checks, checks[i]);
		CHECK(c && c->result == CHECK_FAILED && strstr(c->reason.p, "clock"));
	}
}

static void arguments(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(8 << 20);
	struct err e = { 0 };

	world_init(a);
	world_sign();
	for (size_t max = 0; max < 200 << 10; max += 4999) {
		CLEANUP(arena_freep) struct arena *small = arena_new(max);

		if (appraise_nitro(&out, &w.in, small, &e))
			CHECK(out.verdict.status == GOOD);
		else
			CHECK(e.kind == ERR_LIMIT);
	}
	w.shape.platform = STR("snp");
	CHECK_ERR(appraise_nitro(&out, &w.in, a, &e), e, ERR_USAGE);
	w.shape.platform = STR("nitro-enclave");
	w.policy = (struct policy){ 0 };
	CHECK_ERR(appraise_nitro(&out, &w.in, a, &e), e, ERR_USAGE);
	w.shape.platform = STR("tpm");
	CHECK_ERR(appraise_nitro(&out, &w.in, a, &e), e, ERR_USAGE);
}

int main(void)
{
	size_t negative = 0;

	made_keys_new();
	other = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");
	p256 = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		run_case(&cases[i]);
		negative += cases[i].want != GOOD;
	}
	flips();
	extensions();
	claims_are_signed();
	says_clock();
	arguments();
	printf("%zu cases, %zu of them refused\n", ARRAY_LEN(cases), negative);
	EVP_PKEY_free(other);
	EVP_PKEY_free(p256);
	made_keys_free();
	return test_end();
}
