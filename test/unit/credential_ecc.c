#include "trust/credential.h"

#include <openssl/ec.h>

#include "base/hex.h"
#include "base/mem.h"
#include "credential_opened.h"
#include "leaks.h"
#include "tpm_made.h"

static const struct made_key ek = { .attributes = MADE_EK_ATTRIBUTES, .storage = true };

static struct buf of_hex(const char *text)
{
	struct buf b = buf_init(512);
	uint8_t bytes[256];

	CHECK(hex_read(str_of(text), bytes, strlen(text) / 2));
	buf_add(&b, bytes, strlen(text) / 2);
	return b;
}

static bool is_hex(struct span s, const char *text)
{
	CLEANUP(buf_done) struct buf want = of_hex(text);

	return span_equal(s, buf_span(&want));
}

/* The scalar a small number, for which coordinates are known. */
static struct credential_chance chance(uint8_t scalar)
{
	struct credential_chance c;

	memset(&c, 0x11, sizeof c);
	memset(c.scalar, 0, sizeof c.scalar);
	c.scalar[sizeof c.scalar - 1] = scalar;
	return c;
}

static struct tpm_name name_of(uint16_t alg, size_t size)
{
	struct tpm_name n = { .n = 2 + size, .bytes = { (uint8_t)(alg >> 8), (uint8_t)alg } };

	for (size_t i = 0; i < size; i++)
		n.bytes[2 + i] = (uint8_t)(0x40 + i);
	return n;
}

static bool make(struct credential *c, struct span public_area, const struct tpm_name *name,
	const struct credential_chance *with)
{
	struct tpm_public p;
	struct err e = { 0 };

	CHECK_OK(tpm_public_parse(&p, public_area, &e), e);
	CHECK_OK(credential_make(c, &p, name, with, &e), e);
	return !*e.text;
}

/* The private key 0102..20. */
#define EK_X "515c3d6eb9e396b904d3feca7f54fdcd0cc1e997bf375dca515ad0a6c3b4035f"
#define EK_Y "4536be3a50f318fbf9a5475902a221502bef0d57e08c53b2cc0a56f17d9f9354"
#define EK_HEAD                                                                                \
	"0023000b000300b20020837197674484b3f81a90cc8d46a5d724fd52d76e06520b64f2a1da1b331469aa" \
	"00060080004300100003"                                                                 \
	"0010"
#define EK_HEX EK_HEAD "0020" EK_X "0020" EK_Y
#define NIL15 "000000000000000000000000000000"
#define NIL30 NIL15 NIL15
#define S8 "3131313131313131"
#define S32 S8 S8 S8 S8
#define E32                                                                    \
	"00207431b18f055ac873b1eb7d74d8716ad1e3df06908b00cc2f901153f8eb642818" \
	"00204867c0fdab339c6c490a39ae704d29b5b4c2f1244350a29059622cf49b421155"

/*
 * Computed with Python's integers and hashes and openssl's command, not with this code: an ordinary scalar, the first and the last
 * that there are, and those whose y, product and x begin with a byte of zero.
 */
static void known(void)
{
	static const struct {
		const char *scalar, *id_object, *encrypted_secret;
	} rows[] = {
		{ S32, "00202d406ad5b1a0ec68ce4e883c66ed42c3e322b208cffdbf1977f2f2e9ee339f55a0dd5b224a4a8c410f2bef8f929db0cc30acca0aa3e590acf639f78fabc59005257a",
			E32 },
		{ NIL30 "0001",
			"00204c8c93f6029ea179c11ae1b67fb53008b5173670d9520c74253c405dcc252b8c3b69028db0adb3c9cd567d2e32943883aa5133b231a58eb15b62f9d49227bb1f751d",
			"00206b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c29600204fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5" },
		{ "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550",
			"00204c8c93f6029ea179c11ae1b67fb53008b5173670d9520c74253c405dcc252b8c3b69028db0adb3c9cd567d2e32943883aa5133b231a58eb15b62f9d49227bb1f751d",
			"00206b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2960020b01cbd1c01e58065711814b583f061e9d431cca994cea1313449bf97c840ae0a" },
		{ NIL30 "002b",
			"0020bd53167ce7e88002941605479a6ec85df2751934ba5b73783f8807b82e6b1d62212c094015e60b8c34e66154ef24e7ce9585dfdda28e06e4b669d2dd02c59443978a",
			"0020986ae2506f1ff104d04230861d8f4b498f4bc4c6d009b30f7544dc129b82d28d0020003cccc0a6460e0ae328a4d97d3c7b61d86fc6289c189f2525110c441bb07e97" },
		{ NIL30 "00f2",
			"0020b2423d4a88fd9c67cea4aa64631c4ef5036d1a6a95f31f148201b810db457cbdd0988988c55e31b074df2a1d0d5ac717508cae7dd8b13a713292d99e9f5917fe8855",
			"00206cfa64a00d28e6149551b04f09a22ffc7cc74fd427067f14113851fdff684a9c0020a6e1d5871f75287a28f539ce0e5cbdbaec25cd15e14eb602db7611f18514011d" },
		{ NIL30 "017b",
			"0020513ae919342ad6922f136ee09b5fbe202c44ba955fc4a4524c1174d2d9c841917129272e56a579db7ce86bfa23184f075c42c6f7d31435e1b25fa8f9038e0948f08f",
			"0020005543894af3d00ed7d740abdbd75c96b06877b787db5f70eea78b90a8d7c00a0020bb4c85a3d8ea29efaafa24406912dd84d5b14dc32bf656ef6c6bd58a5d943f92" },
	};
	CLEANUP(buf_done) struct buf area = of_hex(EK_HEX);
	struct tpm_name name = name_of(TPM_ALG_SHA256, 32);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct credential_chance with = chance(0);
		struct credential c;

		CHECK(hex_read(str_of(rows[i].scalar), with.scalar, 32));
		if (!make(&c, buf_span(&area), &name, &with))
			continue;
		CHECK(is_hex(buf_span(&c.id_object), rows[i].id_object));
		CHECK(is_hex(buf_span(&c.encrypted_secret), rows[i].encrypted_secret));
		credential_done(&c);
	}
}

/* Named with SHA-384 the same key has another seed, of that length, and the same ephemeral point. */
static void known_with_sha384(void)
{
	CLEANUP(buf_done) struct buf area = of_hex(EK_HEX);
	struct tpm_name name = name_of(TPM_ALG_SHA256, 32);
	struct credential_chance with = chance(0);
	struct credential c;

	area.p[3] = TPM_ALG_SHA384;
	memset(with.scalar, 0x31, sizeof with.scalar);
	if (!make(&c, buf_span(&area), &name, &with))
		return;
	CHECK(is_hex(buf_span(&c.id_object),
		"0030250024ef776aa27b0438b2101e93e159b3dd315d15761714db4e525c803fc64cc38f3136cb06df17f0e7943bb263d12e5d43d608c5237d95cad12a199e42332622cffda39a7696d8555c270e07af9ccb201d"));
	CHECK(is_hex(buf_span(&c.encrypted_secret), E32));
	credential_done(&c);
}

/* A TPM may leave out zeroes before a number; what is derived from it does not. */
static void short_coordinate(void)
{
#define SHORT_X "5543894af3d00ed7d740abdbd75c96b06877b787db5f70eea78b90a8d7c00a"
#define ITS_Y "0020bb4c85a3d8ea29efaafa24406912dd84d5b14dc32bf656ef6c6bd58a5d943f92"
	CLEANUP(buf_done) struct buf without = of_hex(EK_HEAD "001f" SHORT_X ITS_Y);
	CLEANUP(buf_done) struct buf whole = of_hex(EK_HEAD "002000" SHORT_X ITS_Y);
	struct tpm_name name = name_of(TPM_ALG_SHA256, 32);
	struct credential_chance with = chance(7);
	struct credential c, d;

	if (!make(&c, buf_span(&without), &name, &with) ||
		!make(&d, buf_span(&whole), &name, &with))
		return;
	CHECK(span_equal(buf_span(&c.id_object), buf_span(&d.id_object)));
	CHECK(span_equal(buf_span(&c.encrypted_secret), buf_span(&d.encrypted_secret)));
	credential_done(&c);
	credential_done(&d);
}

/* The other side's Diffie-Hellman, by libcrypto's own. */
static bool agree(EVP_PKEY *key, struct span point, uint8_t z[32])
{
	EVP_PKEY *peer = EVP_PKEY_new();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	size_t n = 32;
	bool ok = EVP_PKEY_copy_parameters(peer, key) == 1 &&
		  EVP_PKEY_set1_encoded_public_key(peer, point.p, point.n) == 1 &&
		  EVP_PKEY_derive_init(ctx) == 1 && EVP_PKEY_derive_set_peer(ctx, peer) == 1 &&
		  EVP_PKEY_derive(ctx, z, &n) == 1 && n == 32;

	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(peer);
	return ok;
}

/* KDFe by libcrypto: its single-step KDF over Z with the rest as its information. */
static void one_step(uint8_t *out, const uint8_t *z, struct span info)
{
	EVP_KDF *f = EVP_KDF_fetch(NULL, "SSKDF", NULL);
	EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(f);
	char digest[8];
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string("digest", digest, 0),
		OSSL_PARAM_construct_octet_string("key", (void *)(uintptr_t)z, 32),
		OSSL_PARAM_construct_octet_string("info", (void *)(uintptr_t)info.p, info.n),
		OSSL_PARAM_construct_end(),
	};

	snprintf(digest, sizeof digest, "%s", ek_hash);
	CHECK(EVP_KDF_derive(ctx, out, ek_hash_size, params) == 1);
	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(f);
}

/* What TPM2_ActivateCredential does with the private key, and the x of its own public area. */
static bool activate(EVP_PKEY *key, struct span x, const struct credential *c,
	const struct tpm_name *name, uint8_t secret[32])
{
	CLEANUP(buf_done) struct buf info = buf_init(256), point = buf_init(128);
	struct rd r = rd_of(buf_span(&c->encrypted_secret));
	struct span ephemeral_x = rd_bytes(&r, rd_u16be(&r)), y = rd_bytes(&r, rd_u16be(&r));
	uint8_t z[32], seed[48];

	CHECK(rd_done(&r) && ephemeral_x.n == 32 && y.n == 32);
	buf_u8(&point, 4);
	buf_add(&point, ephemeral_x.p, ephemeral_x.n);
	buf_add(&point, y.p, y.n);
	if (!agree(key, buf_span(&point), z))
		return false;
	buf_add(&info, "IDENTITY", 9);
	buf_add(&info, ephemeral_x.p, ephemeral_x.n);
	buf_add(&info, x.p, x.n);
	one_step(seed, z, buf_span(&info));
	return opened(c, seed, name, secret);
}

static void opens_with(EVP_PKEY *key, EVP_PKEY *other, const char *with_hash, size_t size)
{
	uint16_t alg = size == 48 ? TPM_ALG_SHA384 : TPM_ALG_SHA256;
	struct made_key k = ek;
	struct credential_chance with = chance(0);
	struct tpm_name name = name_of(alg, size), another = name;
	uint8_t secret[32] = { 0 };
	struct credential c;
	struct tpm_public p;
	struct err e = { 0 };
	struct buf area;

	k.name_hash = alg;
	ek_hash = with_hash;
	ek_hash_size = size;
	another.bytes[9] ^= 1;
	memset(with.scalar, (int)size, sizeof with.scalar);
	area = made_public(key, k);
	CHECK_OK(tpm_public_parse(&p, buf_span(&area), &e), e);
	CHECK_OK(credential_make(&c, &p, &name, &with, &e), e);
	CHECK(c.id_object.n == 2 + size + 34 && c.encrypted_secret.n == 68);
	CHECK(activate(key, p.x, &c, &name, secret) && !memcmp(secret, with.secret, 32));
	CHECK(!activate(key, p.x, &c, &another, secret));
	CHECK(!activate(other, p.x, &c, &name, secret));
	CHECK(!activate(key, p.y, &c, &name, secret));
	credential_done(&c);
	buf_done(&area);
}

static void opens(void)
{
	EVP_PKEY *key = made_ecc("P-256"), *other = made_ecc("P-256");

	opens_with(key, other, "SHA256", 32);
	opens_with(key, other, "SHA384", 48);
	EVP_PKEY_free(key);
	EVP_PKEY_free(other);
}

/* The scalar alone decides over the seed; what a key of RSA takes is not used. */
static void what_chance_decides(void)
{
	CLEANUP(buf_done) struct buf area = of_hex(EK_HEX);
	struct tpm_name name = name_of(TPM_ALG_SHA256, 32);
	struct credential_chance with = chance(5);
	struct credential c, d;

	if (!make(&c, buf_span(&area), &name, &with))
		return;
	memset(with.seed, 1, sizeof with.seed);
	memset(with.oaep_seed, 2, sizeof with.oaep_seed);
	if (make(&d, buf_span(&area), &name, &with)) {
		CHECK(span_equal(buf_span(&c.id_object), buf_span(&d.id_object)));
		CHECK(span_equal(buf_span(&c.encrypted_secret), buf_span(&d.encrypted_secret)));
		credential_done(&d);
	}
	with.secret[31] ^= 1;
	if (make(&d, buf_span(&area), &name, &with)) {
		CHECK(!span_equal(buf_span(&c.id_object), buf_span(&d.id_object)));
		CHECK(span_equal(buf_span(&c.encrypted_secret), buf_span(&d.encrypted_secret)));
		credential_done(&d);
	}
	with.secret[31] ^= 1;
	with.scalar[0] ^= 1;
	if (make(&d, buf_span(&area), &name, &with)) {
		CHECK(!span_equal(buf_span(&c.id_object), buf_span(&d.id_object)));
		CHECK(!span_equal(buf_span(&c.encrypted_secret), buf_span(&d.encrypted_secret)));
		credential_done(&d);
	}
	credential_done(&c);
}

static void refused(const struct tpm_public *p, const struct credential_chance *with,
	enum err_kind kind, const char *says)
{
	struct tpm_name name = name_of(TPM_ALG_SHA256, 32);
	struct credential c = { .id_object = { .n = 77 } };
	struct err e = { 0 };
	bool ok;

	mem_guard_begin();
	ok = credential_make(&c, p, &name, with, &e);
	CHECK(mem_guard_end() && !ok && e.kind == kind && c.id_object.n == 77);
	if (strcmp(e.text, says) != 0)
		fprintf(stderr, "'%s', wanted '%s'\n", e.text, says);
	CHECK(!strcmp(e.text, says));
}

#define NOT_ON "EK's point is not on the curve P-256"

/* Another point than one of the curve would tell of the scalar, or make the seed known to everybody. */
static void refuses_points(void)
{
	static const char *const points[][2] = {
		/* (0, 0), as which some write the point at infinity */
		{ NIL30 "0000", NIL30 "0000" },
		/* the base point of secp256k1 */
		{ "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798",
			"483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8" },
		/* x and y changed for each other */
		{ EK_Y, EK_X },
		/* (0, y) of the curve, and the same with the prime for 0 */
		{ "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
			"66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4" },
		/* (5, y) of the curve, and the same with the prime added */
		{ "ffffffff00000001000000000000000000000001000000000000000000000004",
			"459243b9aa581806fe913bce99817ade11ca503c64d9a3c533415c083248fbcc" },
		{ "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
			"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff" },
	};
	CLEANUP(buf_done) struct buf area = of_hex(EK_HEX);
	struct credential_chance with = chance(1);
	uint8_t x[32], y[32];
	struct tpm_public p;
	struct err e = { 0 };

	CHECK_OK(tpm_public_parse(&p, buf_span(&area), &e), e);
	p.x = SPAN_OF(x);
	p.y = SPAN_OF(y);
	for (size_t i = 0; i < ARRAY_LEN(points); i++) {
		CHECK(hex_read(str_of(points[i][0]), x, 32) &&
			hex_read(str_of(points[i][1]), y, 32));
		refused(&p, &with, ERR_FORMAT, NOT_ON);
	}
}

/* No bytes are not zero, though (0, y) is on the curve. */
static void refuses_none(void)
{
	CLEANUP(buf_done) struct buf area = of_hex(EK_HEX);
	struct credential_chance with = chance(1);
	struct tpm_name name = name_of(TPM_ALG_SHA256, 32);
	uint8_t zero[1] = { 0 }, y[32];
	struct credential c;
	struct tpm_public p;
	struct err e = { 0 };

	CHECK_OK(tpm_public_parse(&p, buf_span(&area), &e), e);
	CHECK(hex_read(
		STR("66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4"), y, 32));
	p.x = SPAN_OF(zero);
	p.y = SPAN_OF(y);
	CHECK_OK(credential_make(&c, &p, &name, &with, &e), e);
	credential_done(&c);
	p.x.n = 0;
	refused(&p, &with, ERR_FORMAT, NOT_ON);
}

/* Each bit of a point. */
static void refuses_flips(void)
{
	CLEANUP(buf_done) struct buf area = of_hex(EK_HEX);
	struct credential_chance with = chance(1);
	struct tpm_public p;
	struct err e = { 0 };
	uint8_t x[33] = { 0 }, y[33] = { 0 }, longest[66] = { 0 };

	CHECK_OK(tpm_public_parse(&p, buf_span(&area), &e), e);
	memcpy(x + 1, p.x.p, 32);
	memcpy(y + 1, p.y.p, 32);
	p.x = span_make(x + 1, 32);
	p.y = span_make(y + 1, 32);
	for (size_t bit = 0; bit < 512; bit++) {
		uint8_t *at = bit < 256 ? x + 1 + bit / 8 : y + 1 + (bit - 256) / 8;

		*at ^= (uint8_t)(1 << bit % 8);
		refused(&p, &with, ERR_FORMAT, NOT_ON);
		*at ^= (uint8_t)(1 << bit % 8);
	}
	p.x = SPAN_OF(x); /* longer than the field, though of the same value */
	refused(&p, &with, ERR_FORMAT, NOT_ON);
	p.x = span_make(x + 1, 32);
	p.y = SPAN_OF(y);
	refused(&p, &with, ERR_FORMAT, NOT_ON);
	memcpy(longest + 34, y + 1, 32);
	p.y = SPAN_OF(longest);
	refused(&p, &with, ERR_FORMAT, NOT_ON);
	p.y = span_make(NULL, 0);
	refused(&p, &with, ERR_FORMAT, NOT_ON);
	p.x = span_make(NULL, 0);
	p.y = span_make(y + 1, 32);
	refused(&p, &with, ERR_FORMAT, NOT_ON);
}

static void refuses_scalars(void)
{
	static const char *const scalars[] = {
		NIL30 "0000",
		"ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
		"ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632552",
		"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	};
	CLEANUP(buf_done) struct buf area = of_hex(EK_HEX);
	struct credential_chance with = chance(1);
	struct tpm_public p;
	struct err e = { 0 };

	CHECK_OK(tpm_public_parse(&p, buf_span(&area), &e), e);
	for (size_t i = 0; i < ARRAY_LEN(scalars); i++) {
		CHECK(hex_read(str_of(scalars[i]), with.scalar, 32));
		refused(&p, &with, ERR_USAGE,
			"ephemeral scalar is 0, or not below the order of the curve P-256");
	}
}

static void refuses_other_keys(void)
{
#define WANT ", want RSA or ECC with AES-128-CFB and SHA-256 or SHA-384"
	CLEANUP(buf_done) struct buf area = of_hex(EK_HEX);
	struct credential_chance with = chance(1);
	struct tpm_public honest, p;
	struct err e = { 0 };

	CHECK_OK(tpm_public_parse(&honest, buf_span(&area), &e), e);
	p = honest;
	p.curve = TPM_CURVE_P384;
	refused(&p, &with, ERR_FORMAT, "EK is of curve 0x0004, want P-256 (0x0003)");
	p.curve = TPM_CURVE_P521;
	refused(&p, &with, ERR_FORMAT, "EK is of curve 0x0005, want P-256 (0x0003)");
	p.curve = 0x0020; /* SM2 */
	refused(&p, &with, ERR_FORMAT, "EK is of curve 0x0020, want P-256 (0x0003)");
	p = honest;
	p.name_alg = DIGEST_SHA512;
	refused(&p, &with, ERR_FORMAT, "EK is ECC with AES-128" WANT);
	p = honest;
	p.symmetric.bits = 256;
	refused(&p, &with, ERR_FORMAT, "EK is ECC with AES-256" WANT);
	p = honest;
	p.symmetric.alg = TPM_ALG_NULL;
	refused(&p, &with, ERR_FORMAT, "EK is ECC with none-128" WANT);
}

static void make_and_fail(void)
{
	CLEANUP(buf_done) struct buf area = of_hex(EK_HEX);
	struct credential_chance with = chance(1);
	struct tpm_name name = name_of(TPM_ALG_SHA256, 32);
	struct credential c;
	struct tpm_public p;
	struct err e;

	if (make(&c, buf_span(&area), &name, &with))
		credential_done(&c);
	CHECK_OK(tpm_public_parse(&p, buf_span(&area), &e), e);
	with.scalar[31] = 0;
	CHECK_ERR(credential_make(&c, &p, &name, &with, &e), e, ERR_USAGE);
	p.y = p.x;
	CHECK_ERR(credential_make(&c, &p, &name, &with, &e), e, ERR_FORMAT);
}

int main(void)
{
	leaks_count();
	known();
	known_with_sha384();
	short_coordinate();
	opens();
	what_chance_decides();
	refuses_points();
	refuses_none();
	refuses_flips();
	refuses_scalars();
	refuses_other_keys();
	CHECK(leaks_none(make_and_fail));
	return test_end();
}
