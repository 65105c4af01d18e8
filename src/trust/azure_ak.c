#include "trust/azure_ak.h"

#include "evidence/tpm_alg.h"
#include "trust/signature.h"
#include "base/banned.h"

bool azure_ak_key(struct public_key **ret, const struct azure_hcl *h, struct err *e)
{
	struct tpm_public numbers = { .type = TPM_ALG_RSA, .modulus = h->ak.modulus };

	for (size_t i = 0; i < h->ak.exponent.n; i++)
		numbers.exponent = numbers.exponent << 8 | h->ak.exponent.p[i];
	return public_key_of_tpm(ret, &numbers, e) || err_wrap(e, "key HCLAkPub");
}

bool azure_ak_verify(
	const struct azure_hcl *h, struct span quote, struct span signature, struct err *e)
{
	static const struct signature_alg alg = { SIGNATURE_RSASSA, DIGEST_SHA256 };
	CLEANUP(public_key_freep) struct public_key *key = NULL;
	struct tpm_signature sig;

	return tpm_signature_parse(&sig, signature, e) && azure_ak_key(&key, h, e) &&
	       signature_verify_tpm(key, alg, quote, &sig, e);
}
