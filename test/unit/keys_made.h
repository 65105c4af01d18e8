/*
 * Private keys for tests, made anew at each run, with their public halves.
 */
#ifndef ASSAY_TEST_KEYS_MADE_H
#define ASSAY_TEST_KEYS_MADE_H

#include <openssl/evp.h>
#include <openssl/pem.h>

#include "test.h"
#include "trust/private_key.h"

/* PEM of a new key of that type ("ED25519"; "EC" on that group), appended; with a passphrase when there is one. */
static inline void keys_made_pem(
	struct buf *out, const char *type, const char *group, const char *passphrase)
{
	EVP_PKEY *pkey = group ? EVP_PKEY_Q_keygen(NULL, NULL, type, group)
			       : EVP_PKEY_Q_keygen(NULL, NULL, type);
	BIO *bio = BIO_new(BIO_s_mem());
	char *p = NULL;
	long n;

	CHECK(pkey && bio);
	CHECK(PEM_write_bio_PKCS8PrivateKey(bio, pkey, passphrase ? EVP_aes_128_cbc() : NULL,
		      passphrase, passphrase ? (int)strlen(passphrase) : 0, NULL, NULL) == 1);
	n = BIO_get_mem_data(bio, &p);
	buf_add(out, p, n > 0 ? (size_t)n : 0);
	BIO_free(bio);
	EVP_PKEY_free(pkey);
}

static inline struct private_key *keys_made(const char *type, const char *group)
{
	CLEANUP(buf_done) struct buf pem = buf_init(1 << 14);
	struct private_key *k = NULL;
	struct err e = { 0 };

	keys_made_pem(&pem, type, group, NULL);
	CHECK_OK(private_key_of_pem(&k, buf_span(&pem), &e), e);
	return k;
}

#endif
