#include "appraise/policy.h"

#include "codec/yaml.h"
#include "test.h"

#define HEAD "format: assay.policy/1\nname: x\n"
#define H8 "01234567"
#define H64 H8 H8 H8 H8 H8 H8 H8 H8
#define F64 "ff234567" H8 H8 H8 H8 H8 H8 H8
#define Z64 "0000000000000000000000000000000000000000000000000000000000000000"

static struct arena *a;

static bool parse(struct policy *p, const char *text, struct err *e)
{
	struct json v;

	return yaml_parse(&v, str_span(str_of(text)), a, e) && policy_parse(p, &v, a, e);
}

static void reads(void)
{
	struct policy p = policy_default();
	const struct policy_vouchers *got = &p.vouchers;
	struct err e = { 0 };

	CHECK(!got->rebuilders && !got->refuse_own && !got->n_images);
	CHECK_OK(parse(&p, HEAD "vouchers: {}\n", &e), e);
	CHECK(!got->rebuilders && !got->refuse_own);
	CHECK_OK(parse(&p, HEAD "vouchers: {rebuilders: 64, built-here: accept}\n", &e), e);
	CHECK(got->rebuilders == 64 && !got->refuse_own && !got->n_images && !p.kinds);
	CHECK_OK(
		parse(&p, HEAD "vouchers:\n  built-here: refuse\nimages: [" H64 ", " F64 "]\n", &e),
		e);
	CHECK(!got->rebuilders && got->refuse_own && got->n_images == 2 &&
		got->images[0].manifest_sha256[1] == 0x23 &&
		got->images[1].manifest_sha256[0] == 0xff);
}

static void names(void)
{
	struct policy_image images[2] = { 0 };
	struct policy_vouchers p = { .images = images, .n_images = 2 };
	uint8_t manifest[SHA256_SIZE] = { 1 };

	CHECK(!policy_vouchers_has_image(&p, manifest));
	images[1].manifest_sha256[0] = 1;
	CHECK(policy_vouchers_has_image(&p, manifest));
	manifest[31] = 1;
	CHECK(!policy_vouchers_has_image(&p, manifest));
	p.n_images = 0;
	CHECK(!policy_vouchers_has_image(&p, images[0].manifest_sha256));
}

static void refuses(void)
{
	static const char *const bad[] = {
		"vouchers: 2\n",
		"vouchers: [2]\n",
		"vouchers: {rebuilder: 2}\n",
		"vouchers: {rebuilders: 0}\n",
		"vouchers: {rebuilders: 65}\n",
		"vouchers: {rebuilders: 02}\n",
		"vouchers: {rebuilders: -1}\n",
		"vouchers: {rebuilders: two}\n",
		"vouchers: {rebuilders: [2]}\n",
		"vouchers: {rebuilders: 1, rebuilders: 2}\n",
		"vouchers: {built-here: allow}\n",
		"vouchers: {built-here: [refuse]}\n",
		"vouchers: {unsigned: accept}\n",
		"vouchers: {rebuilders: 1}\nvouchers: {rebuilders: 1}\n",
		"images: " H64 "\n",
		"images: []\n",
		"images: {a: " H64 "}\n",
		"images: [hello]\n",
		"images: [[" H64 "]]\n",
		"images: [" H64 "01]\n",
		"images: [" H8 "]\n",
		"images: [FF234567" H8 H8 H8 H8 H8 H8 H8 "]\n",
		"images: [" Z64 "]\n",
		"images: [" H64 ", " F64 ", " H64 "]\n",
		"image: [" H64 "]\n",
	};
	char text[1000];
	struct policy p;
	struct err e = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		snprintf(text, sizeof text, HEAD "%s", bad[i]);
		CHECK_ERR(parse(&p, text, &e), e, ERR_FORMAT);
		if (e.kind != ERR_FORMAT)
			fprintf(stderr, "%s", bad[i]);
	}
}

/* A list of n images. */
static bool parses_images(unsigned n, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(1 << 16);
	struct policy p;

	buf_add_cstr(&b, HEAD "images:\n");
	for (unsigned i = 0; i < n; i++)
		buf_printf(&b, "  - %064x\n", i + 1);
	buf_u8(&b, 0);
	CHECK(buf_ok(&b));
	return parse(&p, (const char *)b.p, e);
}

static void limits(void)
{
	CLEANUP(arena_freep) struct arena *small = arena_new(1000);
	struct json v;
	struct policy_vouchers p = { 0 };
	struct err e = { 0 };

	CHECK_OK(parses_images(POLICY_IMAGES_MAX, &e), e);
	CHECK_ERR(parses_images(POLICY_IMAGES_MAX + 1, &e), e, ERR_FORMAT);
	e = (struct err){ 0 };
	CHECK_OK(yaml_parse(&v, str_span(STR("images: [" H64 ", " F64 "]\n")), a, &e), e);
	while (arena_alloc(small, 16))
		;
	CHECK_ERR(policy_vouchers_parse(&p, &v, small, &e), e, ERR_LIMIT);
	CHECK(!p.n_images);
}

static bool tells(const char *members, const char *words)
{
	CLEANUP(buf_done) struct buf b = buf_init(1 << 16);
	char text[1000];
	struct policy p;
	struct err e = { 0 };
	bool found;

	snprintf(text, sizeof text, HEAD "%s", members);
	CHECK_OK(parse(&p, text, &e), e);
	policy_vouchers_tell(&p.vouchers, &b);
	buf_u8(&b, 0);
	found = buf_ok(&b) && strstr((const char *)b.p, words);
	if (!found)
		fprintf(stderr, "%s\n", (const char *)b.p);
	return found;
}

static void in_sentences(void)
{
	CHECK(tells("", "own store is enough.\nReference values of any image are taken.\n"));
	CHECK(tells("vouchers: {rebuilders: 1}\n", "At least 1 operator of"));
	CHECK(tells("vouchers: {rebuilders: 3}\n", "At least 3 operators of"));
	CHECK(tells("vouchers: {rebuilders: 3}\n", "own store does not stand in for them.\n"));
	CHECK(tells("vouchers: {built-here: refuse}\n", "own store counts for nothing.\n"));
	CHECK(tells("vouchers: {built-here: refuse, rebuilders: 3}\n", "counts for nothing.\n"));
	CHECK(tells("images: [" H64 ", " F64 "]\n", "only where somebody vouches"));
	CHECK(tells("images: [" H64 ", " F64 "]\n", "has the SHA-256 " F64 " is named.\n"));
}

int main(void)
{
	a = arena_new(1 << 24);
	reads();
	names();
	refuses();
	limits();
	in_sentences();
	arena_free(a);
	return test_end();
}
