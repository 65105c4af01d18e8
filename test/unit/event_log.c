#include "evidence/event_log.h"

#include "base/buf.h"
#include "base/hex.h"
#include "test.h"

static struct arena *a;

enum { SEPARATOR = 4, IPL = 13 };

struct announced {
	uint16_t id, size;
};

static void add_header_with(
	struct buf *b, uint32_t reg, const struct announced *banks, uint32_t n, const char *vendor)
{
	struct buf data = buf_init(200);

	buf_add(&data, "Spec ID Event03", 16);
	buf_fill(&data, 0, 4);
	buf_add(&data, "\0\2\0\2", 4);
	buf_u32le(&data, n);
	for (uint32_t i = 0; i < n; i++) {
		buf_u16le(&data, banks[i].id);
		buf_u16le(&data, banks[i].size);
	}
	buf_u8(&data, (uint8_t)strlen(vendor));
	buf_add_cstr(&data, vendor);
	buf_u32le(b, reg);
	buf_u32le(b, EVENT_LOG_NO_ACTION);
	buf_fill(b, 0, 20);
	buf_u32le(b, (uint32_t)data.n);
	buf_add(b, data.p, data.n);
	buf_done(&data);
}

/* Two banks, as firmware of a TPM announces them at register 0. */
static void add_header_of(struct buf *b, uint32_t reg, const char *vendor)
{
	static const struct announced banks[] = { { 0x0b, 32 }, { 0x0c, 48 } };

	add_header_with(b, reg, banks, ARRAY_LEN(banks), vendor);
}

static void add_header(struct buf *b)
{
	add_header_of(b, 0, "");
}

static void add_event(struct buf *b, uint32_t pcr, uint32_t type, const void *p, size_t n)
{
	struct digest d2 = digest_of(DIGEST_SHA256, span_make(p, n));
	struct digest d3 = digest_of(DIGEST_SHA384, span_make(p, n));

	buf_u32le(b, pcr);
	buf_u32le(b, type);
	buf_u32le(b, 2);
	buf_u16le(b, 0x0b);
	buf_add(b, d2.bytes, 32);
	buf_u16le(b, 0x0c);
	buf_add(b, d3.bytes, 48);
	buf_u32le(b, (uint32_t)n);
	buf_add(b, p, n);
}

static void add_locality(struct buf *b, uint8_t locality)
{
	char data[17] = "StartupLocality";

	data[16] = (char)locality;
	add_event(b, 0, EVENT_LOG_NO_ACTION, data, sizeof data);
}

static bool hex_is(const struct digest *d, const char *want)
{
	char hex[2 * DIGEST_MAX + 1];

	digest_hex(d, hex);
	return !strcmp(hex, want);
}

/* Values made with Python's hashlib: an independent fold. */
static void replays(void)
{
	CLEANUP(buf_done) struct buf b = buf_init(4096);
	struct event_log log;
	struct event_log_registers r;
	struct err e = { 0 };

	add_header(&b);
	add_locality(&b, 3);
	add_event(&b, 0xffffffff, EVENT_LOG_NO_ACTION, "vendor", 6);
	add_event(&b, 7, SEPARATOR, "\0\0\0\0", 4);
	CHECK_OK(event_log_parse(&log, buf_span(&b), a, &e), e);
	CHECK(log.n_events == 3 && log.n_banks == 2 && log.form == EVENT_LOG_AGILE);
	CHECK(event_log_data_hashed(&log, &log.events[2]));
	CHECK_OK(event_log_replay(&r, &log, DIGEST_SHA256, &e), e);
	CHECK(hex_is(
		&r.values[7], "3d458cfe55cc03ea1f443f1562beec8df51c75e14a9fcf9a7234a13f198e7969"));
	CHECK(hex_is(
		&r.values[0], "0000000000000000000000000000000000000000000000000000000000000003"));
	CHECK(r.startup_locality == 3 && r.extended == 1U << 7);
	CHECK_OK(event_log_replay(&r, &log, DIGEST_SHA384, &e), e);
	CHECK(hex_is(&r.values[7],
		"518923b0f955d08da077c96aaba522b9decede61c599cea6c41889cfbea4ae4d"
		"50529d96fe4d1afdafb65e7f95bf23c4"));
	CHECK_ERR(event_log_replay(&r, &log, DIGEST_SHA1, &e), e, ERR_NOTFOUND);
	CHECK_ERR(event_log_replay(&r, &log, DIGEST_NONE, &e), e, ERR_NOTFOUND);
}

static void sha1_form(void)
{
	CLEANUP(buf_done) struct buf b = buf_init(4096);
	struct digest d = digest_of(DIGEST_SHA1, span_make("\0\0\0\0", 4));
	struct event_log_registers r;
	struct event_log log;
	struct err e = { 0 };

	buf_u32le(&b, 4);
	buf_u32le(&b, SEPARATOR);
	buf_add(&b, d.bytes, 20);
	buf_u32le(&b, 4);
	buf_fill(&b, 0, 4);
	CHECK_OK(event_log_parse(&log, buf_span(&b), a, &e), e);
	CHECK(log.form == EVENT_LOG_SHA1 && log.n_events == 1);
	CHECK_OK(event_log_replay(&r, &log, DIGEST_SHA1, &e), e);
	CHECK(hex_is(&r.values[4], "b2a83b0ebf2f8374299a5b2bdfc31ea955ad7236"));
	for (size_t n = 0; n < b.n; n++)
		CHECK_ERR(event_log_parse(&log, span_make(b.p, n), a, &e), e, ERR_FORMAT);
}

static void localities(void)
{
	static const struct {
		uint8_t before, after; /* 0xff: none */
		bool extend, ok;
	} cases[] = {
		{ 0, 0xff, true, true },
		{ 3, 0xff, true, true },
		{ 4, 0xff, true, true },
		{ 1, 0xff, true, false },
		{ 0xff, 3, true, false },
		{ 3, 3, false, false },
		{ 0xff, 3, false, true },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(buf_done) struct buf b = buf_init(4096);
		struct event_log_registers r;
		struct event_log log;
		struct err e = { 0 };

		add_header(&b);
		if (cases[i].before != 0xff)
			add_locality(&b, cases[i].before);
		if (cases[i].extend)
			add_event(&b, 0, SEPARATOR, "\0\0\0\0", 4);
		if (cases[i].after != 0xff)
			add_locality(&b, cases[i].after);
		CHECK_OK(event_log_parse(&log, buf_span(&b), a, &e), e);
		if (cases[i].ok)
			CHECK_OK(event_log_replay(&r, &log, DIGEST_SHA256, &e), e);
		else
			CHECK_ERR(event_log_replay(&r, &log, DIGEST_SHA256, &e), e, ERR_FORMAT);
	}
}

/* Every cut inside an event is refused; a cut between events parses and replays to other registers. */
static void truncations(void)
{
	CLEANUP(buf_done) struct buf b = buf_init(4096);
	struct event_log_registers whole, part;
	struct event_log log, cut;
	struct err e = { 0 };
	size_t clean = 0;

	add_header(&b);
	add_event(&b, 4, IPL, "one", 3);
	add_event(&b, 4, SEPARATOR, "\0\0\0\0", 4);
	CHECK_OK(event_log_parse(&log, buf_span(&b), a, &e), e);
	CHECK_OK(event_log_replay(&whole, &log, DIGEST_SHA256, &e), e);
	for (size_t n = 0; n < b.n; n++) {
		if (!event_log_parse(&cut, span_make(b.p, n), a, &e)) {
			CHECK(e.kind == ERR_FORMAT);
			continue;
		}
		clean++;
		CHECK_OK(event_log_replay(&part, &cut, DIGEST_SHA256, &e), e);
		CHECK(!digest_equal(&part.values[4], &whole.values[4]));
	}
	CHECK(clean == 2); /* after the header and after the first event */
}

/* No single changed byte may crash, and none outside types and data may replay to the same registers. */
static void flips(void)
{
	CLEANUP(buf_done) struct buf b = buf_init(4096);
	struct event_log_registers r;
	struct event_log log;
	struct err e = { 0 };
	size_t digest_at, refused = 0;

	add_header(&b);
	digest_at = b.n + 14;
	add_event(&b, 4, IPL, "one", 3);
	for (size_t at = 0; at < b.n; at++) {
		b.p[at] ^= 0xff;
		if (event_log_parse(&log, buf_span(&b), a, &e))
			(void)!event_log_replay(&r, &log, DIGEST_SHA256, &e);
		else
			refused++;
		b.p[at] ^= 0xff;
	}
	CHECK(refused > 20);
	b.p[digest_at] ^= 1;
	CHECK_OK(event_log_parse(&log, buf_span(&b), a, &e), e);
	CHECK(!event_log_data_hashed(&log, &log.events[0]));
}

static void limits(void)
{
	CLEANUP(buf_done) struct buf b = buf_init(1 << 20);
	struct arena *small = arena_new(100);
	struct event_log log;
	struct err e = { 0 };
	uint8_t *big = calloc(1, EVENT_LOG_SIZE_MAX + 1);

	CHECK_ERR(
		event_log_parse(&log, span_make(big, EVENT_LOG_SIZE_MAX + 1), a, &e), e, ERR_LIMIT);
	CHECK_ERR(event_log_parse(&log, span_make(big, EVENT_LOG_SIZE_MAX), a, &e), e, ERR_FORMAT);
	/* But for the first, all are events of type 0 in the SHA-1 form, 32 bytes each: too many of them. */
	big[4] = 1;
	CHECK_ERR(event_log_parse(&log, span_make(big, EVENT_LOG_SIZE_MAX), a, &e), e, ERR_LIMIT);
	add_header(&b);
	add_event(&b, 4, IPL, "one", 3);
	CHECK_ERR(event_log_parse(&log, buf_span(&b), small, &e), e, ERR_LIMIT);
	add_event(&b, 24, IPL, "one", 3);
	CHECK_ERR(event_log_parse(&log, buf_span(&b), a, &e), e, ERR_FORMAT);
	free(big);
	arena_free(small);
}

/* RTMRs by Python's hashlib. The log's registers are one more than theirs; a locality is nothing to them. */
static void confidential_guest(void)
{
	static const struct {
		uint32_t reg;
		const char *vendor;
	} headers[] = { { 1, "" }, { 0, "td-shim" }, { 1, "td-shim" } };

	for (size_t i = 0; i < ARRAY_LEN(headers); i++) {
		CLEANUP(buf_done) struct buf b = buf_init(4096);
		struct event_log_registers r;
		struct event_log log;
		struct err e = { 0 };

		add_header_of(&b, headers[i].reg, headers[i].vendor);
		add_event(&b, 0, EVENT_LOG_NO_ACTION, "where values lie", 16);
		add_locality(&b, 3);
		add_event(&b, 1, IPL, "hob", 3);
		add_event(&b, 4, IPL, "app", 3);
		add_event(&b, 1, IPL, "var", 3);
		CHECK_OK(event_log_parse(&log, buf_span(&b), a, &e), e);
		CHECK(log.form == EVENT_LOG_CC && log.n_events == 5 && !log.padding);
		CHECK(log.events[2].reg == 0 && log.events[3].reg == 3);
		CHECK_OK(event_log_replay(&r, &log, DIGEST_SHA384, &e), e);
		CHECK(r.n == EVENT_LOG_RTMRS && r.extended == 9 && !r.startup_locality);
		CHECK(hex_is(&r.values[0],
			"1b0074915fa7481405313c8cfb9758288bfde4a01a5b02f0f2f8f05a0519181a"
			"4c62f6fe4f7fb4b5e5b88de232436c1d"));
		CHECK(hex_is(&r.values[3],
			"b76036a6963404c7fe1249127a5c2fc684090bd30f0386d9b643e2e11e203f2f"
			"b62d50ea1af96ad3bc6ba974c3b1c79a"));
	}
}

/* The area behind a confidential guest's log; nothing else may stand there, and nothing at all behind a TPM's log. */
static void padding(void)
{
	static const struct {
		uint32_t header_reg;
		uint8_t fill, last;
		bool ok;
	} cases[] = {
		{ 1, 0xff, 0xff, true },
		{ 1, 0x00, 0x00, true },
		{ 1, 0xff, 0x00, false },
		{ 1, 0x00, 0xff, false },
		{ 1, 0x55, 0x55, false },
		{ 0, 0xff, 0xff, false },
		{ 0, 0x00, 0x00, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		for (size_t n = 1; n < 70; n++) {
			CLEANUP(buf_done) struct buf b = buf_init(4096);
			struct event_log log;
			struct err e = { 0 };

			add_header_of(&b, cases[i].header_reg, "");
			add_event(&b, 2, IPL, "one", 3);
			buf_fill(&b, cases[i].fill, n);
			buf_u8(&b, cases[i].last);
			if (!cases[i].ok) {
				CHECK_ERR(
					event_log_parse(&log, buf_span(&b), a, &e), e, ERR_FORMAT);
				continue;
			}
			CHECK_OK(event_log_parse(&log, buf_span(&b), a, &e), e);
			CHECK(log.n_events == 1 && log.padding == n + 1);
		}
}

/* Registers that there are not: MRTD is nothing that an event extends. */
static void registers(void)
{
	static const struct {
		uint32_t header_reg, reg;
		bool ok;
	} cases[] = {
		{ 0, 0, true },
		{ 0, 23, true },
		{ 0, 24, false },
		{ 0, 0xffffffff, false },
		{ 1, 0, false },
		{ 1, 1, true },
		{ 1, 4, true },
		{ 1, 5, false },
		{ 1, 0xffffffff, false },
		{ 2, 1, false },
		{ 0xffffffff, 1, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(buf_done) struct buf b = buf_init(4096);
		struct event_log log;
		struct err e = { 0 };

		add_header_of(&b, cases[i].header_reg, "");
		add_event(&b, cases[i].reg, IPL, "one", 3);
		if (cases[i].ok)
			CHECK_OK(event_log_parse(&log, buf_span(&b), a, &e), e);
		else
			CHECK_ERR(event_log_parse(&log, buf_span(&b), a, &e), e, ERR_FORMAT);
	}
}

/* The ACPI table is no log, and says so. */
static void announced_twice(void)
{
	static const struct announced banks[][3] = { { { 0x0b, 32 }, { 0x0c, 48 }, { 0x0b, 32 } },
		{ { 0x0b, 32 }, { 0x0c, 48 }, { 0x0c, 48 } },
		{ { 0x99, 7 }, { 0x0c, 48 }, { 0x99, 8 } } };
	struct event_log log;

	for (size_t i = 0; i < ARRAY_LEN(banks); i++) {
		CLEANUP(buf_done) struct buf b = buf_init(4096);
		struct err e = { 0 };

		add_header_with(&b, 0, banks[i], 3, "");
		CHECK_ERR(event_log_parse(&log, buf_span(&b), a, &e), e, ERR_FORMAT);
		CHECK(strstr(e.text, "stands twice"));
	}
}

static void acpi_table(void)
{
	static const uint8_t table[56] = "CCEL\70\0\0";
	struct event_log log;
	struct err e = { 0 };

	CHECK_ERR(event_log_parse(&log, SPAN_OF(table), a, &e), e, ERR_FORMAT);
	CHECK(strstr(e.text, "ACPI table 'CCEL'"));
}

int main(void)
{
	a = arena_new(1 << 24);
	replays();
	sha1_form();
	localities();
	truncations();
	flips();
	limits();
	confidential_guest();
	padding();
	registers();
	announced_twice();
	acpi_table();
	arena_free(a);
	return test_end();
}
