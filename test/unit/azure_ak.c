/* The key that an HCL report names: its exponent is read, and a weak one refused. */
#include "trust/azure_ak.h"

#include "tpm_made.h"

int main(void)
{
	static const struct {
		const char *exponent;
		size_t n;
		enum err_kind kind; /* NONE: taken */
	} cases[] = { { "\x01\x00\x01", 3, ERR_NONE }, { "\x00\x01\x00\x01", 4, ERR_NONE },
		{ "\x03", 1, ERR_SIGNATURE }, { "\x01", 1, ERR_SIGNATURE },
		{ "\x01\x00\x00", 3, ERR_SIGNATURE }, { "\x01\x00\x01\x00", 4, ERR_SIGNATURE } };
	EVP_PKEY *rsa = made_rsa();
	uint8_t modulus[256];
	BIGNUM *n = NULL;

	CHECK(EVP_PKEY_get_bn_param(rsa, "n", &n) == 1 &&
		BN_bn2binpad(n, modulus, sizeof modulus) == sizeof modulus);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct azure_hcl h = { .ak = { .modulus = SPAN_OF(modulus),
					       .exponent = span_make(
						       cases[i].exponent, cases[i].n) } };
		CLEANUP(public_key_freep) struct public_key *key = NULL;
		struct err e = { 0 };

		if (cases[i].kind) {
			CHECK_ERR(azure_ak_key(&key, &h, &e), e, cases[i].kind);
			CHECK(!key && strstr(e.text, "key HCLAkPub: "));
			continue;
		}
		CHECK_OK(azure_ak_key(&key, &h, &e), e);
		CHECK(key && EVP_PKEY_eq(public_key_pkey(key), rsa) == 1);
	}
	BN_free(n);
	EVP_PKEY_free(rsa);
	return test_end();
}
