/*
 * bare-verify FOLDER: what no verifier of a TPM quote can do without, by libcrypto alone: the RSA signature over the quote,
 * the endorsement certificate's signature, and SHA-256 and SHA-384 over quote, certificate and log. Nothing is parsed
 * beyond that and nothing is decided. `bare-verify` without a folder ends at once: the start of a process.
 */
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>

enum { FILE_MAX = 1 << 20 };

struct bytes {
	unsigned char *p;
	size_t n;
};

static struct bytes get(const char *folder, const char *name)
{
	struct bytes b = { malloc(FILE_MAX), 0 };
	char path[4096];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	f = fopen(path, "rb");
	if (!f || !b.p) {
		fprintf(stderr, "bare-verify: cannot read %s\n", path);
		exit(2);
	}
	b.n = fread(b.p, 1, FILE_MAX, f);
	fclose(f);
	return b;
}

static EVP_PKEY *key_of(struct bytes b)
{
	const unsigned char *p = b.p;

	return d2i_PUBKEY(NULL, &p, (long)b.n);
}

static void hash(struct bytes b)
{
	unsigned char out[EVP_MAX_MD_SIZE];

	EVP_Digest(b.p, b.n, out, NULL, EVP_sha256(), NULL);
	EVP_Digest(b.p, b.n, out, NULL, EVP_sha384(), NULL);
}

int main(int argc, char **argv)
{
	struct bytes quote, signature, certificate, log;
	EVP_MD_CTX *ctx;
	const unsigned char *p;
	X509 *x;
	int ok;

	if (argc < 2)
		return 0;
	quote = get(argv[1], "quote");
	signature = get(argv[1], "signature");
	certificate = get(argv[1], "ek.der");
	log = get(argv[1], "log");
	ctx = EVP_MD_CTX_new();
	ok = EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key_of(get(argv[1], "ak.der"))) ==
		     1 &&
	     EVP_DigestVerify(ctx, signature.p, signature.n, quote.p, quote.n) == 1;
	p = certificate.p;
	x = d2i_X509(NULL, &p, (long)certificate.n);
	ok = ok && x && X509_verify(x, key_of(get(argv[1], "ca-key.der"))) == 1;
	hash(quote);
	hash(certificate);
	hash(log);
	if (!ok)
		fprintf(stderr, "bare-verify: a signature does not hold\n");
	return ok ? 0 : 1;
}
