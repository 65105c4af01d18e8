#include "trust/ed25519.h"

#include <openssl/evp.h>

#include "base/crypto_context.h"
#include "base/mem.h"
#include "base/banned.h"

static bool verify_once(const uint8_t *key, struct span message, struct span signature)
{
	EVP_PKEY *pkey = EVP_PKEY_new_raw_public_key_ex(
		crypto_context(), "ED25519", NULL, key, ED25519_KEY_SIZE);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = false;

	if (!pkey || !ctx ||
		EVP_DigestVerifyInit_ex(ctx, NULL, NULL, crypto_context(), NULL, pkey, NULL) != 1)
		mem_note_missing(); /* any 32 bytes are a key until they are used */
	else
		ok = EVP_DigestVerify(ctx, signature.p, signature.n, message.p, message.n) == 1;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(pkey);
	crypto_context_forget_errors();
	return ok;
}

bool ed25519_verify(const uint8_t key[static ED25519_KEY_SIZE], struct span message,
	struct span signature, struct err *e)
{
	if (signature.n != ED25519_SIGNATURE_SIZE)
		return err_set(e, ERR_SIGNATURE, "Ed25519 signature of %zu bytes, want %d",
			signature.n, ED25519_SIGNATURE_SIZE);
	return verify_once(key, message, signature) ||
	       crypto_context_second(verify_once(key, message, signature)) ||
	       err_set(e, ERR_SIGNATURE, "Ed25519 signature does not verify with the key");
}
