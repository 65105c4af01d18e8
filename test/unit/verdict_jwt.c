/* The token's three parts, taken apart here without the reader of base64 that the core has. */
#include "appraise/verdict_jwt.h"

#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "test.h"

static struct verdict v;
static const struct verdict_context context = {
	.at_unix = 1767225600, .build = { "b", 1 }, .policy = { "p", 1 }, .submod = { "snp", 3 }
};

static bool digit(char c, unsigned *ret)
{
	static const char
		alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	const char *hit = c ? strchr(alphabet, c) : NULL;

	*ret = hit ? (unsigned)(hit - alphabet) : 0;
	return hit != NULL;
}

static void decode(struct buf *out, struct str s)
{
	unsigned bits = 0, n = 0, six;

	for (size_t i = 0; i < s.n; i++) {
		CHECK(digit(s.p[i], &six));
		bits = bits << 6 | six;
		n += 6;
		if (n >= 8) {
			n -= 8;
			buf_u8(out, (uint8_t)(bits >> n));
		}
	}
}

static struct private_key *key_of(EVP_PKEY *pkey)
{
	BIO *bio = BIO_new(BIO_s_mem());
	struct private_key *k = NULL;
	struct err e = { 0 };
	char *p = NULL;
	long n;

	PEM_write_bio_PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL);
	n = BIO_get_mem_data(bio, &p);
	CHECK_OK(private_key_of_pem(&k, span_make((const uint8_t *)p, (size_t)n), &e), e);
	BIO_free(bio);
	return k;
}

static bool verifies(EVP_PKEY *key, struct span sig, struct str message)
{
	ECDSA_SIG *pair = ECDSA_SIG_new();
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char *der = NULL;
	bool ok;
	int n;

	ECDSA_SIG_set0(pair, BN_bin2bn(sig.p, 32, NULL), BN_bin2bn(sig.p + 32, 32, NULL));
	n = i2d_ECDSA_SIG(pair, &der);
	ok = sig.n == 64 && n > 0 &&
	     EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
	     EVP_DigestVerify(ctx, der, (size_t)n, (const uint8_t *)message.p, message.n) == 1;
	OPENSSL_free(der);
	ECDSA_SIG_free(pair);
	EVP_MD_CTX_free(ctx);
	return ok;
}

static void token(void)
{
	EVP_PKEY *pkey = EVP_EC_gen("P-256");
	CLEANUP(private_key_freep) struct private_key *k = key_of(pkey);
	CLEANUP(buf_done) struct buf out = buf_init(1 << 20), ear = buf_init(1 << 20);
	CLEANUP(buf_done)
	struct buf header = buf_init(1 << 10), payload = buf_init(1 << 20), sig = buf_init(1 << 10);
	struct str head, rest, body = { 0 }, tail = { 0 };
	struct err e = { 0 };

	CHECK_OK(verdict_jwt(&out, &v, &context, k, &e), e);
	verdict_emit(&v, &context, &ear);
	CHECK(str_cut(buf_str(&out), '.', &head, &rest) && str_cut(rest, '.', &body, &tail));
	decode(&header, head);
	decode(&payload, body);
	decode(&sig, tail);
	CHECK(str_is(buf_str(&header), "{\"alg\":\"ES256\",\"typ\":\"JWT\"}"));
	CHECK(span_equal(buf_span(&payload), buf_span(&ear)));
	CHECK(verifies(pkey, buf_span(&sig), str_make(head.p, head.n + 1 + body.n)));
	CHECK(!verifies(pkey, buf_span(&sig), str_make(head.p, head.n + body.n)));
	EVP_PKEY_free(pkey);
}

static void limit(void)
{
	EVP_PKEY *pkey = EVP_EC_gen("P-256");
	CLEANUP(private_key_freep) struct private_key *k = key_of(pkey);
	CLEANUP(buf_done) struct buf small = buf_init(100);
	struct err e = { 0 };

	CHECK_ERR(verdict_jwt(&small, &v, &context, k, &e), e, ERR_LIMIT);
	EVP_PKEY_free(pkey);
}

int main(void)
{
	check_add(&v.checks, &(struct check){ .name = "one",
				     .result = CHECK_PASSED,
				     .what = STR("what \xc2\x9b"),
				     .reg = -1 });
	v.claims[CHECK_HARDWARE] = (struct verdict_claim){ CHECK_AFFIRMS, STR("why") };
	token();
	limit();
	return test_end();
}
