/*
 * A machine that is honest, and what its verifier asks beside registers and nonce: data that is known to it, kinds of evidence,
 * the size of the TPM's key, the hash of its signature, its firmware.
 */
#include "appraise_case.h"

/* What the caller knows that the TPM must have signed. */
static void other_data(void)
{
	m.in.report_data = SPAN_OF(m.nonce);
}
static void archive_other_data(void)
{
	m.policy.freshness = POLICY_ARCHIVE;
	m.in.nonce = NULL;
	m.in.report_data = SPAN_OF(m.nonce);
}
static void the_data(void)
{
	m.in.report_data = m.quote.extra;
}
static void archive_the_data(void)
{
	m.policy.freshness = POLICY_ARCHIVE;
	m.in.nonce = NULL;
	the_data();
}
static void data_instead(void)
{
	m.in.nonce = NULL;
	the_data();
}
static void data_that_is_new(void)
{
	data_instead();
	m.in.report_data_is_fresh = true;
}
static void data_of_zeroes(void)
{
	static const uint8_t zero[32];

	m.in.nonce = NULL;
	m.in.report_data = SPAN_OF(zero);
	m.in.report_data_is_fresh = true;
}
static void nonce_of_zeroes(void)
{
	memset(m.nonce, 0, sizeof m.nonce);
	memset(m.bundle.binding.nonce, 0, sizeof m.nonce);
}
static void kind_named(void)
{
	m.policy.kinds = 1U << BUNDLE_TPM | 1U << BUNDLE_SNP;
}
static void kind_not_named(void)
{
	m.policy.kinds = 1U << BUNDLE_SNP;
}

/* ---- the key's size ---- */

static EVP_PKEY *longer_key;

static void rsa_ak(EVP_PKEY *key, unsigned minimum)
{
	m.ak_key = m.signing_key = key;
	m.ak.scheme = m.sig_scheme = TPM_ALG_RSASSA;
	m.policy.tpm.min_rsa_bits = minimum;
}
static void rsa_2048(void)
{
	rsa_ak(made_rsa_ak_key, 2048);
}
static void rsa_2048_not_asked(void)
{
	rsa_ak(made_rsa_ak_key, 0);
}
static void rsa_too_short(void)
{
	rsa_ak(made_rsa_ak_key, 3072);
}
static void rsa_3072(void)
{
	rsa_ak(longer_key, 3072);
}
static void rsa_3072_too_short(void)
{
	rsa_ak(longer_key, 4096);
}
static void ecc_has_no_rsa_bits(void)
{
	m.policy.tpm.min_rsa_bits = 4096;
}
static void no_key_to_measure(void)
{
	m.policy.tpm.min_rsa_bits = 2048;
	m.bundle.ak_public.n--;
}

/* ---- the signature's hash ---- */

static void sha384_ak(void)
{
	m.ak.hash = m.sig_hash = TPM_ALG_SHA384;
	m.sig_hash_name = "SHA384";
	m.quote.digest_size = SHA384_SIZE;
}
static void hash_384_taken(void)
{
	sha384_ak();
	m.policy.tpm.hashes = 1U << DIGEST_SHA384;
}
static void hash_taken(void)
{
	m.policy.tpm.hashes = 1U << DIGEST_SHA256 | 1U << DIGEST_SHA512;
}
static void hash_not_taken(void)
{
	m.policy.tpm.hashes = 1U << DIGEST_SHA384;
}
static void hash_384_not_taken(void)
{
	sha384_ak();
	m.policy.tpm.hashes = 1U << DIGEST_SHA256;
}
static void no_hash_at_all(void)
{
	m.ak.scheme = 0;
	hash_taken();
}

/* ---- the firmware; made_quote says 2023121100162836 ---- */

static uint8_t signer[34];

/* A key of that hierarchy, or one beneath an endorsement key of it. */
static void signed_in(uint8_t hierarchy, bool beneath_ek)
{
	const uint8_t handle[] = { 0x40, 0, 0, hierarchy };
	struct span parent = kept(&m, made_public(m.ek_key, m.ek));

	made_qualified(signer, SPAN_OF(handle), parent);
	made_qualified(signer, beneath_ek ? SPAN_OF(signer) : SPAN_OF(handle),
		kept(&m, made_public(m.ak_key, m.ak)));
	m.quote.signer = SPAN_OF(signer);
	m.policy.tpm.min_firmware = 0x2023121100162836;
}
static void firmware(void)
{
	signed_in(0x0b, false);
}
static void firmware_by_key_below_ek(void)
{
	signed_in(0x0b, true);
}
static void firmware_by_platform(void)
{
	signed_in(0x0c, false);
}
static void firmware_newer(void)
{
	firmware();
	m.policy.tpm.min_firmware--;
}
static void firmware_older(void)
{
	firmware();
	m.policy.tpm.min_firmware++;
}
static void firmware_older_by_much(void)
{
	firmware();
	m.policy.tpm.min_firmware = UINT64_MAX;
}
static void firmware_hidden_by_owner(void)
{
	signed_in(0x01, false);
}
static void firmware_hidden_below_owner(void)
{
	signed_in(0x01, true);
}
static void firmware_hidden_by_null(void)
{
	signed_in(0x07, false);
}
static void firmware_by_nobody(void)
{
	firmware();
	m.quote.signer.n = 0;
}
static void firmware_name_cut(void)
{
	firmware();
	m.quote.signer.n--;
}
static void firmware_below_ek_that_is_not_there(void)
{
	firmware_by_key_below_ek();
	m.in.challenge = NULL;
	m.in.enrolment = &m.enrolment;
}
static void without_ek(void)
{
	m.bundle.ek_public = span_make(NULL, 0);
}
static void firmware_without_quote(void)
{
	m.policy.tpm.min_firmware = 1;
	m.bundle.quote.n--;
}

/* ---- what is not asked is listed, and decides nothing ---- */

static void not_asked(void)
{
	static const char *const names[] = { "ak-rsa-bits", "signature-hash", "tpm-firmware",
		"ak-source" };
	static const struct test_case honest = A(nothing, GOOD, NULL);

	run_case(&honest);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const struct check *c = check_find(&out.verdict.checks, names[i]);

		CHECK(c && c->result == CHECK_NOT_APPLICABLE && c->reason.n);
	}
}

static const struct test_case cases[] = {
	B(nothing, GOOD, NULL),
	A(other_data, BAD, "report-data"),
	A(archive_other_data, BAD, "report-data"),
	A(data_instead, BAD, "nonce"),
	A(data_that_is_new, GOOD, NULL),
	A(data_of_zeroes, BAD, "report-data"),
	A(nonce_of_zeroes, BAD, "nonce"),
	A(the_data, GOOD, NULL),
	A(archive_the_data, GOOD, NULL),
	A(kind_named, GOOD, NULL),
	A(kind_not_named, BAD, "evidence-kind"),
	B(rsa_2048, GOOD, NULL),
	B(rsa_2048_not_asked, GOOD, NULL),
	B(rsa_3072, GOOD, NULL),
	B(rsa_too_short, BAD, "ak-rsa-bits"),
	B(rsa_3072_too_short, BAD, "ak-rsa-bits"),
	A(ecc_has_no_rsa_bits, GOOD, NULL),
	A(no_key_to_measure, BAD, "ak-rsa-bits"),
	B(sha384_ak, GOOD, NULL),
	B(hash_384_taken, GOOD, NULL),
	A(hash_taken, GOOD, NULL),
	A(hash_not_taken, BAD, "signature-hash"),
	B(hash_384_not_taken, BAD, "signature-hash"),
	B(no_hash_at_all, BAD, "signature-hash"),
	B(firmware, GOOD, NULL),
	B(firmware_by_key_below_ek, GOOD, NULL),
	B(firmware_by_platform, GOOD, NULL),
	B(firmware_newer, GOOD, NULL),
	B(firmware_older, BAD, "tpm-firmware"),
	B(firmware_older_by_much, BAD, "tpm-firmware"),
	B(firmware_hidden_by_owner, BAD, "tpm-firmware"),
	B(firmware_hidden_below_owner, BAD, "tpm-firmware"),
	B(firmware_hidden_by_null, BAD, "tpm-firmware"),
	B(firmware_by_nobody, BAD, "tpm-firmware"),
	B(firmware_name_cut, BAD, "tpm-firmware"),
	{ "without_ek", firmware_below_ek_that_is_not_there, without_ek, BAD, "tpm-firmware" },
	A(firmware_without_quote, BAD, "tpm-firmware"),
};

int main(void)
{
	verdict_told_begin();
	made_keys();
	longer_key = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)3072);
	not_asked();
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		run_case(&cases[i]);
	EVP_PKEY_free(longer_key);
	made_keys_done();
	verdict_told_end("appraise_tpm_asked");
	return test_end();
}
