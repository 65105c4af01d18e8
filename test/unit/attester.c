#include "attester/attester.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "attester/attest_chain.h"
#include "base/mem.h"
#include "evidence/challenge.h"

#include "test.h"

#define NONCE "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

/* What is refused before a TPM is asked: there is none here. */
static void refused(const char *text, size_t n)
{
	CLEANUP(buf_done) struct buf out = buf_init(ATTESTER_ANSWER_MAX);
	struct attester none = { .from = { .firmware_log = -1, .systemd_log = -1, .cc_log = -1 } };
	struct err e = { 0 };

	CHECK_ERR(attester_evidence(&none, span_make(text, n), &out, &e), e, ERR_FORMAT);
	CHECK(out.n == 0);
}

static void challenges(void)
{
	static const char *const bad[] = {
		"",
		"x",
		"[]",
		"{}",
		"\"\"",
		"null",
		"{\"format\":\"assay.challenge/2\",\"role\":\"attester\",\"nonce\":\"" NONCE "\"}",
		"{\"role\":\"attester\",\"nonce\":\"" NONCE "\"}",
		"{\"format\":\"assay.challenge/1\",\"nonce\":\"" NONCE "\"}",
		"{\"format\":\"assay.challenge/1\",\"role\":\"attester\"}",
		"{\"format\":\"assay.challenge/1\",\"role\":\"verifier\",\"nonce\":\"" NONCE "\"}",
		"{\"format\":\"assay.challenge/1\",\"role\":\"attester\\u0000\",\"nonce\":\"" NONCE
		"\"}",
		"{\"format\":\"assay.challenge/1\",\"role\":\"attester\",\"nonce\":\"00\"}",
		"{\"format\":\"assay.challenge/1\",\"role\":\"attester\",\"nonce\":\"" NONCE
		"00\"}",
		"{\"format\":\"assay.challenge/1\",\"role\":\"attester\",\"nonce\":\"" NONCE
		"\",\"more\":1}",
		"{\"format\":\"assay.challenge/1\",\"role\":\"attester\",\"nonce\":\"" NONCE
		"\",\"nonce\":\"" NONCE "\"}",
		"{\"format\":\"assay.challenge/1\",\"role\":\"attester\",\"nonce\":\"" NONCE
		"\",\"credential\":1}",
		"{\"format\":\"assay.challenge/1\",\"role\":\"attester\",\"nonce\":\"" NONCE
		"\",\"credential\":{}}",
		"{\"format\":\"assay.challenge/1\",\"role\":\"attester\",\"nonce\":\"" NONCE
		"\",\"credential\":{\"id_object\":\"AA==\"}}",
		"{\"format\":\"assay.challenge/1\",\"role\":\"attester\",\"nonce\":\"" NONCE
		"\",\"credential\":{\"id_object\":\"AA\",\"encrypted_secret\":\"AA==\"}}",
		"{\"format\":\"assay.challenge/1\",\"role\":\"attester\",\"nonce\":\"" NONCE
		"\",\"credential\":{\"id_object\":\"\",\"encrypted_secret\":\"\"}}",
		"{\"format\":\"assay.challenge/1\",\"role\":\"attester\",\"nonce\":\"" NONCE
		"\",\"credential\":{\"id_object\":\"AA==\",\"encrypted_secret\":\"AA==\",\"x\":\"\"}}",
	};
	static const char good
		[] = "{\"format\":\"assay.challenge/1\",\"role\":\"attester\",\"nonce\":\"" NONCE
		     "\"}";

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		refused(bad[i], strlen(bad[i]));
	for (size_t n = 0; n < strlen(good); n++)
		refused(good, n);
}

static void too_large(void)
{
	CLEANUP(mem_free) char *blank = mem_alloc(CHALLENGE_SIZE_MAX + 1);
	CLEANUP(buf_done) struct buf out = buf_init(ATTESTER_ANSWER_MAX);
	struct attester none = { .from = { .firmware_log = -1, .systemd_log = -1, .cc_log = -1 } };
	struct err e;

	memset(blank, ' ', CHALLENGE_SIZE_MAX + 1);
	CHECK_ERR(attester_evidence(&none, span_make(blank, CHALLENGE_SIZE_MAX + 1), &out, &e), e,
		ERR_LIMIT);
	refused(blank, CHALLENGE_SIZE_MAX);
}

/* A self-signed certificate in DER. */
static struct buf certificate(void)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = X509_new();
	unsigned char *der = NULL;
	struct buf b = buf_init(4096);
	int n;

	X509_set_pubkey(x, key);
	X509_gmtime_adj(X509_getm_notBefore(x), 0);
	X509_gmtime_adj(X509_getm_notAfter(x), 3600);
	X509_sign(x, key, EVP_sha256());
	n = i2d_X509(x, &der);
	CHECK(n > 0);
	buf_add(&b, der, (size_t)n);
	OPENSSL_free(der);
	X509_free(x);
	EVP_PKEY_free(key);
	return b;
}

static void chains(void)
{
	CLEANUP(buf_done) struct buf one = certificate(), bytes = buf_init(65536);
	struct bundle_chain chain = { .n = 0 };
	struct err e;

	CHECK_OK(attest_chain_split(&chain, span_make(NULL, 0), &e), e);
	CHECK(chain.n == 0);
	buf_add(&bytes, one.p, one.n);
	buf_add(&bytes, one.p, one.n);
	CHECK_OK(attest_chain_split(&chain, buf_span(&bytes), &e), e);
	CHECK(chain.n == 2 && span_equal(chain.certificates[1], buf_span(&one)));
	buf_fill(&bytes, 0xff, 100);
	chain.n = 0;
	CHECK_OK(attest_chain_split(&chain, buf_span(&bytes), &e), e);
	CHECK(chain.n == 2);
	buf_u8(&bytes, 0);
	CHECK_ERR(attest_chain_split(&chain, buf_span(&bytes), &e), e, ERR_FORMAT);
	CHECK(chain.n == 2);
	chain.n = 0;
	for (size_t n = 1; n < one.n; n++)
		CHECK_ERR(attest_chain_split(&chain, span_make(one.p, n), &e), e, ERR_FORMAT);
	for (size_t i = 0; i < BUNDLE_CERTIFICATES_MAX; i++)
		CHECK_OK(attest_chain_split(&chain, buf_span(&one), &e), e);
	CHECK_ERR(attest_chain_split(&chain, buf_span(&one), &e), e, ERR_LIMIT);
}

int main(void)
{
	challenges();
	too_large();
	chains();
	return test_end();
}
