#include "appraise/enrolment.h"

#include "test.h"

int main(void)
{
	struct arena *a = arena_new(1 << 24);
	struct buf b = buf_init(ENROLMENT_SIZE_MAX);
	struct enrolment r = { .ak = { .n = 34, .bytes = { 0, 0x0b, 1, 2, 3 } },
		.ek_certificate_sha256 = { 9 },
		.url = STR("http://x") };
	struct enrolment got;
	struct err e = { 0 };

	enrolment_emit(&r, &b);
	CHECK_OK(enrolment_parse(&got, buf_span(&b), a, &e), e);
	CHECK(got.ak.n == 34 && !memcmp(got.ak.bytes, r.ak.bytes, 34));
	CHECK(got.ek_certificate_sha256[0] == 9 && str_is(got.url, "http://x"));
	for (size_t n = 0; n + 1 < b.n; n++)
		CHECK_ERR(enrolment_parse(&got, span_make(b.p, n), a, &e), e, ERR_FORMAT);
	CHECK_ERR(enrolment_parse(&got, str_span(STR("{\"format\":\"assay.enrolment/2\"}")), a, &e),
		e, ERR_FORMAT);
	buf_done(&b);
	arena_free(a);
	return test_end();
}
