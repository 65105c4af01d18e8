#include "codec/der.h"

#include "test.h"

enum { FOUR_BYTES = 1 << 24 }; /* the shortest content whose length takes as many */

/* What is written around bytes is read again, at each form of the length. */
static void written_is_read(void)
{
	static const size_t sizes[] = { 0, 1, 127, 128, 255, 256, 65535, 65536, 70000, FOUR_BYTES };
	static uint8_t bytes[FOUR_BYTES];

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct buf b CLEANUP(buf_done) = buf_init(2 * FOUR_BYTES);
		struct rd r, content;
		struct err e;

		der_put(&b, DER_OCTET_STRING, span_make(bytes, sizes[i]));
		der_close(&b, 0, DER_SEQUENCE);
		r = rd_of(buf_span(&b));
		CHECK_OK(der_enter(&content, &r, DER_SEQUENCE, "made", &e), e);
		CHECK_OK(der_end(&r, "made", &e), e);
		r = content;
		CHECK_OK(der_enter(&content, &r, DER_OCTET_STRING, "made", &e), e);
		CHECK(content.n == sizes[i] && rd_done(&r));
	}
}

static void one_form_only(void)
{
	static const struct {
		const char *what;
		uint8_t bytes[8];
		size_t n;
		bool ok;
	} cases[] = {
		{ "short", { 4, 1, 7 }, 3, true },
		{ "empty", { 4, 0 }, 2, true },
		{ "nothing", { 0 }, 0, false },
		{ "no length", { 4 }, 1, false },
		{ "beyond the input", { 4, 2, 7 }, 3, false },
		{ "long form of a short length", { 4, 0x81, 1, 7 }, 4, false },
		{ "leading zero in the length", { 4, 0x82, 0, 0x80 }, 4, false },
		{ "indefinite", { 0x30, 0x80, 4, 0, 0, 0 }, 6, false },
		{ "five bytes of length", { 4, 0x85, 1, 1, 1, 1, 1 }, 7, false },
		{ "four gigabytes", { 4, 0x84, 0xff, 0xff, 0xff, 0xff }, 6, false },
		{ "long tag", { 0x1f, 1, 1, 7 }, 4, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct rd r = rd_of(span_make(cases[i].bytes, cases[i].n));
		struct span whole, content;
		struct err e = { 0 };
		uint8_t tag;
		bool ok = der_next(&whole, &content, &tag, &r, "case", &e);

		if (ok != cases[i].ok)
			fprintf(stderr, "case '%s'\n", cases[i].what);
		CHECK(ok == cases[i].ok && (ok || e.kind == ERR_FORMAT));
	}
}

static void wanted_is_compared(void)
{
	static const uint8_t bytes[] = { 2, 1, 1, 9 }, other[] = { 2, 1, 2 };
	struct rd r = rd_of(SPAN_OF(bytes)), content;
	struct err e;

	CHECK_ERR(der_exactly(&r, SPAN_OF(other), "case", &e), e, ERR_FORMAT);
	r = rd_of(SPAN_OF(bytes));
	CHECK_ERR(der_enter(&content, &r, DER_SEQUENCE, "case", &e), e, ERR_FORMAT);
	r = rd_of(SPAN_OF(bytes));
	CHECK_OK(der_exactly(&r, span_make(bytes, 3), "case", &e), e);
	CHECK_ERR(der_end(&r, "case", &e), e, ERR_FORMAT);
}

int main(void)
{
	written_is_read();
	one_form_only();
	wanted_is_compared();
	return test_end();
}
