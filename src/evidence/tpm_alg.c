#include "evidence/tpm_alg.h"

#include "base/banned.h"

static const struct {
	uint16_t id;
	enum digest_alg digest;
	const char *name;
} algs[] = {
	{ TPM_ALG_RSA, DIGEST_NONE, "RSA" },
	{ TPM_ALG_SHA1, DIGEST_SHA1, "SHA-1" },
	{ TPM_ALG_AES, DIGEST_NONE, "AES" },
	{ TPM_ALG_SHA256, DIGEST_SHA256, "SHA-256" },
	{ TPM_ALG_SHA384, DIGEST_SHA384, "SHA-384" },
	{ TPM_ALG_SHA512, DIGEST_SHA512, "SHA-512" },
	{ TPM_ALG_NULL, DIGEST_NONE, "none" },
	{ TPM_ALG_RSASSA, DIGEST_NONE, "RSASSA" },
	{ TPM_ALG_RSAES, DIGEST_NONE, "RSAES" },
	{ TPM_ALG_RSAPSS, DIGEST_NONE, "RSAPSS" },
	{ TPM_ALG_OAEP, DIGEST_NONE, "OAEP" },
	{ TPM_ALG_ECDSA, DIGEST_NONE, "ECDSA" },
	{ TPM_ALG_ECDH, DIGEST_NONE, "ECDH" },
	{ TPM_ALG_ECC, DIGEST_NONE, "ECC" },
	{ TPM_ALG_CFB, DIGEST_NONE, "CFB" },
};

enum digest_alg tpm_alg_digest(uint16_t id)
{
	for (size_t i = 0; i < ARRAY_LEN(algs); i++)
		if (algs[i].id == id)
			return algs[i].digest;
	return DIGEST_NONE;
}

uint16_t tpm_alg_of_digest(enum digest_alg alg)
{
	for (size_t i = 0; i < ARRAY_LEN(algs); i++)
		if (alg != DIGEST_NONE && algs[i].digest == alg)
			return algs[i].id;
	return 0;
}

const char *tpm_alg_name(uint16_t id)
{
	for (size_t i = 0; i < ARRAY_LEN(algs); i++)
		if (algs[i].id == id)
			return algs[i].name;
	return "unknown";
}
