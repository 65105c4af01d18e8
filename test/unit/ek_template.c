#include "trust/ek_template.h"

#include "tpm_made.h"

static EVP_PKEY *rsa, *ecc;

static const struct made_key ek = { .attributes = MADE_EK_ATTRIBUTES, .storage = true };

/* Every single bit of what the template fixes, wrong. */
static void template(void)
{
	CLEANUP(buf_done) struct buf b = made_public(rsa, ek);
	CLEANUP(buf_done) struct buf c = made_public(ecc, ek);
	const size_t fixed = 2 + 2 + 4 + 34 + 6 + 2 + 2 + 4;
	struct tpm_public p;
	struct err e = { 0 };

	CHECK_OK(tpm_public_parse(&p, buf_span(&b), &e), e);
	CHECK_OK(ek_template_check(&p, &e), e);
	for (size_t bit = 0; bit < 8 * fixed; bit++) {
		b.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
		CHECK(!tpm_public_parse(&p, buf_span(&b), &e) || !ek_template_check(&p, &e));
		b.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	CHECK_OK(tpm_public_parse(&p, buf_span(&c), &e), e);
	CHECK_OK(ek_template_check(&p, &e), e);
}

int main(void)
{
	rsa = made_rsa();
	ecc = made_ecc("P-256");
	template();
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(ecc);
	return test_end();
}
