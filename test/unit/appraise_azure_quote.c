/* Azure's machines whose virtual TPM's key, quote or registers are not as they must be. */
#include "appraise/appraise_azure.h"

#include "azure_snp_world.h"

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

/* ---- what the policy asks of any TPM; made_quote's firmware is 2023121100162836 ---- */

static uint8_t signer[34];

/* The key as its public area has it, of that hierarchy. */
static struct span public_area(uint8_t hierarchy)
{
	const uint8_t handle[] = { 0x40, 0, 0, hierarchy };
	struct made_key k = { MADE_AK_ATTRIBUTES, TPM_ALG_RSASSA, TPM_ALG_SHA256, 0, false };
	struct span area = az_kept(made_public(az_ak, k));

	made_qualified(signer, SPAN_OF(handle), area);
	az.quote.signer = SPAN_OF(signer);
	return area;
}
static void bits_suffice(void)
{
	az.policy.tpm.min_rsa_bits = 2048;
}
static void bits_too_few(void)
{
	az.policy.tpm.min_rsa_bits = 3072;
}
static void hash_taken(void)
{
	az.policy.tpm.hashes = 1U << DIGEST_SHA256;
}
static void hash_not_taken(void)
{
	az.policy.tpm.hashes = 1U << DIGEST_SHA384;
}
static void firmware(void)
{
	az.bundle.ak_public = public_area(0x0b);
	az.policy.tpm.min_firmware = 0x2023121100162836;
}
static void firmware_older(void)
{
	firmware();
	az.policy.tpm.min_firmware++;
}
static void firmware_hidden(void)
{
	firmware();
	az.bundle.ak_public = public_area(0x01);
}
static void firmware_without_public_area(void)
{
	firmware();
	az.bundle.ak_public = span_make(NULL, 0);
}
/* Its key is named by hardware: by what other keys are known is not asked of it. */
static void way_of_key(void)
{
	az.policy.tpm.ak = 1U << POLICY_TPM_CERTIFICATE;
}
static void no_key(void)
{
	bits_suffice();
	hash_taken();
	az.bundle.ak_public = span_make("no key", 6);
}

static void code_alone(void)
{
	az.policy.registers = 1 << 0 | 1 << 2 | 1 << 4 | 1 << 9 | 1 << 11;
}
static void code_alone_differs(void)
{
	code_alone();
	pcr4_differs();
}

static const struct az_case cases[] = {
	BEFORE(0, bits_suffice, GOOD, NULL),
	BEFORE(0, hash_taken, GOOD, NULL),
	BEFORE(0, firmware, GOOD, NULL),
	BEFORE(0, way_of_key, GOOD, NULL),
	BEFORE(0, bits_too_few, BAD, "ak-rsa-bits"),
	BEFORE(0, hash_not_taken, BAD, "signature-hash"),
	BEFORE(0, firmware_older, BAD, "tpm-firmware"),
	BEFORE(0, firmware_hidden, BAD, "tpm-firmware"),
	BEFORE(0, firmware_without_public_area, BAD, "tpm-firmware"),
	AFTER(0, no_key, BAD, "ak-rsa-bits"),
	AFTER(0, no_key, BAD, "signature-hash"),
	BEFORE(0, az_nothing, VERDICT_AFFIRMING, NULL),
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
	BEFORE(0, pcr0_differs, BAD, "pcr-0.sha256"),
	BEFORE(0, pcr4_differs, BAD, "pcr-4.sha256"),
	AFTER(0, code_alone, GOOD, NULL),
	BEFORE(0, code_alone_differs, BAD, "pcr-4.sha256"),
	BEFORE(0, pcr11_differs, BAD, "pcr-11.sha256"),
	BEFORE(27, value_lies, BAD, "pcr-digest"),
	BEFORE(1, required_not_signed, BAD, "pcr-selection"),
	BEFORE(1, substituted, BAD, "pcr-claims"),
	BEFORE(1, more_claimed, BAD, "pcr-claims"),
	BEFORE(3, bank_confused, BAD, "pcr-claims"),
};

int main(void)
{
	verdict_told_begin();
	azure_snp_keys();
	az_run_all(cases, ARRAY_LEN(cases), honest);
	azure_snp_done();
	verdict_told_end("appraise_azure_quote");
	return test_end();
}
