#include "trust/ek_template.h"

#include "tpm_made.h"

static EVP_PKEY *rsa, *ecc;

static const struct made_key ek = { .attributes = MADE_EK_ATTRIBUTES, .storage = true };

/* Every single bit of what the template fixes, wrong. */
static void fixes(EVP_PKEY *key, size_t fixed)
{
	CLEANUP(buf_done) struct buf b = made_public(key, ek);
	struct tpm_public p;
	struct err e = { 0 };

	CHECK_OK(tpm_public_parse(&p, buf_span(&b), &e), e);
	CHECK_OK(ek_template_check(&p, &e), e);
	for (size_t bit = 0; bit < 8 * fixed; bit++) {
		b.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
		CHECK(!tpm_public_parse(&p, buf_span(&b), &e) || !ek_template_check(&p, &e));
		b.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

static void refused(struct tpm_public p, const char *says)
{
	struct err e = { 0 };

	CHECK_ERR(ek_template_check(&p, &e), e, ERR_MISMATCH);
	if (strcmp(e.text, says) != 0)
		fprintf(stderr, "'%s', wanted '%s'\n", e.text, says);
	CHECK(!strcmp(e.text, says));
}

/* Other curves than P-256, and a way of deriving keys, are of other templates. */
static void ecc_says(void)
{
	CLEANUP(buf_done) struct buf b = made_public(ecc, ek);
	struct tpm_public honest, p;
	struct err e = { 0 };

	CHECK_OK(tpm_public_parse(&honest, buf_span(&b), &e), e);
	p = honest;
	p.curve = TPM_CURVE_P384;
	refused(p, "EK curve is 0x4, the TCG template has 0x3");
	p = honest;
	p.kdf.alg = TPM_ALG_ECDH;
	refused(p, "EK key derivation is 0x19, the TCG template has 0x10");
	p = honest;
	p.name_hash = TPM_ALG_SHA384;
	refused(p, "EK name algorithm is 0xc, the TCG template has 0xb");
	p = honest;
	p.symmetric.bits = 256;
	refused(p, "EK symmetric key bits is 0x100, the TCG template has 0x80");
}

int main(void)
{
	rsa = made_rsa();
	ecc = made_ecc("P-256");
	fixes(rsa, 2 + 2 + 4 + 34 + 6 + 2 + 2 + 4);
	fixes(ecc, 2 + 2 + 4 + 34 + 6 + 2 + 2 + 2);
	ecc_says();
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(ecc);
	return test_end();
}
