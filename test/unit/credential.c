#include "trust/credential.h"

#include "base/mem.h"
#include "credential_opened.h"
#include "leaks.h"
#include "tpm_made.h"

static EVP_PKEY *key;
static const struct made_key ek = { .attributes = MADE_EK_ATTRIBUTES, .storage = true };
static const struct made_key ak = {
	.attributes = MADE_AK_ATTRIBUTES, .scheme = TPM_ALG_ECDSA, .hash = TPM_ALG_SHA256
};

/* libcrypto's own OAEP takes the seed out again: an independent judge of ours. */
static bool open_seed(struct span enc, uint8_t *seed, size_t *n)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	char *label = OPENSSL_strdup("IDENTITY");
	bool ok = EVP_PKEY_decrypt_init(ctx) == 1 &&
		  EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING) == 1 &&
		  EVP_PKEY_CTX_set_rsa_oaep_md_name(ctx, ek_hash, NULL) == 1 &&
		  EVP_PKEY_CTX_set0_rsa_oaep_label(ctx, label, 9) == 1 &&
		  EVP_PKEY_decrypt(ctx, seed, n, enc.p, enc.n) == 1;

	EVP_PKEY_CTX_free(ctx);
	return ok;
}

static bool activate(const struct credential *c, const struct tpm_name *name, uint8_t secret[32])
{
	uint8_t seed[256];
	size_t n = sizeof seed;

	return open_seed(buf_span(&c->encrypted_secret), seed, &n) && n == ek_hash_size &&
	       opened(c, seed, name, secret);
}

static struct credential_chance chance(uint8_t first)
{
	struct credential_chance c;

	memset(&c, first, sizeof c);
	memset(c.seed, first + 1, sizeof c.seed);
	memset(c.oaep_seed, first + 2, sizeof c.oaep_seed);
	return c;
}

static void opens(void)
{
	CLEANUP(buf_done) struct buf pub = made_public(key, ek);
	struct credential_chance with = chance(0x11);
	struct tpm_name name = { .n = 34, .bytes = { 0, 0x0b, 7 } }, other = name;
	struct credential c, again;
	struct tpm_public p;
	uint8_t secret[32] = { 0 };
	struct err e = { 0 };

	other.bytes[9] = 1;
	CHECK_OK(tpm_public_parse(&p, buf_span(&pub), &e), e);
	CHECK_OK(credential_make(&c, &p, &name, &with, &e), e);
	CHECK_OK(credential_make(&again, &p, &name, &with, &e), e);
	CHECK(span_equal(buf_span(&c.id_object), buf_span(&again.id_object)));
	CHECK(span_equal(buf_span(&c.encrypted_secret), buf_span(&again.encrypted_secret)));
	CHECK(c.id_object.n == 2 + 32 + 34 && c.encrypted_secret.n == 256);
	CHECK(activate(&c, &name, secret) && !memcmp(secret, with.secret, 32));
	CHECK(!activate(&c, &other, secret)); /* for another key it does not open */
	c.id_object.p[40] ^= 1;
	CHECK(!activate(&c, &name, secret));
	credential_done(&again);
	with = chance(0x12);
	CHECK_OK(credential_make(&again, &p, &name, &with, &e), e);
	CHECK(!span_equal(buf_span(&c.encrypted_secret), buf_span(&again.encrypted_secret)));
	credential_done(&c);
	credential_done(&again);
}

/* An EK named with SHA-384 has it for OAEP, keys and HMAC, too. */
static void opens_with_sha384(void)
{
	static const struct made_key large = {
		.attributes = MADE_EK_ATTRIBUTES, .storage = true, .name_hash = TPM_ALG_SHA384
	};
	CLEANUP(buf_done) struct buf pub = made_public(key, large);
	struct credential_chance with = chance(0x21);
	struct tpm_name name = { .n = 50, .bytes = { 0, 0x0c, 7 } };
	struct credential c;
	struct tpm_public p;
	uint8_t secret[32] = { 0 };
	struct err e = { 0 };

	ek_hash = "SHA384";
	ek_hash_size = 48;
	CHECK_OK(tpm_public_parse(&p, buf_span(&pub), &e), e);
	CHECK_OK(credential_make(&c, &p, &name, &with, &e), e);
	CHECK(c.id_object.n == 2 + 48 + 34 && c.encrypted_secret.n == 256);
	CHECK(activate(&c, &name, secret) && !memcmp(secret, with.secret, 32));
	credential_done(&c);
	ek_hash = "SHA256";
	ek_hash_size = 32;
}

/* What is random goes where it belongs: the seed of OAEP hides the seed, the seed hides the secret. */
static void what_chance_decides(void)
{
	CLEANUP(buf_done) struct buf pub = made_public(key, ek);
	struct credential_chance with = chance(0x31);
	struct tpm_name name = { .n = 34, .bytes = { 0, 0x0b, 7 } };
	struct credential c, other;
	struct tpm_public p;
	uint8_t secret[32] = { 0 };
	struct err e = { 0 };

	CHECK_OK(tpm_public_parse(&p, buf_span(&pub), &e), e);
	CHECK_OK(credential_make(&c, &p, &name, &with, &e), e);
	with.oaep_seed[31] ^= 1;
	CHECK_OK(credential_make(&other, &p, &name, &with, &e), e);
	CHECK(span_equal(buf_span(&c.id_object), buf_span(&other.id_object)));
	CHECK(!span_equal(buf_span(&c.encrypted_secret), buf_span(&other.encrypted_secret)));
	CHECK(activate(&other, &name, secret) && !memcmp(secret, with.secret, 32));
	credential_done(&other);
	with.oaep_seed[31] ^= 1;
	with.oaep_seed[32] ^= 1; /* more than the hash has */
	with.seed[32] ^= 1;
	CHECK_OK(credential_make(&other, &p, &name, &with, &e), e);
	CHECK(span_equal(buf_span(&c.id_object), buf_span(&other.id_object)));
	CHECK(span_equal(buf_span(&c.encrypted_secret), buf_span(&other.encrypted_secret)));
	credential_done(&other);
	with.secret[31] ^= 1;
	CHECK_OK(credential_make(&other, &p, &name, &with, &e), e);
	CHECK(!span_equal(buf_span(&c.id_object), buf_span(&other.id_object)));
	CHECK(span_equal(buf_span(&c.encrypted_secret), buf_span(&other.encrypted_secret)));
	credential_done(&other);
	credential_done(&c);
}

static void refused(const struct tpm_public *p, enum err_kind kind, const char *says)
{
	struct credential_chance with = chance(1);
	struct tpm_name name = { .n = 34 };
	struct credential c = { .id_object = { .n = 77 } };
	struct err e = { 0 };
	bool ok;

	mem_guard_begin();
	ok = credential_make(&c, p, &name, &with, &e);
	CHECK(mem_guard_end() && !ok && e.kind == kind && c.id_object.n == 77);
	if (strcmp(e.text, says) != 0)
		fprintf(stderr, "'%s', wanted '%s'\n", e.text, says);
	CHECK(!strcmp(e.text, says));
}

/* Each of what an EK must be, one by one. */
static void refuses_other_keys(void)
{
#define WANT ", want RSA or ECC with AES-128-CFB and SHA-256 or SHA-384"
	static const enum digest_alg algs[] = { DIGEST_NONE, DIGEST_SHA1, DIGEST_SHA512 };
	CLEANUP(buf_done) struct buf pub = made_public(key, ek);
	uint8_t wide[257] = { 0 };
	struct tpm_public honest, p;
	struct err e = { 0 };

	CHECK_OK(tpm_public_parse(&honest, buf_span(&pub), &e), e);
	for (int i = 0; i < 3; i++) {
		p = honest;
		p.name_alg = algs[i];
		refused(&p, ERR_FORMAT, "EK is RSA with AES-128" WANT);
	}
	p = honest;
	p.symmetric.bits = 127;
	refused(&p, ERR_FORMAT, "EK is RSA with AES-127" WANT);
	p.symmetric.bits = 129;
	refused(&p, ERR_FORMAT, "EK is RSA with AES-129" WANT);
	p = honest;
	p.symmetric.mode++;
	refused(&p, ERR_FORMAT, "EK is RSA with AES-128" WANT);
	p = honest;
	p.symmetric.alg = TPM_ALG_NULL;
	refused(&p, ERR_FORMAT, "EK is RSA with none-128" WANT);
	p = honest;
	p.type = TPM_ALG_ECC;
	refused(&p, ERR_FORMAT, "EK is of curve 0x0000, want P-256 (0x0003)");
	p.type = TPM_ALG_AES;
	refused(&p, ERR_FORMAT, "EK is AES with AES-128" WANT);
	p = honest;
	p.modulus.n = 128;
	refused(&p, ERR_SIGNATURE, "RSA key of 1024 bits, want 2048 to 4096");
	/* A zero before the modulus: the block would be longer than the key. */
	memcpy(wide + 1, honest.modulus.p, 256);
	p = honest;
	p.modulus = SPAN_OF(wide);
	refused(&p, ERR_FORMAT, "EK takes no credential");
}

static void refuses(void)
{
	CLEANUP(buf_done) struct buf no_storage = made_public(key, ak);
	struct credential_chance with = chance(1);
	struct tpm_name name = { .n = 34 };
	struct credential c;
	struct tpm_public p;
	struct err e = { 0 };

	CHECK_OK(tpm_public_parse(&p, buf_span(&no_storage), &e), e);
	CHECK_ERR(credential_make(&c, &p, &name, &with, &e), e, ERR_FORMAT);
}

static struct buf honest_ek;

static void make_and_fail(void)
{
	struct credential_chance with = chance(1);
	struct tpm_name name = { .n = 34 };
	uint8_t wide[257] = { 0 };
	struct credential c;
	struct tpm_public p;
	struct err e;

	CHECK_OK(tpm_public_parse(&p, buf_span(&honest_ek), &e), e);
	CHECK_OK(credential_make(&c, &p, &name, &with, &e), e);
	credential_done(&c);
	memcpy(wide + 1, p.modulus.p, 256);
	p.modulus = SPAN_OF(wide);
	CHECK_ERR(credential_make(&c, &p, &name, &with, &e), e, ERR_FORMAT);
}

static void gives_back(void)
{
	honest_ek = made_public(key, ek);
	CHECK(leaks_none(make_and_fail));
	buf_done(&honest_ek);
}

int main(void)
{
	leaks_count();
	key = made_rsa();
	opens();
	opens_with_sha384();
	what_chance_decides();
	refuses();
	refuses_other_keys();
	gives_back();
	EVP_PKEY_free(key);
	return test_end();
}
