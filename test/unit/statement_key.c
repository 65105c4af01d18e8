/* Keys of statements: one form and one id, whatever form they came in; RFC 8032's and RFC 8410's own keys. */
#include "trust/statement_key.h"

#include <openssl/pem.h>
#include <openssl/x509.h>

#include "base/hex.h"
#include "codec/base64.h"
#include "codec/der.h"
#include "key_case.h"
#include "leaks.h"
#include "test.h"

/* RFC 8410, section 10.1. */
#define PEM                                                              \
	"-----BEGIN PUBLIC KEY-----\n"                                   \
	"MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n" \
	"-----END PUBLIC KEY-----\n"
#define LINE "ed25519:Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE="
#define RAW "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1"
/* RFC 8032, section 7.1, test 2: key, its signature of the byte 72. */
#define TEST2 "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
#define SIGNED2                                                            \
	"92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da" \
	"085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"

static bool parse(struct statement_key **ret, struct str line, struct err *e)
{
	mem_guard_begin();
	return key_quiet(statement_key_parse(ret, line, e));
}

static bool of_spki(struct statement_key **ret, struct span der, struct err *e)
{
	mem_guard_begin();
	return key_quiet(statement_key_of_spki(ret, der, e));
}

static bool of_pem(struct statement_key **ret, struct span pem, struct err *e)
{
	mem_guard_begin();
	return key_quiet(statement_key_of_pem(ret, pem, e));
}

static bool verify(const struct statement_key *k, struct span message, struct span signature)
{
	struct err e = { 0 };
	bool ok;

	mem_guard_begin();
	ok = key_quiet(statement_key_verify(k, message, signature, &e));
	if (!ok)
		key_says(&e, ERR_SIGNATURE, "signature does not verify with the key");
	return ok;
}

static struct buf line_of(const struct statement_key *k)
{
	struct buf b = buf_init(200);

	statement_key_write(&b, k);
	return b;
}

static void ed25519(void)
{
	static const uint8_t head[] = { 0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0 };
	CLEANUP(statement_key_freep)
	struct statement_key *pem = NULL, *line = NULL, *der = NULL, *other = NULL;
	CLEANUP(buf_done) struct buf text = { 0 };
	uint8_t raw[32], got[32], id[32], spki[44], sum[32];
	struct err e = { 0 };

	CHECK(hex_read(STR(RAW), raw, 32));
	memcpy(spki, head, 12);
	memcpy(spki + 12, raw, 32);
	sha256_of(sum, SPAN_OF(spki));
	CHECK_OK(of_pem(&pem, str_span(STR(PEM)), &e), e);
	CHECK_OK(parse(&line, STR(LINE), &e), e);
	CHECK_OK(of_spki(&der, SPAN_OF(spki), &e), e);
	CHECK(span_equal(statement_key_spki(pem), SPAN_OF(spki)));
	CHECK(span_equal(statement_key_spki(line), SPAN_OF(spki)));
	CHECK_OK(statement_key_ed25519(got, pem, &e), e);
	CHECK(!memcmp(got, raw, 32));
	statement_key_id(id, line);
	CHECK(!memcmp(id, sum, 32));
	text = line_of(der);
	CHECK(str_is(buf_str(&text), LINE));
	spki[43] ^= 1;
	CHECK_OK(of_spki(&other, SPAN_OF(spki), &e), e);
	CHECK(statement_key_equal(pem, line) && statement_key_equal(line, der));
	CHECK(!statement_key_equal(pem, other));
	statement_key_free(NULL);
}

static void rfc_8032(void)
{
	CLEANUP(statement_key_freep) struct statement_key *k = NULL;
	CLEANUP(buf_done) struct buf line = buf_init(200);
	uint8_t raw[32], signature[64], message = 0x72, more[2] = { 0x72, 0 };
	struct err e = { 0 };

	CHECK(hex_read(STR(TEST2), raw, 32) && hex_read(STR(SIGNED2), signature, 64));
	buf_add_cstr(&line, "ed25519:");
	base64_add(&line, SPAN_OF(raw), BASE64_STANDARD);
	CHECK_OK(parse(&k, buf_str(&line), &e), e);
	CHECK(verify(k, span_make(&message, 1), SPAN_OF(signature)));
	CHECK(!verify(k, SPAN_OF(more), SPAN_OF(signature)));
	CHECK(!verify(k, span_make(&message, 1), span_make(signature, 63)));
	for (size_t i = 0; i < 64; i += 9) {
		signature[i] ^= 1;
		CHECK(!verify(k, span_make(&message, 1), SPAN_OF(signature)));
		signature[i] ^= 1;
	}
}

/* The key's SubjectPublicKeyInfo with its point in another form. */
static struct buf spki_of(EVP_PKEY *key, const char *form)
{
	struct buf b = buf_init(2000);
	unsigned char *der = NULL;
	int n;

	if (form)
		CHECK(EVP_PKEY_set_utf8_string_param(key, "point-format", form) == 1);
	n = i2d_PUBKEY(key, &der);
	CHECK(n > 0);
	buf_add(&b, der, (size_t)n);
	OPENSSL_free(der);
	return b;
}

static struct buf p256_line(struct span der)
{
	struct buf b = buf_init(400);

	buf_add_cstr(&b, "p256:");
	base64_add(&b, der, BASE64_STANDARD);
	return b;
}

static void p256(void)
{
	static const uint8_t head[] = { 0x30, 0x59, 0x30, 0x13, 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d,
		2, 1, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7, 3, 0x42, 0, 4 };
	static const char message[] = "what is signed";
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	CLEANUP(buf_done)
	struct buf whole = spki_of(key, NULL), hybrid = { 0 }, line = { 0 }, text = { 0 },
		   half = { 0 }, short_line = { 0 };
	CLEANUP(statement_key_freep)
	struct statement_key *a = NULL, *b = NULL, *c = NULL, *d = NULL;
	struct statement_key *none = NULL;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t signature[80], raw[32], id[32], sum[32];
	size_t n = sizeof signature;
	struct err e = { 0 };

	half = spki_of(key, "compressed");
	hybrid = spki_of(key, "hybrid");
	CHECK(whole.n == 91 && hybrid.n == 91 && half.n == 59 && !memcmp(whole.p, head, 27));
	CHECK_OK(of_spki(&a, buf_span(&whole), &e), e);
	CHECK_OK(of_spki(&b, buf_span(&half), &e), e);
	CHECK_OK(of_spki(&c, buf_span(&hybrid), &e), e);
	CHECK(span_equal(statement_key_spki(a), buf_span(&whole)));
	CHECK(statement_key_equal(a, b) && statement_key_equal(a, c));
	sha256_of(sum, buf_span(&whole));
	statement_key_id(id, b);
	CHECK(!memcmp(id, sum, 32));
	line = p256_line(buf_span(&whole));
	text = line_of(b);
	CHECK(span_equal(buf_span(&text), buf_span(&line)));
	CHECK_OK(parse(&d, buf_str(&line), &e), e);
	CHECK(statement_key_equal(a, d));
	CHECK(!statement_key_ed25519(raw, a, &e));
	key_says(&e, ERR_USAGE, "the key is one of P-256, not Ed25519");
	buf_done(&line);
	line = p256_line(buf_span(&hybrid));
	CHECK(!parse(&none, buf_str(&line), &e) && e.kind == ERR_FORMAT);
	CHECK(strstr(e.text, "is not in its one form: the curve by name, the whole point"));
	short_line = p256_line(buf_span(&half));
	CHECK(!parse(&none, buf_str(&short_line), &e) && e.kind == ERR_FORMAT);
	CHECK(strstr(e.text, "' is 59 bytes, want 91") && !none);
	CHECK(EVP_DigestSignInit_ex(ctx, NULL, "SHA256", NULL, NULL, key, NULL) == 1);
	CHECK(EVP_DigestSign(ctx, signature, &n, (const uint8_t *)message, 14) == 1);
	CHECK(verify(d, span_make(message, 14), span_make(signature, n)));
	CHECK(!verify(d, span_make(message, 13), span_make(signature, n)));
	CHECK(!verify(d, span_make(message, 14), span_make(signature, n - 1)));
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
}

static void other_kinds(void)
{
	static const char *const names[] = { "P-384", "secp256k1", "X25519", "ED448" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		EVP_PKEY *key = i < 2 ? EVP_PKEY_Q_keygen(NULL, NULL, "EC", names[i])
				      : EVP_PKEY_Q_keygen(NULL, NULL, names[i]);
		CLEANUP(buf_done) struct buf der = spki_of(key, NULL);
		struct statement_key *none = NULL;
		struct err e = { 0 };

		CHECK(!of_spki(&none, buf_span(&der), &e) && !none);
		key_says(&e, ERR_USAGE, "a key of another kind than Ed25519 and P-256");
		CHECK(!strcmp(e.hint, "`assay key new` makes one of these"));
		e = (struct err){ 0 };
		CHECK(!statement_key_of_pkey(&none, key, &e));
		key_says(&e, ERR_USAGE, "a key of another kind than Ed25519 and P-256");
		EVP_PKEY_free(key);
	}
}

/* SubjectPublicKeyInfo of an RSA key of n bytes in all. */
static struct buf rsa_of(size_t n)
{
	static const uint8_t alg[] = { 0x30, 0x0d, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1,
		1, 5, 0 };
	static const uint8_t exponent[] = { 1, 0, 1 };
	CLEANUP(buf_done) struct buf modulus = buf_init(2000), key = buf_init(2000);
	struct buf b = buf_init(2000);

	buf_fill(&modulus, 0x55, n - 37);
	buf_u8(&key, 0);
	der_put(&key, 0x02, buf_span(&modulus));
	der_put(&key, 0x02, SPAN_OF(exponent));
	der_close(&key, 1, 0x30);
	buf_add(&b, alg, sizeof alg);
	der_put(&b, 0x03, buf_span(&key));
	der_close(&b, 0, 0x30);
	CHECK(b.n == n);
	return b;
}

/* As long as there may be, and one more: of DER 1024 bytes, of a file 16 KiB, of a line 160. */
static void how_long(void)
{
	CLEANUP(buf_done) struct buf most = rsa_of(1024), over = rsa_of(1025);
	CLEANUP(buf_done) struct buf file = buf_init(20000);
	CLEANUP(statement_key_freep) struct statement_key *k = NULL;
	struct statement_key *none = NULL;
	char line[161] = "p256:";
	struct err e = { 0 };

	CHECK(!of_spki(&none, buf_span(&most), &e));
	key_says(&e, ERR_USAGE, "a key of another kind than Ed25519 and P-256");
	CHECK(!of_spki(&none, buf_span(&over), &e));
	key_says(&e, ERR_FORMAT, "no public key (SubjectPublicKeyInfo)");
	CHECK(!of_spki(&none, span_make(most.p, 1023), &e) && e.kind == ERR_FORMAT);
	CHECK(!of_spki(&none, span_make(NULL, 0), &e) && e.kind == ERR_FORMAT);
	buf_add_cstr(&file, PEM);
	buf_fill(&file, '\n', 16384 - file.n);
	CHECK_OK(of_pem(&k, buf_span(&file), &e), e);
	buf_fill(&file, '\n', 1);
	CHECK(!of_pem(&none, buf_span(&file), &e));
	key_says(&e, ERR_FORMAT, "no public key (SubjectPublicKeyInfo)");
	CHECK(!of_pem(&none, str_span(STR(LINE)), &e) && e.kind == ERR_FORMAT);
	memset(line + 5, 'A', 156);
	CHECK(!parse(&none, str_make(line, 161), &e) && e.kind == ERR_FORMAT);
	CHECK(strlen(e.text) == 1 + 80 + strlen("' is no key, want ed25519:BASE64 or p256:BASE64"));
	CHECK(!parse(&none, str_make(line, 160), &e) && e.kind == ERR_FORMAT);
	CHECK(!strstr(e.text, "is no key, want") && !strncmp(e.text, "key 'p256:AAAA", 14));
	CHECK(!none);
}

static void lines(void)
{
	static const struct {
		const char *line, *says;
	} bad[] = {
		{ "", "'' is no key, want ed25519:BASE64 or p256:BASE64" },
		{ "ed25519", "'ed25519' is no key, want ed25519:BASE64 or p256:BASE64" },
		{ "rsa:AAAA", "'rsa:AAAA' is no key, want ed25519:BASE64 or p256:BASE64" },
		{ "P256:AAAA", "'P256:AAAA' is no key, want ed25519:BASE64 or p256:BASE64" },
		{ "ed25519:AAAA", "key 'ed25519:AAAA' is 3 bytes, want 32" },
		{ "p256:AAAA", "key 'p256:AAAA' is 3 bytes, want 91" },
		{ "ed25519:", "key 'ed25519:' is 0 bytes, want 32" },
		{ "ed25519:A", NULL },
		{ " " LINE, NULL },
		{ LINE "\n", NULL },
	};
	struct statement_key *none = NULL;
	CLEANUP(buf_done) struct buf zeroes = buf_init(400);
	uint8_t blank[91] = { 0 };
	struct err e = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		CHECK(!parse(&none, str_of(bad[i].line), &e) && e.kind == ERR_FORMAT && !none);
		if (bad[i].says)
			key_says(&e, ERR_FORMAT, bad[i].says);
		if (bad[i].says && strstr(bad[i].says, "is no key"))
			CHECK(!strcmp(e.hint, "`assay key show FILE` prints the line of a key"));
	}
	zeroes = p256_line(SPAN_OF(blank));
	CHECK(!parse(&none, buf_str(&zeroes), &e) && e.kind == ERR_FORMAT && !none);
	CHECK(strstr(e.text, "': no public key (SubjectPublicKeyInfo)"));
}

/* A byte behind the key, a line of which only so much is shown, bytes that are no base64. */
static void a_little_too_much(void)
{
	CLEANUP(buf_done) struct buf longer = buf_init(100);
	struct statement_key *none = NULL;
	char line[100];
	uint8_t raw[32];
	struct err e = { 0 };

	CHECK(hex_read(STR(RAW), raw, 32));
	buf_add(&longer, "\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21", 11);
	buf_u8(&longer, 0);
	buf_add(&longer, raw, 32);
	buf_u8(&longer, 0);
	CHECK(!of_spki(&none, buf_span(&longer), &e));
	key_says(&e, ERR_FORMAT, "no public key (SubjectPublicKeyInfo)");
	memset(line, 'x', sizeof line);
	for (size_t n = 79; n <= 81; n++) {
		size_t shown = n < 80 ? n : 80;

		CHECK(!parse(&none, str_make(line, n), &e) && e.kind == ERR_FORMAT);
		CHECK(e.text[shown] == 'x' && e.text[shown + 1] == '\'');
	}
	CHECK(!parse(&none, STR("ed25519:A"), &e) && e.kind == ERR_FORMAT && !none);
	CHECK(!strncmp(e.text, "key 'ed25519:A': ", 17) && !strstr(e.text, "no public key"));
}

static struct buf curve_spki, other_spki, longer_spki;

/* Each way in, each way out. */
static void every_way(void)
{
	CLEANUP(statement_key_freep)
	struct statement_key *a = NULL, *b = NULL, *c = NULL, *d = NULL;
	struct span some = curve_spki.n ? span_make(curve_spki.p, curve_spki.n - 1)
					: span_make(NULL, 0);
	struct err e;

	(void)!statement_key_of_pem(&a, str_span(STR(PEM)), &e);
	(void)!statement_key_parse(&b, STR(LINE), &e);
	(void)!statement_key_of_spki(&c, buf_span(&curve_spki), &e);
	(void)!statement_key_of_spki(&d, some, &e);
	(void)!statement_key_of_spki(&d, buf_span(&other_spki), &e);
	(void)!statement_key_of_spki(&d, buf_span(&longer_spki), &e);
	(void)!statement_key_parse(&d, STR("ed25519:AAAA"), &e);
	CHECK(a && b && c && !d);
	(void)!statement_key_verify(a, some, some, &e);
	(void)!statement_key_verify(c, some, some, &e);
}

static void gives_back(void)
{
	EVP_PKEY *curve = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	EVP_PKEY *other = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");

	curve_spki = spki_of(curve, NULL);
	other_spki = spki_of(other, NULL);
	longer_spki = spki_of(curve, NULL);
	buf_u8(&longer_spki, 0);
	CHECK(leaks_none(every_way));
	EVP_PKEY_free(curve);
	EVP_PKEY_free(other);
	buf_done(&curve_spki);
	buf_done(&other_spki);
	buf_done(&longer_spki);
}

int main(void)
{
	leaks_count();
	ed25519();
	rfc_8032();
	p256();
	other_kinds();
	how_long();
	lines();
	a_little_too_much();
	gives_back();
	return test_end();
}
