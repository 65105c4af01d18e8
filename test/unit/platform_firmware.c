/* What is known of firmware as words, there and back, and each word that is none. */
#include "appraise/platform_firmware.h"

#include "../ovmf_made.h"
#include "test.h"

enum { SIZE = 8192 };

#define D32 "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define D48 D32 "202122232425262728292a2b2c2d2e2f"
#define ALL_SECTIONS                                                             \
	"SEC_MEM@0x800000+0x9000,SECRETS@0x80d000+0x1000,CPUID@0x80e000+0x1000," \
	"SVSM_CAA@0x80f000+0x1000,KERNEL_HASHES@0x810000+0x1000"

static struct arena *a;

static void is(struct str got, const char *want)
{
	if (!got.p || !str_is(got, want))
		fprintf(stderr, "'%.*s', wanted '%s'\n", STR_ARG(got), want);
	CHECK(got.p && str_is(got, want));
}

static void numbers(void)
{
	static const struct {
		const char *text;
		uint64_t max, want;
	} good[] = { { "0x0", 0, 0 }, { "0x9", 9, 9 }, { "0xa", UINT64_MAX, 10 },
		{ "0xff", 255, 255 }, { "0x00ff", 255, 255 }, { "0x80b004", UINT32_MAX, 0x80b004 },
		{ "0xffffffff", UINT32_MAX, UINT32_MAX },
		{ "0xfedcba9876543210", UINT64_MAX, UINT64_C(0xfedcba9876543210) } };
	static const struct {
		const char *text;
		uint64_t max;
	} bad[] = { { "", 9 }, { "0", 9 }, { "0x", 9 }, { "1x1", 9 }, { "001", 9 }, { "0X1", 9 },
		{ "0xA", 99 }, { "0xg", 99 }, { "0x1 ", 99 }, { "0x/", 99 }, { "0xa", 9 },
		{ "0x100000000", UINT32_MAX }, { "0x00000000000000001", UINT64_MAX } };
	uint64_t n;

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		n = 77;
		CHECK(platform_firmware_number(&n, str_of(good[i].text), good[i].max));
		CHECK(n == good[i].want);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK(!platform_firmware_number(&n, str_of(bad[i].text), bad[i].max));
	CHECK(!platform_firmware_number(&n, str_make("0x1\0", 4), 99));
}

typedef bool set_fn(struct platform_firmware *f, struct str v, struct err *e);

static void refused(set_fn *set, const char *value, enum err_kind kind, const char *says)
{
	struct platform_firmware f = { 0 };
	struct err e = { 0 };

	CHECK_ERR(set(&f, str_of(value), &e), e, kind);
	if (!strstr(e.text, says))
		fprintf(stderr, "'%s' does not say '%s'\n", e.text, says);
	CHECK(strstr(e.text, says));
	CHECK(!platform_firmware_is_known(&f));
}

static void digests(void)
{
	struct platform_firmware f = { 0 };
	struct err e;

	is(platform_firmware_digest(&f.sha256, a), "");
	CHECK_OK(platform_firmware_set_sha256(&f, STR(D32), &e), e);
	CHECK(f.sha256.alg == DIGEST_SHA256 && f.sha256.bytes[31] == 31 && !f.sha256.bytes[32]);
	is(platform_firmware_digest(&f.sha256, a), D32);
	CHECK_OK(platform_firmware_set_pages(&f, STR(D48), &e), e);
	CHECK(f.pages.alg == DIGEST_SHA384 && f.pages.bytes[47] == 47 && !f.pages.bytes[48]);
	is(platform_firmware_digest(&f.pages, a), D48);
	refused(platform_firmware_set_sha256, D48, ERR_FORMAT,
		"is no sha256 digest: 64 lower-case hex digits");
	refused(platform_firmware_set_pages, D32, ERR_FORMAT,
		"is no sha384 digest: 96 lower-case hex digits");
	refused(platform_firmware_set_sha256, "", ERR_FORMAT, "is no sha256 digest");
}

static void reset(void)
{
	struct platform_firmware f = { 0 };
	struct err e;

	is(platform_firmware_reset(&f, a), "");
	CHECK_OK(platform_firmware_set_reset(&f, STR("0x80b004"), &e), e);
	CHECK(f.facts.has_reset && f.facts.reset_eip == 0x80b004);
	is(platform_firmware_reset(&f, a), "0x80b004");
	CHECK_OK(platform_firmware_set_reset(&f, STR("0xffffffff"), &e), e);
	CHECK(f.facts.reset_eip == UINT32_MAX);
	refused(platform_firmware_set_reset, "0x100000000", ERR_FORMAT,
		"is '0x100000000', wanted an address such as 0x80b004");
	refused(platform_firmware_set_reset, "none", ERR_FORMAT, "is 'none'");
}

static void hashes(void)
{
	static const char *const bad[] = { "", "None", "0x810c00", "0x810c00+", "+0x400",
		"0x810c00+400", "0x100000000+0x400", "0x810c00+0x100000000", "0x1+0x1+0x1" };
	struct platform_firmware f = { 0 };
	struct err e;

	is(platform_firmware_hashes(&f, a), "");
	CHECK_OK(platform_firmware_set_hashes(&f, STR("0x810c00+0x400"), &e), e);
	CHECK(f.has_hashes && f.facts.hashes_address == 0x810c00 && f.facts.hashes_size == 0x400);
	is(platform_firmware_hashes(&f, a), "0x810c00+0x400");
	CHECK_OK(platform_firmware_set_hashes(&f, STR("none"), &e), e);
	CHECK(f.has_hashes && !f.facts.hashes_address && !f.facts.hashes_size);
	is(platform_firmware_hashes(&f, a), "none");
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		refused(platform_firmware_set_hashes, bad[i], ERR_FORMAT,
			"wanted none, or address and size such as 0x810c00+0x400");
}

static void has_section(
	const struct platform_firmware *f, size_t i, uint32_t type, uint64_t address, uint64_t size)
{
	const struct sev_section *s = &f->facts.sections[i];

	CHECK(s->type == type && s->address == address && s->size == size);
}

static void sections(void)
{
	struct platform_firmware f = { 0 };
	struct err e;

	is(platform_firmware_sections(&f, a), "");
	CHECK_OK(platform_firmware_set_sections(&f, STR(ALL_SECTIONS), &e), e);
	CHECK(f.facts.has_metadata && f.facts.n_sections == 5);
	has_section(&f, 0, 1, 0x800000, 0x9000);
	has_section(&f, 1, 2, 0x80d000, 0x1000);
	has_section(&f, 2, 3, 0x80e000, 0x1000);
	has_section(&f, 3, 4, 0x80f000, 0x1000);
	has_section(&f, 4, 0x10, 0x810000, 0x1000);
	is(platform_firmware_sections(&f, a), ALL_SECTIONS);
	CHECK_OK(platform_firmware_set_sections(&f, STR("SEC_MEM@0x0+0x0"), &e), e);
	CHECK(f.facts.n_sections == 1); /* the others are gone */
	is(platform_firmware_sections(&f, a), "SEC_MEM@0x0+0x0");
	f.facts.sections[0].type = 99;
	is(platform_firmware_sections(&f, a), "?@0x0+0x0");
	f.facts.has_metadata = false;
	is(platform_firmware_sections(&f, a), "");
}

static void refuses_sections(void)
{
	static const struct {
		const char *text, *names;
	} bad[] = { { "", "''" }, { "SEC_MEM", "'SEC_MEM'" },
		{ "SEC_MEM@0x1000", "'SEC_MEM@0x1000'" },
		{ "SEC_MEM@0x1000+", "'SEC_MEM@0x1000+'" },
		{ "SEC_MEM+0x1000@0x1000", "'SEC_MEM+0x1000@0x1000'" },
		{ "ROM@0x1000+0x1000", "'ROM@0x1000+0x1000'" },
		{ "@0x1000+0x1000", "'@0x1000+0x1000'" },
		{ "CPUID@0x1001+0x1000", "'CPUID@0x1001+0x1000'" },
		{ "CPUID@0x1000+0x800", "'CPUID@0x1000+0x800'" },
		{ "CPUID@0x100000000+0x1000", "'CPUID@0x100000000+0x1000'" },
		{ "CPUID@0x1000+0x1000,", "''" }, { "CPUID@0x1000+0x1000,SECRETS", "'SECRETS'" } };
	char text[33 * 16 + 1] = "";
	struct platform_firmware f = { 0 };
	struct err e;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		refused(platform_firmware_set_sections, bad[i].text, ERR_FORMAT,
			"wanted a kind with whole pages such as SEC_MEM@0x800000+0x9000");
		refused(platform_firmware_set_sections, bad[i].text, ERR_FORMAT, bad[i].names);
	}
	for (size_t i = 0; i < 33; i++)
		memcpy(text + 16 * i, "SEC_MEM@0x0+0x0,", 17);
	text[32 * 16 - 1] = 0;
	CHECK_OK(platform_firmware_set_sections(&f, str_of(text), &e), e);
	CHECK(f.facts.n_sections == 32);
	CHECK(platform_firmware_sections(&f, a).n == 32 * 16 - 1);
	text[32 * 16 - 1] = ',';
	text[33 * 16 - 1] = 0;
	refused(platform_firmware_set_sections, text, ERR_LIMIT, "has more than 32 sections");
}

static struct platform_firmware known(void)
{
	struct platform_firmware f = { 0 };
	struct err e;

	CHECK_OK(platform_firmware_set_sha256(&f, STR(D32), &e) &&
			 platform_firmware_set_pages(&f, STR(D48), &e) &&
			 platform_firmware_set_reset(&f, STR("0x80b004"), &e) &&
			 platform_firmware_set_hashes(&f, STR("none"), &e) &&
			 platform_firmware_set_sections(&f, STR(ALL_SECTIONS), &e),
		e);
	return f;
}

/* Each of the five is wanted. */
static void what_must_be_known(void)
{
	struct platform_firmware f = known();

	CHECK(platform_firmware_is_known(&f));
	f.sha256.alg = DIGEST_NONE;
	CHECK(!platform_firmware_is_known(&f));
	f = known();
	f.pages.alg = DIGEST_NONE;
	CHECK(!platform_firmware_is_known(&f));
	f = known();
	f.facts.has_reset = false;
	CHECK(!platform_firmware_is_known(&f));
	f = known();
	f.has_hashes = false;
	CHECK(!platform_firmware_is_known(&f));
	f = known();
	f.facts.has_metadata = false;
	CHECK(!platform_firmware_is_known(&f));
}

static void of_an_image(void)
{
	static const struct ovmf_made_section made[] = { { 0x800000, 0x3000, 1 },
		{ 0x80e000, 0x1000, 3 } };
	static const struct ovmf_made image = {
		.size = SIZE, .reset_eip = 0x80b004, .sections = made, .n_sections = 2
	};
	CLEANUP(buf_done) struct buf b = buf_init(SIZE);
	struct platform_firmware f = known();
	struct digest sum;
	struct err e;

	ovmf_made(&b, &image);
	CHECK_ERR(platform_firmware_of(&f, span_make(b.p, 100), &e), e, ERR_FORMAT);
	CHECK(f.facts.n_sections == 5); /* untouched */
	CHECK_OK(platform_firmware_of(&f, buf_span(&b), &e), e);
	sum = digest_of(DIGEST_SHA256, buf_span(&b));
	CHECK(digest_equal(&f.sha256, &sum) && !f.pages.alg);
	CHECK(f.has_hashes && !f.facts.image.p && !f.facts.image.n);
	is(platform_firmware_reset(&f, a), "0x80b004");
	is(platform_firmware_hashes(&f, a), "none");
	is(platform_firmware_sections(&f, a), "SEC_MEM@0x800000+0x3000,CPUID@0x80e000+0x1000");
	CHECK(!platform_firmware_is_known(&f));
}

/* Without memory there are no words: not even empty ones. */
static void without_memory(void)
{
	CLEANUP(arena_freep) struct arena *none = arena_new(0);
	struct platform_firmware f = known();

	CHECK(!platform_firmware_digest(&f.sha256, none).p);
	CHECK(!platform_firmware_reset(&f, none).p);
	CHECK(!platform_firmware_sections(&f, none).p);
	f.facts.hashes_address = 0x1000;
	CHECK(!platform_firmware_hashes(&f, none).p);
}

int main(void)
{
	a = arena_new(1 << 20);
	numbers();
	digests();
	reset();
	hashes();
	sections();
	refuses_sections();
	what_must_be_known();
	of_an_image();
	without_memory();
	arena_free(a);
	return test_end();
}
