/* Canaries are found in every form in which a program may have written them, and nowhere else. */
#include "check/canary.h"

#include "base/buf.h"
#include "check/canary_date.h"
#include "check/canary_number.h"
#include "check/canary_scan.h"
#include "test.h"

#define EPOCH INT64_C(1763900000) /* 2025-11-23T12:13:20Z */

static struct canaries made;
static struct canary_hit hits[CANARY_MAX];

static void makes(void)
{
	static uint8_t seed[SHA256_SIZE];
	struct canaries again, other;

	canary_make(&made, seed, EPOCH);
	canary_make(&again, seed, EPOCH);
	seed[3] ^= 1;
	canary_make(&other, seed, EPOCH);
	CHECK(!memcmp(&made, &again, sizeof made));
	CHECK(made.n == other.n && made.n <= CANARY_MAX);
	CHECK(strcmp(made.host_name, other.host_name) && made.clock_start != other.clock_start);
	CHECK(!strncmp(made.host_name, "i-capture-the-hostname-", 23));
	CHECK(strlen(made.user) < 32 && made.path[0] == '/' && strchr(made.variable, '='));
	CHECK(made.clock_start - EPOCH > 366 * 86400 && made.clock_start - EPOCH < 367 * 86400);
	for (size_t i = 0; i < made.n; i++)
		for (size_t k = 0; k < i; k++)
			CHECK(made.items[i].form != CANARY_TEXT ||
				made.items[k].form != CANARY_TEXT ||
				strcmp(made.items[i].tag, made.items[k].tag));
}

static void keeps_outside(void)
{
	static const uint8_t one[SHA256_SIZE] = { 1 }, two[SHA256_SIZE] = { 2 };
	struct canaries a, b, was;

	canary_make(&a, one, EPOCH);
	canary_make(&b, two, EPOCH);
	was = b;
	canary_keep_outside(&b, &a);
	CHECK(!strcmp(b.outside_path, a.outside_path) && b.outside_user_id == a.outside_user_id);
	CHECK(!strcmp(b.host_name, was.host_name) && strcmp(b.host_name, a.host_name));
	for (size_t i = 0; i < a.n; i++)
		CHECK(!memcmp(&b.items[i],
			a.items[i].variation < VARIATION_OUTSIDE_PATH ? &was.items[i] : &a.items[i],
			sizeof b.items[i]));
}

/* The first hit in b, or NULL. */
static const struct canary_hit *scan(struct span a, struct span b)
{
	size_t n = canary_scan(hits, &made, ~UINT64_C(0), a, b);

	for (size_t i = 0; i < n; i++)
		if (hits[i].sure)
			return &hits[i];
	return n ? &hits[0] : NULL;
}

static bool is(const struct canary_hit *h, enum variation v, const char *as, bool sure)
{
	bool ok = h && h->canary->variation == v && !strcmp(h->as, as) && h->sure == sure;

	if (!ok && h)
		fprintf(stderr, "hit: %s as %s, %s\n", variation_name(h->canary->variation), h->as,
			h->sure ? "sure" : "not sure");
	return ok;
}

static const struct canary_hit *scan_text(const char *a, const char *b)
{
	return scan(str_span(str_of(a)), str_span(str_of(b)));
}

static void texts(void)
{
	char text[256], wide[512] = { 0 };
	size_t n;

	snprintf(text, sizeof text, "built on %s by me", made.host_name);
	CHECK(is(scan_text("built on assay by me", text), VARIATION_HOST_NAME, "ASCII", true));
	CHECK(hits[0].at == 9 && hits[0].n == strlen(made.host_name));
	for (n = 0; text[n]; n++)
		wide[2 * n] = text[n];
	CHECK(is(scan(SPAN_OF(""), span_make(wide, 2 * n)), VARIATION_HOST_NAME, "UTF-16", true));
	for (n = 0; text[n]; n++)
		text[n] = text[n] >= 'a' && text[n] <= 'z' ? (char)(text[n] - 32) : text[n];
	CHECK(is(scan_text("", text), VARIATION_HOST_NAME, "ASCII", true));
	CHECK(is(
		scan_text("", strstr(made.path, "-") + 1), VARIATION_PATH, "ASCII, in part", true));
	for (n = 0; n < CANARY_TAG; n++)
		snprintf(text + 2 * n, 3, "%02x",
			made.kernel_release[strlen(made.kernel_release) - CANARY_TAG + n]);
	CHECK(is(scan_text("", text), VARIATION_KERNEL, "hexadecimal digits of ASCII", true));
	CHECK(is(scan_text("UTC", made.zone), VARIATION_ZONE, "ASCII", true));
	/* What both have is no canary's work. */
	CHECK(!scan_text(made.host_name, made.host_name));
	CHECK(!scan_text("", "nothing of it"));
}

static void not_varied(void)
{
	CHECK(canary_scan(hits, &made, VARIATION_BIT(VARIATION_CLOCK), SPAN_OF(""),
		      str_span(str_of(made.host_name))) == 0);
}

/* v as FORMAT, against a number of the other build. */
static char number_text[64];
#define scan_number(format, v)                                                          \
	(snprintf(number_text, sizeof number_text, format, (unsigned long long)(v)) < 0 \
			? NULL                                                          \
			: scan_text("built at 1763900000, 6922f8a0, 15110574240", number_text))

static void numbers(void)
{
	uint64_t t = (uint64_t)made.clock_start + 3;

	CHECK(is(scan_number("built at %llu.", t), VARIATION_CLOCK, "a decimal number", true));
	CHECK(hits[0].value == t && hits[0].at == 9 && hits[0].n == 10);
	CHECK(is(scan_number("%llu123", t), VARIATION_CLOCK,
		"a decimal number with a fraction of the second", true));
	CHECK(is(scan_number("%llu123456789", t), VARIATION_CLOCK,
		"a decimal number with a fraction of the second", true));
	CHECK(is(scan_number("0x%llx", t), VARIATION_CLOCK, "a hexadecimal number", true));
	CHECK(is(scan_number("%llo ", t), VARIATION_CLOCK, "an octal number", true));
	CHECK(is(scan_number("070701%08llX00000001", t), VARIATION_CLOCK,
		"eight hexadecimal digits", false));
	CHECK(is(scan_number("uid=%llu", made.user_id), VARIATION_USER, "a decimal number", true));
	CHECK(is(scan_number("%07llo", made.user_id), VARIATION_USER, "an octal number", true));
	CHECK(is(scan_number("%llu", made.file_number_base + 5), VARIATION_FILE_NUMBERS,
		"a decimal number", true));
	CHECK(is(scan_number("MemTotal: %llu kB", made.memory >> 10), VARIATION_MEMORY,
		"a decimal number", true));
	CHECK(is(scan_number("%llu cpus", 7), VARIATION_PROCESSORS, "a decimal number", false));
	/* Digits on either side make it another number; beyond the range it is another time. */
	CHECK(!scan_number("9%llu", t));
	CHECK(!scan_number("%llu1", t));
	CHECK(!scan_number("%llu", t + CANARY_BUILD_S));
	CHECK(!scan_number("%llu", t - 10));
	CHECK(!scan_number("17%llu", 7));
}

static void binary(void)
{
	const uint32_t t = (uint32_t)made.clock_start + 1;
	CLEANUP(buf_done) struct buf b = buf_init(4096);
	const uint8_t zero[64] = { 0 };

	buf_fill(&b, 0xaa, 7);
	buf_u32le(&b, t);
	CHECK(is(scan(SPAN_OF(zero), buf_span(&b)), VARIATION_CLOCK, "32 bits, little-endian",
		false));
	CHECK(hits[0].at == 7);
	b.n = 5;
	buf_u32be(&b, t);
	CHECK(is(scan(SPAN_OF(zero), buf_span(&b)), VARIATION_CLOCK, "32 bits, big-endian", false));
	b.n = 5;
	buf_u64le(&b, t);
	CHECK(is(scan(SPAN_OF(zero), buf_span(&b)), VARIATION_CLOCK, "64 bits, little-endian",
		true));
	b.n = 5;
	buf_u64be(&b, t);
	CHECK(is(scan(SPAN_OF(zero), buf_span(&b)), VARIATION_CLOCK, "64 bits, big-endian", true));
	b.n = 0;
	CHECK(!scan(SPAN_OF(zero), buf_span(&b)));
}

static bool date(const char *text, enum canary_date_form form, int64_t t)
{
	struct canary_date there;

	return canary_date_find(
		&there, form, str_span(str_of(text)), (uint64_t)t, (uint64_t)t + 600, 0);
}

static void dates(void)
{
	/* 2025-11-03T12:13:20Z, a Monday. */
	static const char *const right[] = { "on 2025-11-03", "20251103T121320", "2025/11/03",
		"11/03/2025", "03.11.2025", "Nov  3 2025", "Nov 03 2025", "3 Nov 2025",
		"03-NOV-2025", "November 3, 2025", "Mon Nov  3 12:13:20 UTC 2025",
		"Mon, 03 Nov 2025 12:13:20 +0000", "11/03/25", "\"Nov  3 2025\"" };
	static const char *const wrong[] = { "2025-11-04", "12025-11-03", "Nov 3", "2025",
		"Nov 13 2025", "3 Dec 2025", "", "20251", "03/11/25" };
	const int64_t t = 1762172000;
	struct canary_date there;

	for (size_t i = 0; i < ARRAY_LEN(right); i++)
		test_report(date(right[i], CANARY_DATE_TEXT, t), __FILE__, __LINE__, right[i]);
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		test_report(!date(wrong[i], CANARY_DATE_TEXT, t), __FILE__, __LINE__, wrong[i]);
	CHECK(date("12:13:20", CANARY_DATE_PART, t) && date("12:14:02", CANARY_DATE_PART, t));
	CHECK(date("(c) 2025", CANARY_DATE_PART, t) && !date("(c) 20251", CANARY_DATE_PART, t));
	CHECK(date("root:*:20395:0", CANARY_DATE_PART, t) &&
		!date("12:15:20", CANARY_DATE_PART, t));
	/* Local time of the canary's zone: 14 hours on, which is the day after. */
	CHECK(canary_date_find(&there, CANARY_DATE_TEXT, str_span(str_of("x 2025-11-04 02:13")),
		(uint64_t)t, (uint64_t)t, CANARY_ZONE_S));
	CHECK(there.at == 2 && there.n == 10 && there.sure);
}

static void dos_dates(void)
{
	/* 2025-11-03 12:13:20 and 2024-02-29 23:59:58, date and time as ZIP has them. */
	static const uint8_t zip[] = { 'P', 'K', 0xaa, 0x61, 0x63, 0x5b },
			     leap[] = { 0x7d, 0xbf, 0x5d, 0x58 };
	struct canary_date there;

	CHECK(canary_date_find(&there, CANARY_DATE_DOS, SPAN_OF(zip), 1762171990, 1762172010, 0));
	CHECK(there.at == 2);
	CHECK(!canary_date_find(&there, CANARY_DATE_DOS, SPAN_OF(zip), 1762172010, 1762172110, 0));
	CHECK(canary_date_find(&there, CANARY_DATE_DOS, SPAN_OF(leap), 1709251198, 1709251198, 0));
}

/* What is long and has nothing of a canary has no sure hit: a block of pseudo-random bytes for each seed. */
static void not_by_chance(void)
{
	static uint8_t noise[4096];
	unsigned n_sure = 0;

	for (unsigned round = 0; round < 64; round++) {
		for (size_t i = 0; i < sizeof noise; i += SHA256_SIZE) {
			uint32_t key[2] = { round, (uint32_t)i };

			sha256_of(noise + i, SPAN_OF(key));
		}
		for (size_t i = canary_scan(hits, &made, ~UINT64_C(0), SPAN_OF(""), SPAN_OF(noise));
			i--;)
			n_sure += hits[i].sure;
	}
	CHECK(n_sure == 0);
}

int main(void)
{
	makes();
	keeps_outside();
	texts();
	not_varied();
	numbers();
	binary();
	dates();
	dos_dates();
	not_by_chance();
	return test_end();
}
