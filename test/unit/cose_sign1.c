#include "trust/cose_sign1.h"

#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "arena_steps.h"
#include "image/cose_signer.h"
#include "test.h"

static struct arena *a;
static const char payload[] = "what is claimed";

/* A new private key as PEM in b, its public part in *key where it is a kind that is taken there. */
static void make_key(const char *type, const char *group, struct buf *b, struct public_key **key)
{
	EVP_PKEY *pkey = group ? EVP_PKEY_Q_keygen(NULL, NULL, type, group)
			       : EVP_PKEY_Q_keygen(NULL, NULL, type);
	BIO *bio = BIO_new(BIO_s_mem());
	struct err e = { 0 };
	char *text;
	size_t n;

	CHECK(pkey && PEM_write_bio_PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL) == 1);
	*b = buf_init(1 << 16);
	n = (size_t)BIO_get_mem_data(bio, &text);
	buf_add(b, text, n);
	if (key)
		CHECK_OK(public_key_of_pkey(key, pkey, &e), e);
	EVP_PKEY_free(pkey);
	BIO_free(bio);
}

/* A document signed with that key. */
static void sign(struct buf *out, const struct buf *pem)
{
	CLEANUP(cose_signer_freep) struct cose_signer *s = NULL;
	CLEANUP(buf_done) struct buf header = buf_init(100);
	CLEANUP(buf_done) struct buf message = buf_init(1000);
	CLEANUP(buf_done) struct buf signature = buf_init(200);
	struct err e = { 0 };

	CHECK_OK(cose_signer_of_pem(&s, buf_span(pem), &e), e);
	cbor_put_map(&header, 1);
	cbor_put_int(&header, COSE_ALG);
	cbor_put_int(&header, cose_signer_alg(s));
	cose_sign1_message(&message, buf_span(&header), str_span(str_of(payload)));
	CHECK_OK(cose_signer_sign(&signature, s, buf_span(&message), &e), e);
	*out = buf_init(1000);
	cose_sign1_emit(out, buf_span(&header), str_span(str_of(payload)), buf_span(&signature));
	CHECK(buf_ok(out));
}

static const struct {
	const char *group;
	int64_t alg;
	size_t size;
} curves[] = {
	{ "P-256", COSE_ES256, 64 },
	{ "P-384", COSE_ES384, 96 },
	{ "P-521", COSE_ES512, 132 },
};

/* Some signatures each, since one in 256 has a number with a leading zero. */
static void signs_and_verifies(void)
{
	for (size_t i = 0; i < ARRAY_LEN(curves); i++) {
		CLEANUP(buf_done) struct buf pem = { 0 };
		CLEANUP(public_key_freep) struct public_key *key = NULL;

		make_key("EC", curves[i].group, &pem, &key);
		for (int k = 0; k < 20; k++) {
			CLEANUP(buf_done) struct buf b = { 0 };
			struct cose_sign1 s;
			struct err e = { 0 };

			sign(&b, &pem);
			CHECK_OK(cose_sign1_parse(&s, buf_span(&b), a, &e), e);
			CHECK(s.alg == curves[i].alg && s.signature.n == curves[i].size);
			CHECK(span_equal(s.payload, str_span(str_of(payload))));
			CHECK_OK(cose_sign1_verify(&s, key, &e), e);
		}
	}
}

/* Sig_structure of RFC 9052, 4.4, and the document around it, byte by byte. */
static void bytes(void)
{
	static const char message[] = "\x84\x6aSignature1\x43\xa1\x01\x26\x40\x41x";
	static const char document[] = "\xd2\x84\x43\xa1\x01\x26\xa0\x41x\x41y";
	const struct span header = str_span(STR("\xa1\x01\x26")), x = str_span(STR("x"));
	CLEANUP(buf_done) struct buf b = buf_init(100);

	cose_sign1_message(&b, header, x);
	CHECK(span_equal(buf_span(&b), span_make(message, sizeof message - 1)));
	b.n = 0;
	cose_sign1_emit(&b, header, x, str_span(STR("y")));
	CHECK(span_equal(buf_span(&b), span_make(document, sizeof document - 1)));
}

/* Every flipped bit is another document, or none. */
static void flips(void)
{
	CLEANUP(buf_done) struct buf pem = { 0 };
	CLEANUP(buf_done) struct buf b = { 0 };
	CLEANUP(public_key_freep) struct public_key *key = NULL;
	struct cose_sign1 s;
	struct err e = { 0 };

	make_key("EC", "P-256", &pem, &key);
	sign(&b, &pem);
	for (size_t i = 0; i < 8 * b.n; i++) {
		b.p[i / 8] ^= (uint8_t)(1u << i % 8);
		CHECK(!cose_sign1_parse(&s, buf_span(&b), a, &e) ||
			!cose_sign1_verify(&s, key, &e) ||
			/* the tag, and the unprotected header, are not signed */
			i / 8 == 0 || s.unprotected->n);
		b.p[i / 8] ^= (uint8_t)(1u << i % 8);
	}
	for (size_t n = 0; n < b.n; n++)
		CHECK_ERR(cose_sign1_parse(&s, span_make(b.p, n), a, &e), e, ERR_FORMAT);
}

static void another_key(void)
{
	CLEANUP(buf_done) struct buf pem = { 0 };
	CLEANUP(buf_done) struct buf other = { 0 };
	CLEANUP(buf_done) struct buf b = { 0 };
	CLEANUP(public_key_freep) struct public_key *key = NULL;
	struct cose_sign1 s;
	struct err e = { 0 };

	static const uint8_t zero[96];

	make_key("EC", "P-384", &pem, NULL);
	make_key("EC", "P-384", &other, &key);
	sign(&b, &pem);
	CHECK_OK(cose_sign1_parse(&s, buf_span(&b), a, &e), e);
	CHECK_ERR(cose_sign1_verify(&s, key, &e), e, ERR_SIGNATURE);
	s.signature = span_make(zero, sizeof zero);
	CHECK_ERR(cose_sign1_verify(&s, key, &e), e, ERR_SIGNATURE);
	s.signature.n--;
	CHECK_ERR(cose_sign1_verify(&s, key, &e), e, ERR_SIGNATURE);
	s.alg = -1000;
	CHECK_ERR(cose_sign1_verify(&s, key, &e), e, ERR_SIGNATURE);
}

/* The same document each time, with a name for the key. */
static void ed25519(void)
{
	CLEANUP(buf_done) struct buf pem = { 0 };
	CLEANUP(buf_done) struct buf one = { 0 };
	CLEANUP(buf_done) struct buf two = { 0 };
	CLEANUP(cose_signer_freep) struct cose_signer *s = NULL;
	uint8_t kid[SHA256_SIZE] = { 0 }, zero[SHA256_SIZE] = { 0 };
	struct err e = { 0 };

	make_key("ED25519", NULL, &pem, NULL);
	sign(&one, &pem);
	sign(&two, &pem);
	CHECK(span_equal(buf_span(&one), buf_span(&two)));
	CHECK_OK(cose_signer_of_pem(&s, buf_span(&pem), &e), e);
	cose_signer_kid(kid, s);
	CHECK(cose_signer_alg(s) == COSE_EDDSA && memcmp(kid, zero, sizeof kid) != 0);
}

/* RSASSA-PSS, which the tool does not sign with and others do: each hash, and none of another's. */
static void rsa(void)
{
	static const struct {
		int64_t alg;
		const char *hash;
	} cases[] = { { COSE_PS256, "SHA256" }, { COSE_PS384, "SHA384" },
		{ COSE_PS512, "SHA512" } };
	EVP_PKEY *pkey = EVP_RSA_gen(2048);
	CLEANUP(public_key_freep) struct public_key *key = NULL;
	struct err e = { 0 };

	CHECK_OK(public_key_of_pkey(&key, pkey, &e), e);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(buf_done) struct buf header = buf_init(100), message = buf_init(1000);
		EVP_MD_CTX *ctx = EVP_MD_CTX_new();
		EVP_PKEY_CTX *pctx = NULL;
		uint8_t sig[256];
		size_t n = sizeof sig;
		struct cose_sign1 s = { .alg = cases[i].alg, .payload = str_span(str_of(payload)) };

		cbor_put_map(&header, 1);
		cbor_put_int(&header, COSE_ALG);
		cbor_put_int(&header, cases[i].alg);
		s.protected_bytes = buf_span(&header);
		cose_sign1_message(&message, s.protected_bytes, s.payload);
		CHECK(EVP_DigestSignInit_ex(ctx, &pctx, cases[i].hash, NULL, NULL, pkey, NULL) ==
				1 &&
			EVP_PKEY_CTX_set_rsa_padding(pctx, RSA_PKCS1_PSS_PADDING) == 1 &&
			EVP_DigestSign(ctx, sig, &n, message.p, message.n) == 1);
		EVP_MD_CTX_free(ctx);
		s.signature = span_make(sig, n);
		CHECK_OK(cose_sign1_verify(&s, key, &e), e);
		s.alg = cases[(i + 1) % 3].alg;
		CHECK_ERR(cose_sign1_verify(&s, key, &e), e, ERR_SIGNATURE);
		s.alg = COSE_ES256;
		CHECK_ERR(cose_sign1_verify(&s, key, &e), e, ERR_SIGNATURE);
		s.signature.n = 64;
		CHECK_ERR(cose_sign1_verify(&s, key, &e), e, ERR_SIGNATURE);
	}
	EVP_PKEY_free(pkey);
}

/* Numbers of a signature that are shorter than others come about once in 128: until there was one of each. */
static void short_numbers(void)
{
	CLEANUP(buf_done) struct buf pem = { 0 };
	CLEANUP(public_key_freep) struct public_key *key = NULL;
	unsigned met = 0;

	make_key("EC", "P-256", &pem, &key);
	for (int k = 0; met != 15 && k < 20000; k++) {
		CLEANUP(buf_done) struct buf b = { 0 };
		struct cose_sign1 s;
		struct err e = { 0 };
		unsigned kinds;

		sign(&b, &pem);
		CHECK_OK(cose_sign1_parse(&s, buf_span(&b), a, &e), e);
		kinds = (s.signature.p[0]                 ? 0
				: s.signature.p[1] & 0x80 ? 1
							  : 2) |
			(s.signature.p[32]                 ? 0
				: s.signature.p[33] & 0x80 ? 4
							   : 8);
		if (kinds & ~met)
			CHECK_OK(cose_sign1_verify(&s, key, &e), e);
		met |= kinds;
	}
	CHECK(met == 15);
}

static bool step(struct arena *little, const void *of, struct err *e)
{
	struct cose_sign1 s = { .alg = 77 };
	bool ok = cose_sign1_parse(&s, str_span(str_of(of)), little, e);

	CHECK(s.alg == (ok ? COSE_ES256 : 77));
	return ok;
}

static void limits(void)
{
	CLEANUP(buf_done) struct buf pem = { 0 }, big = buf_init(CBOR_SIZE_MAX);
	CLEANUP(public_key_freep) struct public_key *key = NULL;
	uint8_t signature[64] = { 1, [32] = 1 };
	struct cose_sign1 s = { .alg = COSE_ES256, .signature = SPAN_OF(signature) };
	struct err e = { 0 };

	make_key("EC", "P-256", &pem, &key);
	CHECK_ERR(cose_sign1_verify(&s, key, &e), e, ERR_SIGNATURE);
	buf_fill(&big, 0, CBOR_SIZE_MAX);
	s.payload = buf_span(&big);
	CHECK_ERR(cose_sign1_verify(&s, key, &e), e, ERR_LIMIT);
	arena_steps(step, "\xd2\x84\x43\xa1\x01\x26\xa0\x41x\x41y");
}

static void refuses(void)
{
	/* no array, three parts, no protected header, no payload, critical, no algorithm, a tag that is another one */
	static const char *const bad[] = { "\xa0", "\x83\x43\xa1\x01\x26\xa0\x41x",
		"\x84\x40\xa0\x41x\x41y", "\x84\x43\xa1\x01\x26\xa0\xf6\x41y",
		"\x84\x46\xa2\x01\x26\x02\x81\x04\xa0\x41x\x41y",
		"\x84\x43\xa1\x04\x26\xa0\x41x\x41y", "\xd1\x84\x43\xa1\x01\x26\xa0\x41x\x41y",
		"\x84\x43\xa1\x01\x26\x80\x41x\x41y",
		/* an algorithm that is text; headers that are text, and no map; text for payload and signature; five parts */
		"\x84\x44\xa1\x01\x61k\xa0\x41x\x41y", "\x84\x63\xa1\x01\x26\xa0\x41x\x41y",
		"\x84\x61x\xa0\x41x\x41y", "\x84\x41\x26\xa0\x41x\x41y",
		"\x84\x43\xa1\x01\x26\xa0\x61x\x41y", "\x84\x43\xa1\x01\x26\xa0\x41x\x61y",
		"\x85\x43\xa1\x01\x26\xa0\x41x\x41y\x41z", "\x84\x42\xa1\x01\xa0\x41x\x41y",
		"\x43\xa1\x01\x26", "\xd2\xd2\x84\x43\xa1\x01\x26\xa0\x41x\x41y" };
	static const char good[] = "\x84\x43\xa1\x01\x26\xa0\x41x\x41y";
	CLEANUP(buf_done) struct buf curve = { 0 };
	struct cose_signer *signer = NULL;
	struct err e = { 0 };
	struct cose_sign1 s;

	CHECK_OK(cose_sign1_parse(&s, str_span(str_of(good)), a, &e), e);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK_ERR(cose_sign1_parse(&s, str_span(str_of(bad[i])), a, &e), e, ERR_FORMAT);
	CHECK_ERR(cose_signer_of_pem(&signer, str_span(str_of("no key")), &e), e, ERR_FORMAT);
	make_key("EC", "secp256k1", &curve, NULL);
	CHECK_ERR(cose_signer_of_pem(&signer, buf_span(&curve), &e), e, ERR_USAGE);
}

int main(void)
{
	a = arena_new(64 << 20);
	signs_and_verifies();
	bytes();
	flips();
	another_key();
	ed25519();
	rsa();
	short_numbers();
	limits();
	refuses();
	arena_free(a);
	return test_end();
}
