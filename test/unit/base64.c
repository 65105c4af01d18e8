#include "codec/base64.h"

#include "test.h"

static struct arena *a;

/* RFC 4648, section 10, and one value where the alphabets differ. */
static const struct {
	const char *bytes, *standard, *url;
} cases[] = {
	{ "", "", "" },
	{ "f", "Zg==", "Zg" },
	{ "fo", "Zm8=", "Zm8" },
	{ "foo", "Zm9v", "Zm9v" },
	{ "foob", "Zm9vYg==", "Zm9vYg" },
	{ "fooba", "Zm9vYmE=", "Zm9vYmE" },
	{ "foobar", "Zm9vYmFy", "Zm9vYmFy" },
	{ "\xff\xef\xbe", "/+++", "_---" },
};

static void both_ways(const char *bytes, const char *text, enum base64_form form)
{
	CLEANUP(buf_done) struct buf b = buf_init(100);
	struct err e = { 0 };
	struct span got = { 0 };

	base64_add(&b, str_span(str_of(bytes)), form);
	CHECK(str_is(buf_str(&b), text));
	CHECK_OK(base64_read(&got, str_of(text), form, a, &e), e);
	CHECK(span_equal(got, str_span(str_of(bytes))));
}

static void refuses(void)
{
	static const char *const standard[] = { "Z", "Zg", "Zg=", "Zm8",
		"Zg===", "====", "Zh==", "Zm9=", "Zm9v\n", "Zm 9", "Z===", "_---",
		"Zg==Zg==", "=Zg=", "Zm9\xc3" };
	static const char *const url[] = { "Z", "Zg==", "Zm8=", "Zh", "Zm9", "/+++", "Zm9v\n",
		"Zm9vY" };
	struct err e = { 0 };
	struct span got;

	for (size_t i = 0; i < ARRAY_LEN(standard); i++)
		CHECK_ERR(base64_read(&got, str_of(standard[i]), BASE64_STANDARD, a, &e), e,
			ERR_FORMAT);
	for (size_t i = 0; i < ARRAY_LEN(url); i++)
		CHECK_ERR(base64_read(&got, str_of(url[i]), BASE64_URL, a, &e), e, ERR_FORMAT);
}

static void all_lengths(void)
{
	uint8_t bytes[67];

	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(i * 37 + 11);
	for (size_t n = 0; n <= sizeof bytes; n++) {
		for (enum base64_form f = BASE64_STANDARD; f <= BASE64_URL; f++) {
			CLEANUP(buf_done) struct buf b = buf_init(200);
			struct err e = { 0 };
			struct span got = { 0 };

			base64_add(&b, span_make(bytes, n), f);
			CHECK_OK(base64_read(&got, buf_str(&b), f, a, &e), e);
			CHECK(span_equal(got, span_make(bytes, n)));
		}
	}
}

static void bounded(void)
{
	struct arena *small = arena_new(16);
	struct err e = { 0 };
	struct span got;

	CHECK_ERR(base64_read(&got, STR("Zm9vYmFyZm9vYmFyZm9vYmFy"), BASE64_URL, small, &e), e,
		ERR_LIMIT);
	arena_free(small);
}

int main(void)
{
	a = arena_new(1 << 20);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		both_ways(cases[i].bytes, cases[i].standard, BASE64_STANDARD);
		both_ways(cases[i].bytes, cases[i].url, BASE64_URL);
	}
	refuses();
	all_lengths();
	bounded();
	arena_free(a);
	return test_end();
}
