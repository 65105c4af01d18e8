#include "image/cose_signer.h"

#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/mem.h"
#include "trust/cose_sign1.h"
#include "base/banned.h"

enum { SIGNATURE_MAX = 256 };

static const struct kind {
	const char *type, *group; /* as libcrypto names them; group NULL: the type says it all */
	int64_t alg;
	const char *digest; /* NULL: the algorithm has its own */
	int half;           /* bytes of r and of s; 0: the signature is taken as it is */
} kinds[] = {
	{ "ED25519", NULL, COSE_EDDSA, NULL, 0 },
	{ "EC", "prime256v1", COSE_ES256, "SHA256", 32 },
	{ "EC", "secp384r1", COSE_ES384, "SHA384", 48 },
	{ "EC", "secp521r1", COSE_ES512, "SHA512", 66 },
};

struct cose_signer {
	EVP_PKEY *pkey;
	const struct kind *kind;
};

void cose_signer_free(struct cose_signer *s)
{
	if (!s)
		return;
	EVP_PKEY_free(s->pkey);
	mem_free(&s);
}

void cose_signer_freep(struct cose_signer **s)
{
	cose_signer_free(*s);
}

/* Nobody is asked for a passphrase; *asked says that one was wanted. */
static int refuse_passphrase(char *out, int size, int writing, void *asked)
{
	(void)out;
	(void)size;
	(void)writing;
	*(bool *)asked = true;
	return -1;
}

static const struct kind *kind_of(EVP_PKEY *pkey)
{
	char group[50] = "";
	size_t n = 0;

	EVP_PKEY_get_group_name(pkey, group, sizeof group, &n);
	ERR_clear_error();
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (EVP_PKEY_is_a(pkey, kinds[i].type) &&
			(!kinds[i].group || strcmp(kinds[i].group, group) == 0))
			return &kinds[i];
	return NULL;
}

bool cose_signer_of_pem(struct cose_signer **ret, struct span pem, struct err *e)
{
	CLEANUP(cose_signer_freep) struct cose_signer *s = MEM_NEW(struct cose_signer);
	bool asked = false;
	BIO *bio;

	if (pem.n > COSE_SIGNER_FILE_MAX)
		return err_set(e, ERR_LIMIT, "the key's file is larger than %d bytes",
			COSE_SIGNER_FILE_MAX);
	bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	s->pkey = bio ? PEM_read_bio_PrivateKey(bio, NULL, refuse_passphrase, &asked) : NULL;
	BIO_free(bio);
	ERR_clear_error();
	if (!s->pkey && asked) {
		err_set(e, ERR_USAGE, "the private key has a passphrase, and nobody is asked here");
		return err_hint(
			e, "openssl pkey -in KEY -out PLAIN, into a folder that is yours alone");
	}
	if (!s->pkey)
		return err_set(e, ERR_FORMAT, "no private key in PEM");
	s->kind = kind_of(s->pkey);
	if (!s->kind) {
		err_set(e, ERR_USAGE, "a key of another kind than Ed25519, P-256, P-384 or P-521");
		return err_hint(e, "openssl genpkey -algorithm ed25519 -out KEY");
	}
	*ret = TAKE(s);
	return true;
}

int64_t cose_signer_alg(const struct cose_signer *s)
{
	return s->kind->alg;
}

void cose_signer_kid(uint8_t ret[static SHA256_SIZE], const struct cose_signer *s)
{
	unsigned char *der = NULL;
	int n = i2d_PUBKEY(s->pkey, &der);

	sha256_of(ret, span_make(der, n > 0 ? (size_t)n : 0));
	OPENSSL_free(der);
	ERR_clear_error();
}

bool cose_signer_check_certificate(const struct cose_signer *s, struct span pem, struct err *e)
{
	BIO *bio = pem.n <= COSE_SIGNER_FILE_MAX ? BIO_new_mem_buf(pem.p, (int)pem.n) : NULL;
	X509 *x = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
	bool found = x, ours = x && X509_check_private_key(x, s->pkey) == 1;

	X509_free(x);
	BIO_free(bio);
	ERR_clear_error();
	if (!found)
		return err_set(e, ERR_FORMAT, "no certificate in PEM");
	if (ours)
		return true;
	err_set(e, ERR_MISMATCH, "the certificate is not for this private key");
	return err_hint(e, "give the certificate that was made with this key");
}

/* DER has r and s as numbers, COSE wants both in full length. */
static bool to_halves(struct buf *out, const uint8_t *der, size_t n, int half)
{
	uint8_t halves[2 * 66];
	ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &der, (long)n);
	bool ok = pair && BN_bn2binpad(ECDSA_SIG_get0_r(pair), halves, half) == half &&
		  BN_bn2binpad(ECDSA_SIG_get0_s(pair), halves + half, half) == half;

	ECDSA_SIG_free(pair);
	if (ok)
		buf_add(out, halves, 2 * (size_t)half);
	return ok;
}

bool cose_signer_sign(
	struct buf *out, const struct cose_signer *s, struct span message, struct err *e)
{
	const EVP_MD *md = s->kind->digest ? EVP_get_digestbyname(s->kind->digest) : NULL;
	uint8_t signature[SIGNATURE_MAX];
	size_t n = sizeof signature;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = ctx && EVP_DigestSignInit(ctx, NULL, md, NULL, s->pkey) == 1 &&
		  EVP_DigestSign(ctx, signature, &n, message.p, message.n) == 1;

	EVP_MD_CTX_free(ctx);
	if (ok && s->kind->half)
		ok = to_halves(out, signature, n, s->kind->half);
	else if (ok)
		buf_add(out, signature, n);
	ERR_clear_error();
	if (!ok)
		return err_set(e, ERR_INTERNAL, "libcrypto cannot sign with the key");
	return buf_ok(out) || buf_full(out, "the signature", e);
}
