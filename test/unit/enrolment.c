#include "appraise/enrolment.h"

#include "test.h"

#define RECORD                                                        \
	"{\"format\":\"assay.enrolment/1\",\"ak_name\":\"000b" ZEROES \
	"\",\"ek_certificate_sha256\":\"" ZEROES "\",\"url\":\"x\""
#define ZEROES "0000000000000000000000000000000000000000000000000000000000000000"

/* All of them, or none: half a record would let through what the other half stops. */
static void counters(struct arena *a)
{
	static const char *const bad[] = {
		RECORD ",\"reset_count\":1}",
		RECORD ",\"reset_count\":1,\"restart_count\":1}",
		RECORD ",\"reset_count\":1,\"clock_ms\":1}",
		RECORD ",\"restart_count\":1,\"clock_ms\":1}",
		RECORD ",\"reset_count\":4294967296,\"restart_count\":1,\"clock_ms\":1}",
		RECORD ",\"reset_count\":1,\"restart_count\":-1,\"clock_ms\":1}",
		RECORD ",\"reset_count\":1,\"restart_count\":1,\"clock_ms\":\"1\"}",
	};
	struct enrolment got;
	struct err e = { 0 };

	CHECK_OK(enrolment_parse(&got, str_span(STR(RECORD "}")), a, &e), e);
	CHECK(!got.has_counters && !got.reset_count && !got.clock_ms);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK_ERR(enrolment_parse(&got, str_span(str_of(bad[i])), a, &e), e, ERR_FORMAT);
}

int main(void)
{
	struct arena *a = arena_new(1 << 24);
	struct buf b = buf_init(ENROLMENT_SIZE_MAX);
	struct enrolment r = { .ak = { .n = 34, .bytes = { 0, 0x0b, 1, 2, 3 } },
		.ek_certificate_sha256 = { 9 },
		.url = STR("http://x"),
		.has_counters = true,
		.clock_ms = UINT64_MAX,
		.reset_count = UINT32_MAX,
		.restart_count = 3 };
	struct enrolment got;
	struct err e = { 0 };

	enrolment_emit(&r, &b);
	CHECK_OK(enrolment_parse(&got, buf_span(&b), a, &e), e);
	CHECK(got.ak.n == 34 && !memcmp(got.ak.bytes, r.ak.bytes, 34));
	CHECK(got.ek_certificate_sha256[0] == 9 && str_is(got.url, "http://x"));
	CHECK(got.has_counters && got.clock_ms == UINT64_MAX && got.reset_count == UINT32_MAX &&
		got.restart_count == 3);
	for (size_t n = 0; n + 1 < b.n; n++)
		CHECK_ERR(enrolment_parse(&got, span_make(b.p, n), a, &e), e, ERR_FORMAT);
	CHECK_ERR(enrolment_parse(&got, str_span(STR("{\"format\":\"assay.enrolment/2\"}")), a, &e),
		e, ERR_FORMAT);
	buf_done(&b);
	counters(a);
	arena_free(a);
	return test_end();
}
