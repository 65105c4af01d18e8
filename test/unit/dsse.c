#include "trust/dsse.h"

#include <openssl/x509.h>

#include "codec/base64.h"
#include "keys_made.h"

static struct arena *a;

static struct statement_key *public_of(const struct private_key *k)
{
	CLEANUP(buf_done) struct buf der = buf_init(400);
	struct statement_key *ret = NULL;
	struct err e = { 0 };

	CHECK_OK(private_key_spki(&der, k, &e), e);
	CHECK_OK(statement_key_of_spki(&ret, buf_span(&der), &e), e);
	return ret;
}

/* A signature made over the text that the format's own example names: the encoding is exactly that. */
static void encoding(void)
{
	CLEANUP(private_key_freep) struct private_key *key = keys_made("ED25519", NULL);
	CLEANUP(statement_key_freep) struct statement_key *pub = public_of(key);
	CLEANUP(buf_done) struct buf envelope = buf_init(4096);
	struct dsse d;
	struct err e = { 0 };

	CHECK_OK(dsse_sign(&envelope, STR("http://example.com/HelloWorld"),
			 str_span(STR("hello world")), key, STR(""), &e),
		e);
	CHECK_OK(dsse_parse(&d, buf_span(&envelope), a, &e), e);
	CHECK(d.n == 1);
	CHECK_OK(statement_key_verify(pub,
			 str_span(STR("DSSEv1 29 http://example.com/HelloWorld 11 hello world")),
			 d.signatures[0], &e),
		e);
}

static void both_kinds(void)
{
	static const char *const kinds[][2] = { { "ED25519", NULL }, { "EC", "P-256" } };

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		CLEANUP(private_key_freep)
		struct private_key *key = keys_made(kinds[i][0], kinds[i][1]);
		CLEANUP(private_key_freep)
		struct private_key *other = keys_made(kinds[i][0], kinds[i][1]);
		CLEANUP(statement_key_freep)
		struct statement_key *pub = public_of(key), *stranger = public_of(other);
		CLEANUP(buf_done) struct buf envelope = buf_init(4096);
		uint8_t id[SHA256_SIZE], strange[SHA256_SIZE];
		struct dsse d;
		struct err e = { 0 };

		CHECK_OK(dsse_sign(&envelope, STR("t"), str_span(STR("{}")), key, STR("hint"), &e),
			e);
		CHECK_OK(dsse_parse(&d, buf_span(&envelope), a, &e), e);
		CHECK(str_is(d.type, "t") && d.payload.n == 2);
		CHECK_OK(dsse_check(&d, pub, &e), e);
		CHECK_ERR(dsse_check(&d, stranger, &e), e, ERR_SIGNATURE);
		statement_key_id(id, pub);
		statement_key_id(strange, stranger);
		CHECK(memcmp(id, strange, sizeof id) != 0);
		d.type = STR("u");
		CHECK_ERR(dsse_check(&d, pub, &e), e, ERR_SIGNATURE);
		d.type = STR("t");
		d.payload = str_span(STR("{ }"));
		CHECK_ERR(dsse_check(&d, pub, &e), e, ERR_SIGNATURE);
	}
}

static bool parse(struct dsse *d, const char *json, struct err *e)
{
	return dsse_parse(d, str_span(str_of(json)), a, e);
}

static void reads(void)
{
	static const char *const bad[] = { "", "[]", "{}",
		"{\"payload\":\"AQ==\",\"payloadType\":\"t\"}",
		"{\"payload\":\"AQ==\",\"payloadType\":\"t\",\"signatures\":[]}",
		"{\"payload\":\"AQ==\",\"payloadType\":\"\",\"signatures\":[{\"sig\":\"AQ==\"}]}",
		"{\"payload\":\"AQ\",\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"AQ==\"}]}",
		"{\"payload\":\"A+_=\",\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"AQ==\"}]}",
		"{\"payload\":1,\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"AQ==\"}]}",
		"{\"payload\":\"AQ==\",\"payloadType\":\"t\",\"signatures\":[{}]}",
		"{\"payload\":\"AQ==\",\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"AQ==\",\"keyid\":1}]}",
		"{\"payload\":\"AQ==\",\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"AQ==\"}],\"payload\":\"AQ==\"}",
		"{\"payload\":\"AQ==\",\"payloadType\":\"t\",\"signatures\":{\"sig\":\"AQ==\"}}" };
	CLEANUP(buf_done) struct buf many = buf_init(8192);
	struct dsse d;
	struct err e = { 0 };

	CHECK_OK(
		parse(&d,
			"{\"more\":1,\"payload\":\"-_8=\",\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"+/8=\",\"x\":[]}]}",
			&e),
		e);
	CHECK(d.payload.n == 2 && d.payload.p[0] == 0xfb && d.signatures[0].p[1] == 0xff);
	CHECK_OK(
		parse(&d,
			"{\"payload\":\"-_8\",\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"AQ==\"}]}",
			&e),
		e);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK_ERR(parse(&d, bad[i], &e), e, ERR_FORMAT);
	buf_add_cstr(&many,
		"{\"payload\":\"AQ==\",\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"AQ==\"}");
	for (size_t i = 0; i < DSSE_SIGNATURES_MAX; i++)
		buf_add_cstr(&many, ",{\"sig\":\"AQ==\"}");
	buf_add_cstr(&many, "]}");
	CHECK_ERR(dsse_parse(&d, buf_span(&many), a, &e), e, ERR_LIMIT);
}

static void private_keys(void)
{
	CLEANUP(buf_done) struct buf pem = buf_init(1 << 14), big = buf_init(1 << 20);
	struct private_key *k = NULL;
	uint8_t raw[PRIVATE_KEY_ED25519_SIZE];
	struct err e = { 0 };

	keys_made_pem(&pem, "EC", "P-384", NULL);
	CHECK_ERR(private_key_of_pem(&k, buf_span(&pem), &e), e, ERR_MISMATCH);
	pem.n = 0;
	keys_made_pem(&pem, "ED25519", NULL, "secret");
	CHECK_ERR(private_key_of_pem(&k, buf_span(&pem), &e), e, ERR_USAGE);
	CHECK_ERR(private_key_of_pem(&k, str_span(STR("-----BEGIN PRIVATE KEY-----\n")), &e), e,
		ERR_FORMAT);
	buf_fill(&big, ' ', PRIVATE_KEY_FILE_MAX + 1);
	CHECK_ERR(private_key_of_pem(&k, buf_span(&big), &e), e, ERR_LIMIT);
	CHECK(!k);
	k = keys_made("EC", "P-256");
	CHECK_ERR(private_key_ed25519(raw, k, &e), e, ERR_INTERNAL);
	private_key_free(k);
}

static void public_keys(void)
{
	CLEANUP(private_key_freep) struct private_key *key = keys_made("ED25519", NULL);
	CLEANUP(buf_done) struct buf der = buf_init(400);
	struct statement_key *k = NULL;
	struct err e = { 0 };

	CHECK_OK(private_key_spki(&der, key, &e), e);
	CHECK_ERR(statement_key_of_spki(&k, span_make(der.p, der.n - 1), &e), e, ERR_FORMAT);
	buf_u8(&der, 0);
	CHECK_ERR(statement_key_of_spki(&k, buf_span(&der), &e), e, ERR_FORMAT);
	CHECK_ERR(statement_key_of_pem(&k, str_span(STR("nothing")), &e), e, ERR_FORMAT);
	CHECK_ERR(statement_key_of_spki(&k, span_make(NULL, 0), &e), e, ERR_FORMAT);
	CHECK(!k);
}

static struct statement_key *of_line(const char *line)
{
	struct statement_key *k = NULL;
	struct err e = { 0 };

	CHECK_OK(statement_key_parse(&k, str_of(line), &e), e);
	return k;
}

/* RFC 8032's first key, and the base point of P-256 (SEC 2): written and read; whatever is changed in a line is refused. */
#define ED_LINE "ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
#define EC_LINE                                                                                      \
	"p256:MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpZP40Li/" \
	"hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q=="

static void lines(void)
{
	static const char *const good[] = { ED_LINE, EC_LINE };
	static const char *const bad[] = { "", "ed25519", "ed25519:", "p256:", "rsa:AAAA",
		"ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHUQ==", ED_LINE "\n", " " ED_LINE,
		ED_LINE "A", "ED25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
		"p256:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=" };
	struct statement_key *k = NULL;
	struct err e = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		CLEANUP(statement_key_freep) struct statement_key *one = of_line(good[i]);
		CLEANUP(statement_key_freep) struct statement_key *two = of_line(good[i]);
		CLEANUP(statement_key_freep) struct statement_key *other = of_line(good[!i]);
		CLEANUP(buf_done) struct buf out = buf_init(400);

		statement_key_write(&out, one);
		CHECK(str_is(buf_str(&out), good[i]));
		CHECK(statement_key_equal(one, two) && !statement_key_equal(one, other));
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK_ERR(statement_key_parse(&k, str_of(bad[i]), &e), e, ERR_FORMAT);
	/* each character: never another way to write the same key */
	for (size_t i = 0; i < sizeof EC_LINE - 1; i++) {
		CLEANUP(statement_key_freep) struct statement_key *real = of_line(EC_LINE);
		CLEANUP(statement_key_freep) struct statement_key *got = NULL;
		char line[] = EC_LINE;

		line[i] = line[i] == 'A' ? 'B' : 'A';
		CHECK(!statement_key_parse(&got, str_of(line), &e) ||
			!statement_key_equal(real, got));
	}
	CHECK(!k);
}

static size_t in_form(uint8_t out[static 100], const struct private_key *key, const char *form)
{
	CLEANUP(buf_done) struct buf der = buf_init(400);
	const unsigned char *at;
	unsigned char *to = out;
	struct err e = { 0 };
	EVP_PKEY *pkey;
	int n;

	CHECK_OK(private_key_spki(&der, key, &e), e);
	at = der.p;
	pkey = d2i_PUBKEY(NULL, &at, (long)der.n);
	CHECK(EVP_PKEY_set_utf8_string_param(pkey, "point-format", form) == 1);
	n = i2d_PUBKEY(pkey, &to);
	EVP_PKEY_free(pkey);
	CHECK(n > 0 && !span_equal(span_make(out, (size_t)n), buf_span(&der)));
	return n > 0 ? (size_t)n : 0;
}

/* The same key with its point in another form: the same id; in a line there is one form only. */
static void one_id(void)
{
	static const char *const forms[] = { "compressed", "hybrid" };
	CLEANUP(private_key_freep) struct private_key *key = keys_made("EC", "P-256");
	CLEANUP(statement_key_freep) struct statement_key *whole = public_of(key);
	uint8_t der[100], a_id[SHA256_SIZE], b_id[SHA256_SIZE];

	statement_key_id(a_id, whole);
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		CLEANUP(statement_key_freep) struct statement_key *other = NULL, *none = NULL;
		CLEANUP(buf_done) struct buf line = buf_init(400);
		size_t n = in_form(der, key, forms[i]);
		struct err e = { 0 };

		CHECK_OK(statement_key_of_spki(&other, span_make(der, n), &e), e);
		statement_key_id(b_id, other);
		CHECK(!memcmp(a_id, b_id, sizeof a_id) && statement_key_equal(whole, other));
		buf_add_cstr(&line, "p256:");
		base64_add(&line, span_make(der, n), BASE64_STANDARD);
		CHECK_ERR(statement_key_parse(&none, buf_str(&line), &e), e, ERR_FORMAT);
	}
}

/* An envelope of two keys; then each signature damaged: who signed is who is left. */
static void two_keys(void)
{
	CLEANUP(private_key_freep) struct private_key *one = keys_made("ED25519", NULL);
	CLEANUP(private_key_freep) struct private_key *two = keys_made("EC", "P-256");
	CLEANUP(private_key_freep) struct private_key *three = keys_made("ED25519", NULL);
	CLEANUP(statement_key_freep) struct statement_key *k1 = public_of(one);
	CLEANUP(statement_key_freep) struct statement_key *k2 = public_of(two);
	CLEANUP(statement_key_freep) struct statement_key *k3 = public_of(three);
	const struct statement_key *keys[] = { k3, k2, k1, k2 };
	CLEANUP(buf_done) struct buf first = buf_init(4096), both = buf_init(4096);
	size_t at[4], n = 9;
	struct dsse d, back;
	struct err e = { 0 };

	CHECK_OK(dsse_sign(&first, STR("t"), str_span(STR("{}")), one, STR("a"), &e), e);
	CHECK_OK(dsse_parse(&d, buf_span(&first), a, &e), e);
	CHECK_ERR(dsse_add(&d, one, STR(""), a, &e), e, ERR_USAGE);
	CHECK_OK(dsse_add(&d, two, STR(""), a, &e), e);
	CHECK_ERR(dsse_add(&d, two, STR(""), a, &e), e, ERR_USAGE);
	CHECK_OK(dsse_emit(&both, &d, &e), e);
	CHECK_OK(dsse_parse(&back, buf_span(&both), a, &e), e);
	CHECK(back.n == 2 && str_is(back.key_ids[0], "a") && !back.key_ids[1].n);
	CHECK(span_equal(back.signatures[0], d.signatures[0]));
	CHECK_OK(dsse_signers(at, &n, &back, keys, 4, &e), e);
	CHECK(n == 3 && at[0] == 1 && at[1] == 2 && at[2] == 3);
	CHECK_OK(dsse_signers(at, &n, &back, keys, 1, &e), e);
	CHECK(n == 0);
	for (size_t i = 0; i < 2; i++) {
		uint8_t *p = arena_alloc(a, back.signatures[i].n);
		struct dsse bad = back;

		memcpy(p, back.signatures[i].p, back.signatures[i].n);
		p[back.signatures[i].n - 1] ^= 1;
		bad.signatures[i].p = p;
		CHECK_OK(dsse_signers(at, &n, &bad, keys + 1, 2, &e), e);
		CHECK(n == 1 && at[0] == (i ? 1 : 0));
		CHECK_OK(dsse_check(&bad, i ? k1 : k2, &e), e);
		CHECK_ERR(dsse_check(&bad, i ? k2 : k1, &e), e, ERR_SIGNATURE);
	}
	while (d.n < DSSE_SIGNATURES_MAX)
		d.signatures[d.n++] = str_span(STR("x"));
	CHECK_ERR(dsse_add(&d, three, STR(""), a, &e), e, ERR_LIMIT);
	d = (struct dsse){ .payload = str_span(STR("{}")) };
	CHECK_ERR(dsse_add(&d, three, STR(""), a, &e), e, ERR_USAGE);
}

/* Each key of a reader is tried on each signature: an envelope of many over much would keep him busy for hours. */
static void much_to_try(void)
{
	CLEANUP(private_key_freep) struct private_key *key = keys_made("ED25519", NULL);
	CLEANUP(private_key_freep) struct private_key *other = keys_made("ED25519", NULL);
	CLEANUP(buf_done) struct buf big = buf_init(DSSE_SIZE_MAX), text = buf_init(DSSE_SIZE_MAX);
	CLEANUP(arena_freep) struct arena *room = arena_new(16 << 20);
	struct dsse d = { .type = STR("t") };
	struct err e = { 0 };

	buf_fill(&big, 'x', DSSE_SIGNED_MAX / 2);
	d.payload = buf_span(&big);
	CHECK_OK(dsse_add(&d, key, STR(""), room, &e), e);
	CHECK_OK(dsse_add(&d, other, STR(""), room, &e), e);
	CHECK_OK(dsse_emit(&text, &d, &e), e);
	CHECK_OK(dsse_parse(&d, buf_span(&text), room, &e), e);
	text.n = d.n = 0;
	buf_u8(&big, 'x');
	d.payload = buf_span(&big);
	CHECK_OK(dsse_add(&d, key, STR(""), room, &e), e);
	CHECK_OK(dsse_emit(&text, &d, &e), e);
	CHECK_OK(dsse_parse(&d, buf_span(&text), room, &e), e);
	CHECK_ERR(dsse_add(&d, other, STR(""), room, &e), e, ERR_LIMIT);
	d.signatures[d.n++] = d.signatures[0];
	buf_done(&text);
	text = buf_init(DSSE_SIZE_MAX);
	CHECK_OK(dsse_emit(&text, &d, &e), e);
	CHECK_ERR(dsse_parse(&d, buf_span(&text), room, &e), e, ERR_LIMIT);
}

int main(void)
{
	a = arena_new(1 << 24);
	encoding();
	both_kinds();
	reads();
	private_keys();
	public_keys();
	lines();
	one_id();
	two_keys();
	much_to_try();
	arena_free(a);
	return test_end();
}
