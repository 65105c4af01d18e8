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
		RECORD
		",\"reset_count\":1,\"restart_count\":1,\"clock_ms\":1,\"counters_plain\":1}",
		RECORD ",\"counters_plain\":true}",
	};
	struct enrolment got;
	struct err e = { 0 };

	CHECK_OK(enrolment_parse(&got, str_span(STR(RECORD "}")), a, &e), e);
	CHECK(!got.has_counters && !got.reset_count && !got.clock_ms);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK_ERR(enrolment_parse(&got, str_span(str_of(bad[i])), a, &e), e, ERR_FORMAT);
}

/* Of two records of one TPM. */
static void says_more(void)
{
	static const struct enrolment rising[] = {
		{ .reset_count = 99,
			.restart_count = 99,
			.clock_ms = 99 }, /* not read: there are none */
		{ .has_counters = true, .reset_count = 99, .restart_count = 99, .clock_ms = 99 },
		{ .has_counters = true,
			.plain = true,
			.reset_count = 1,
			.restart_count = 9,
			.clock_ms = 9 },
		{ .has_counters = true,
			.plain = true,
			.reset_count = 2,
			.restart_count = 1,
			.clock_ms = 9 },
		{ .has_counters = true,
			.plain = true,
			.reset_count = 2,
			.restart_count = 2,
			.clock_ms = 1 },
		{ .has_counters = true,
			.plain = true,
			.reset_count = 2,
			.restart_count = 2,
			.clock_ms = 2 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rising); i++)
		for (size_t k = 0; k < ARRAY_LEN(rising); k++)
			CHECK(enrolment_says_more(&rising[i], &rising[k]) == (i > k));
}

/* A record of before this was noted says nothing of it. */
static void plain(struct arena *a)
{
	static const char with[] = RECORD ",\"reset_count\":1,\"restart_count\":1,\"clock_ms\":1";
	struct enrolment got;
	struct err e = { 0 };
	char text[600];

	for (size_t i = 0; i < 3; i++) {
		static const char *const ends[] = { "", ",\"counters_plain\":false",
			",\"counters_plain\":true" };

		snprintf(text, sizeof text, "%s%s}", with, ends[i]);
		CHECK_OK(enrolment_parse(&got, str_span(str_of(text)), a, &e), e);
		CHECK(got.has_counters && got.plain == (i == 2));
	}
}

/* Which TPM a record is of: the key decides, and the certificate alone where the record does not name it. */
static void whose(void)
{
	static const struct bundle_chain none;
	struct enrolment_tpm t = { .ek = { .n = 34, .bytes = { 0, 0x0b, 1 } },
		.has_certificate = true,
		.ek_certificate_sha256 = { 9 } };
	struct enrolment r = { .ek = t.ek, .ek_certificate_sha256 = { 8 } };

	CHECK(enrolment_is_of(&r, &t));
	t.ek.bytes[33] = 1;
	CHECK(!enrolment_is_of(&r, &t));
	t.ek.n = 0;
	r.ek_certificate_sha256[0] = 9;
	CHECK(!enrolment_is_of(&r, &t));
	r.ek.n = 0;
	CHECK(enrolment_is_of(&r, &t));
	r.ek_certificate_sha256[31] = 1;
	CHECK(!enrolment_is_of(&r, &t));
	r = (struct enrolment){ 0 };
	enrolment_tpm_of(&t, (struct span){ 0 }, &none);
	CHECK(!t.ek.n && !t.has_certificate && !enrolment_is_of(&r, &t));
}

int main(void)
{
	struct arena *a = arena_new(1 << 24);
	struct buf b = buf_init(ENROLMENT_SIZE_MAX);
	struct enrolment r = { .ak = { .n = 34, .bytes = { 0, 0x0b, 1, 2, 3 } },
		.ek = { .n = 50, .bytes = { 0, 0x0c, 7 } },
		.ek_certificate_sha256 = { 9 },
		.url = STR("http://x"),
		.has_counters = true,
		.plain = true,
		.clock_ms = UINT64_MAX,
		.reset_count = UINT32_MAX,
		.restart_count = 3 };
	struct enrolment got;
	struct err e = { 0 };

	enrolment_emit(&r, &b);
	CHECK_OK(enrolment_parse(&got, buf_span(&b), a, &e), e);
	CHECK(got.ak.n == 34 && !memcmp(got.ak.bytes, r.ak.bytes, 34));
	CHECK(got.ek.n == 50 && !memcmp(got.ek.bytes, r.ek.bytes, 50));
	CHECK(got.ek_certificate_sha256[0] == 9 && str_is(got.url, "http://x"));
	CHECK(got.has_counters && got.plain && got.clock_ms == UINT64_MAX &&
		got.reset_count == UINT32_MAX && got.restart_count == 3);
	for (size_t n = 0; n + 1 < b.n; n++)
		CHECK_ERR(enrolment_parse(&got, span_make(b.p, n), a, &e), e, ERR_FORMAT);
	CHECK_ERR(enrolment_parse(&got, str_span(STR("{\"format\":\"assay.enrolment/2\"}")), a, &e),
		e, ERR_FORMAT);
	buf_done(&b);
	counters(a);
	says_more();
	plain(a);
	whose();
	arena_free(a);
	return test_end();
}
