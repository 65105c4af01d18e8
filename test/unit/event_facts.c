#include "appraise/event_facts.h"

#include "base/buf.h"
#include "base/hex.h"
#include "codec/utf8.h"
#include "evidence/efi_guid.h"
#include "evidence/event_type.h"
#include "measure/tpm_firmware.h"
#include "sys/file.h"
#include "test.h"

enum { ARENA = 16 << 20, DATA_MAX = 4096 };

static struct arena *a;

#define GLOBAL "61dfe48bca93d211aa0d00e098032b8c"
#define SECURITY "cbb219d73a3d9645a3bcdad00e67656f"
/* End of a device path. */
#define END "7fff0400"

/* Bytes of hexadecimal with white space. */
static struct buf bytes_of(const char *hex)
{
	struct buf b = buf_init(DATA_MAX);

	for (; *hex; hex++) {
		uint8_t v;

		if (*hex == ' ')
			continue;
		CHECK(hex_read(str_make(hex, 2), &v, 1));
		buf_u8(&b, v);
		hex++;
	}
	return b;
}

/* One event of a log of one bank, whose digest is that of `hashed`. */
static struct event_facts facts_of(uint32_t type, struct span data, struct span hashed)
{
	static struct digest d;
	struct event_log_event ev = { .reg = 1, .type = type, .data = data };
	struct event_log log = { .form = EVENT_LOG_AGILE,
		.banks = { DIGEST_SHA256 },
		.n_banks = 1,
		.events = &ev,
		.n_events = 1 };
	struct event_facts f;
	struct err e = { 0 };

	d = digest_of(DIGEST_SHA256, hashed);
	ev.digests[0] = span_make(d.bytes, SHA256_SIZE);
	CHECK_OK(event_facts(&f, &log, &ev, a, &e), e);
	return f;
}

/* "name=value|name=value" */
static struct str flat(const struct event_facts *f)
{
	struct buf b CLEANUP(buf_done) = buf_init(1 << 20);

	for (size_t i = 0; i < f->n; i++) {
		buf_printf(&b, "%s%s=", i ? "|" : "", f->items[i].name);
		buf_add_str(&b, f->items[i].value);
	}
	return arena_str(a, buf_str(&b));
}

static void says(uint32_t type, const char *hex, const char *want)
{
	struct buf data CLEANUP(buf_done) = bytes_of(hex);
	struct event_facts f = facts_of(type, buf_span(&data), buf_span(&data));
	struct str got = flat(&f);

	if (!str_is(got, want))
		fprintf(stderr, "0x%08x: %.*s\n    want: %s\n", type, STR_ARG(got), want);
	CHECK(str_is(got, want));
}

static void variables(void)
{
	says(EV_EFI_VARIABLE_DRIVER_CONFIG,
		GLOBAL "0a00000000000000 0100000000000000"
		       "53006500630075007200650042006f006f007400 01",
		"variable=SecureBoot|of=8be4df61-93ca-11d2-aa0d-00e098032b8c (EFI global)|contents=on");
	says(EV_EFI_VARIABLE_DRIVER_CONFIG, SECURITY "0200000000000000 0000000000000000 64006200",
		"variable=db|of=d719b2cb-3d3a-4596-a3bc-dad00e67656f (EFI image security)|contents=empty");
	/* A list of two SHA-256 digests. */
	says(EV_EFI_VARIABLE_DRIVER_CONFIG,
		SECURITY "0300000000000000 7c00000000000000 640062007800"
			 "2616c4c14c509240aca941f936934328 7c000000 00000000 30000000"
			 "bd9afa775903324dbd6028f4e78f784b"
			 "0000000000000000000000000000000000000000000000000000000000000000"
			 "bd9afa775903324dbd6028f4e78f784b"
			 "0000000000000000000000000000000000000000000000000000000000000000",
		"variable=dbx|of=d719b2cb-3d3a-4596-a3bc-dad00e67656f (EFI image security)"
		"|entries=2: SHA-256 of an image");
	says(EV_EFI_VARIABLE_BOOT,
		GLOBAL "0900000000000000 0400000000000000"
		       "42006f006f0074004f007200640065007200 01000a00",
		"variable=BootOrder|of=8be4df61-93ca-11d2-aa0d-00e098032b8c (EFI global)"
		"|contents=Boot0001, Boot000A");
	says(EV_EFI_VARIABLE_BOOT2,
		GLOBAL "0800000000000000 1e00000000000000"
		       "42006f006f007400300030003000310001000000 1000 410042000000"
		       "02010c00 d041030a 00000000" END "abcd",
		"variable=Boot0001|of=8be4df61-93ca-11d2-aa0d-00e098032b8c (EFI global)"
		"|starts=AB|path=PciRoot(0x0)|options=abcd (2 bytes)");
	/* No load option: its path is longer than what is left. */
	says(EV_EFI_VARIABLE_BOOT,
		GLOBAL "0800000000000000 0600000000000000"
		       "42006f006f0074003000300030003100 01000000 ff00",
		"variable=Boot0001|of=8be4df61-93ca-11d2-aa0d-00e098032b8c (EFI global)"
		"|contents=01000000ff00 (6 bytes)");
	/* A length that lies: nothing is believed, the bytes are shown. */
	says(EV_EFI_VARIABLE_DRIVER_CONFIG, GLOBAL "0a00000000000000 ffffffffffffffff",
		"data=" GLOBAL "0a00000000000000ffffffffffffffff (32 bytes)");
}

/* The samples of the fuzz target with a certificate in them: u32 type, data. */
static struct str said_of_sample(const char *name)
{
	struct buf text CLEANUP(buf_done) = { 0 };
	struct buf b CLEANUP(buf_done) = buf_init(DATA_MAX);
	struct event_facts f;
	char path[4096];
	struct err e = { 0 };

	snprintf(path, sizeof path, "%s/fuzz/corpus/event_facts/%s.hex", TEST_DIR, name);
	CHECK_OK(file_read(AT_FDCWD, path, 2 * DATA_MAX, &text, &e), e);
	for (size_t i = 0; i + 1 < text.n; i += 2) {
		uint8_t v;

		i += text.p[i] == '\n';
		CHECK(hex_read(str_make((const char *)text.p + i, 2), &v, 1));
		buf_u8(&b, v);
	}
	f = facts_of((uint32_t)b.p[3] << 24 | b.p[0], span_make(b.p + 4, b.n - 4), SPAN_OF(""));
	return flat(&f);
}

static void certificates(void)
{
	CHECK(str_is(said_of_sample("certificate-list"),
		"variable=db|of=d719b2cb-3d3a-4596-a3bc-dad00e67656f (EFI image security)"
		"|key=certificate of 'CN = tpm'"));
	CHECK(str_is(said_of_sample("authority"),
		"variable=db|of=d719b2cb-3d3a-4596-a3bc-dad00e67656f (EFI image security)"
		"|key=certificate of 'CN = tpm'|owner=77fa9abd-0359-4d32-bd60-28f4e78f784b (Microsoft)"));
}

static void images(void)
{
	says(EV_EFI_BOOT_SERVICES_APPLICATION,
		"0000001000000000 0010000000000000 0000000000000000 2e00000000000000"
		"02010c00 d041030a 00000000 01010600 0002"
		"04041800 5c00450046004900 5c0041002e00650066006900" END,
		"path=PciRoot(0x0)/Pci(0x2,0x0)/\\EFI\\A.efi|memory=4096 bytes at 0x10000000");
	says(EV_EFI_BOOT_SERVICES_DRIVER,
		"0000000000000000 0000000000000000 0000000000000000 0600000000000000 0101ff000002",
		"path= and then no device path|memory=0 bytes at 0x0");
	says(EV_EFI_PLATFORM_FIRMWARE_BLOB2, "03 414243 0000100000000000 0020000000000000",
		"name=ABC|memory=8192 bytes at 0x100000");
	says(EV_EFI_PLATFORM_FIRMWARE_BLOB, "0000100000000000 0020000000000000",
		"memory=8192 bytes at 0x100000");
	says(EV_EFI_HANDOFF_TABLES2,
		"03 414243 0100000000000000 af96bb93f2b9b84e9462e0ba74564236 0000000000000000",
		"name=ABC|table=93bb96af-b9f2-4eb8-9462-e0ba74564236"
		" (list of hand-off blocks of a trust domain)|tables=1");
	says(EV_EFI_HANDOFF_TABLES, "ffffffffffffff7f 00", "data=ffffffffffffff7f00 (9 bytes)");
}

static void texts(void)
{
	says(EV_SEPARATOR, "00000000", "separator=00000000 (firmware is done)");
	says(EV_SEPARATOR, "01000000 4142", "separator=00000001 (an error)|data=4142 (2 bytes)");
	says(EV_SEPARATOR, "02000000", "data=02000000 (4 bytes)");
	says(EV_S_CRTM_VERSION, "0000", "version=none (an empty text)");
	says(EV_S_CRTM_VERSION, "31002e0032000000", "version=1.2");
	says(EV_EFI_ACTION, "4578697420426f6f74", "action=Exit Boot");
	says(EV_IPL, "4d6f6b4c69737400",
		"text=MokList|meaning=shim: keys and state of the machine's owner");
	says(EV_IPL, "2e006c0069006e00750078000000", "text=.linux");
	says(EV_EVENT_TAG, "ed223b8f 03000000 4c4f00",
		"tag=0x8f3b22ed (Linux: load options)|text=LO");
	says(EV_EVENT_TAG, "04030201 01000000 ff", "tag=0x01020304|data=ff (1 byte)");
	says(EV_EVENT_TAG, "4c4f414445440000 ", "text=LOADED");
	says(EV_PLATFORM_CONFIG_FLAGS, "414350492044415441", "tables=ACPI");
	says(EV_PLATFORM_CONFIG_FLAGS, "6574632f616370692f72736470 000000 1400",
		"fw_cfg file=etc/acpi/rsdp");
	says(EV_PLATFORM_CONFIG_FLAGS, "74645f686f62 00000000000000000000 02000000 0102",
		"name=td_hob|data=0102 (2 bytes)");
	says(EVENT_LOG_NO_ACTION, "537461727475704c6f63616c69747900 03",
		"signature=StartupLocality|locality=3");
	says(EVENT_LOG_NO_ACTION, "01", "data=01 (1 byte)");
	says(0x12345678, "", "");
}

/* What would steer a terminal stays what it is, in UTF-8; bytes that are none come out as such; nothing is cut at a NUL. */
static void hostile(void)
{
	says(EV_EFI_ACTION, "1b5b326a", "data=1b5b326a (4 bytes)");
	says(EV_IPL, "41004200d8dc43004400", "text=AB\\udcd8CD");
	says(EV_IPL, "410042003dd800de", "text=AB\xf0\x9f\x98\x80");
	says(EV_IPL, "ff414243", "data=ff414243 (4 bytes)");
	says(EV_IPL, "e280ae4142",
		"text=\xe2\x80\xae"
		"AB");
}

/* What stands behind a NUL is not hidden by it. */
static void nul_inside(void)
{
	struct event_facts f = facts_of(EV_EFI_ACTION, span_make("ABCD\0EFG", 8), SPAN_OF(""));

	CHECK(f.n == 1 && f.items[0].value.n == 8 && !memcmp(f.items[0].value.p, "ABCD\0EFG", 8));
}

/* A table of n entries: 39 facts are told, and "more" is all that is said of others. */
static struct event_facts partition_facts(size_t n, int bytes)
{
	struct buf b CLEANUP(buf_done) = buf_init(1 << 14);

	buf_add_cstr(&b, "EFI PART");
	buf_fill(&b, 0, 84);
	buf_u64le(&b, n);
	buf_fill(&b, 0x22, 128 * n);
	b.n += (size_t)bytes;
	return facts_of(EV_EFI_GPT_EVENT, buf_span(&b), SPAN_OF(""));
}

static void many_partitions(void)
{
	size_t others = partition_facts(1, 0).n - 1;

	for (size_t n = 2; n <= 41; n++) {
		struct event_facts f = partition_facts(n, 0);
		bool fits = others + n < EVENT_FACTS_MAX;

		CHECK(f.n == (fits ? others + n : EVENT_FACTS_MAX));
		CHECK(!strcmp(f.items[f.n - 1].name, fits ? "partition" : "more"));
		f = partition_facts(n, -1);
		CHECK(f.n == 1 && strcmp(f.items[0].name, "disk") != 0);
	}
	CHECK(strcmp(partition_facts(0, -9).items[0].name, "disk") != 0);
	CHECK(strcmp(partition_facts(3, -128).items[0].name, "disk") != 0);
	CHECK(!strcmp(partition_facts(0, 0).items[0].name, "disk"));
}

/* Names of the maker up to 64 characters are shown. */
static void makers(void)
{
	for (size_t n = 0; n <= 65; n += n == 1 ? 63 : 1) {
		struct buf b CLEANUP(buf_done) = buf_init(DATA_MAX);
		struct event_facts f;

		buf_add(&b, "SP800-155 Event", 16);
		buf_u32le(&b, 7);
		buf_fill(&b, 0x11, 16);
		buf_u8(&b, (uint8_t)n);
		buf_fill(&b, 'm', n);
		f = facts_of(EVENT_LOG_NO_ACTION, buf_span(&b), SPAN_OF(""));
		CHECK(f.n == (n && n <= 64 ? 4 : 3));
		CHECK(!strcmp(f.items[1].name, "vendor") && str_is(f.items[1].value, "7"));
	}
}

/* Of the tables that are handed over up to 16 are shown by name. */
static void many_tables(void)
{
	for (size_t n = 0; n <= 18; n++) {
		struct buf b CLEANUP(buf_done) = buf_init(DATA_MAX);
		struct event_facts f;
		char text[20];

		buf_u64le(&b, n);
		buf_fill(&b, 0x11, 24 * n);
		snprintf(text, sizeof text, "%zu", n);
		f = facts_of(EV_EFI_HANDOFF_TABLES, buf_span(&b), SPAN_OF(""));
		CHECK(f.n == (n < 16 ? n : 16) + 1 && str_is(f.items[f.n - 1].value, text));
	}
}

static void partitions(void)
{
	struct buf b CLEANUP(buf_done) = buf_init(DATA_MAX);
	struct event_facts f;

	buf_add_cstr(&b, "EFI PART");
	buf_fill(&b, 0, 24);
	buf_u64le(&b, 99); /* where the backup header stands */
	buf_fill(&b, 0, 16);
	buf_fill(&b, 0x11, 16);
	buf_fill(&b, 0, 20);
	buf_u64le(&b, 1);
	buf_fill(&b, 0x22, 16);
	buf_fill(&b, 0x33, 16);
	buf_u64le(&b, 34);
	buf_u64le(&b, 40);
	buf_u64le(&b, 0);
	buf_u16le(&b, 'r');
	buf_fill(&b, 0, 70);
	f = facts_of(EV_EFI_GPT_EVENT, buf_span(&b), buf_span(&b));
	CHECK(str_is(flat(&f),
		"disk=11111111-1111-1111-1111-111111111111"
		"|size=100 sectors, where its backup header stands"
		"|partition='r' 22222222-2222-2222-2222-222222222222, sectors 34 to 40, "
		"33333333-3333-3333-3333-333333333333"));
	b.p[92] = 2; /* entries that are not there */
	f = facts_of(EV_EFI_GPT_EVENT, buf_span(&b), buf_span(&b));
	CHECK(f.n == 1 && strcmp(f.items[0].name, "disk") != 0);
}

/* What a digest is the hash of. */
static void hashed(void)
{
	static const uint8_t wide[] = { '.', 0, 'a', 0, 0, 0 };
	static const uint8_t
		boot[] = "\x61\xdf\xe4\x8b\xca\x93\xd2\x11\xaa\x0d\x00\xe0\x98\x03\x2b\x8c"
			 "\1\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0A\0xy";
	const struct {
		uint32_t type;
		struct span data, of;
		const char *want;
	} cases[] = {
		{ EV_IPL, SPAN_OF("ab"), SPAN_OF("ab"), "the data" },
		{ EV_IPL, SPAN_OF("ab"), span_make("ab", 2), "the text without its NUL" },
		{ EV_IPL, SPAN_OF(wide), SPAN_OF(".a"), "the text in ASCII" },
		{ EV_IPL, SPAN_OF(wide), span_make(wide, 4), "the text without its NUL" },
		{ EV_IPL, SPAN_OF("grub_cmd: ab"), span_make("ab", 2),
			"the text behind the colon" },
		{ EV_IPL, SPAN_OF("ab"), SPAN_OF("ac"), NULL },
		{ EV_IPL, span_make("", 0), span_make("x", 1), NULL },
		{ EV_EFI_VARIABLE_BOOT, span_make(boot, 36), span_make("xy", 2),
			"the variable's contents" },
		{ EV_EFI_VARIABLE_DRIVER_CONFIG, span_make(boot, 36), span_make("xy", 2), NULL },
		{ EVENT_LOG_NO_ACTION, SPAN_OF("ab"), SPAN_OF("ab"), NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct event_facts f = facts_of(cases[i].type, cases[i].data, cases[i].of);

		if ((f.hashed == NULL) != (cases[i].want == NULL) ||
			(f.hashed && strcmp(f.hashed, cases[i].want) != 0))
			fprintf(stderr, "case %zu: %s\n", i, f.hashed ? f.hashed : "nothing");
		CHECK(f.hashed == cases[i].want ||
			(f.hashed && cases[i].want && !strcmp(f.hashed, cases[i].want)));
	}
}

/* Any bytes under any type: bounded, and UTF-8 throughout. */
static void any_bytes(void)
{
	uint32_t seed = 1;
	uint8_t data[300];

	for (unsigned round = 0; round < 20000; round++) {
		CLEANUP(arena_freep) struct arena *mine = arena_new(1 << 20);
		struct arena *kept = a;
		struct event_facts f;
		uint32_t type;

		for (size_t i = 0; i < sizeof data; i++) {
			seed = seed * 1664525 + 1013904223;
			data[i] = seed >> 30 ? (uint8_t)(seed >> 28 & 3) : (uint8_t)(seed >> 20);
		}
		type = round % 2 ? round % 0x14 : 0x80000000u + round % 0xe8;
		a = mine;
		f = facts_of(type, span_make(data, seed >> 23 & 0xff), span_make(data, 0));
		a = kept;
		for (size_t i = 0; i < f.n; i++) {
			CHECK(utf8_valid(f.items[i].value));
			CHECK(f.items[i].value.n <= EVENT_FACT_SIZE_MAX);
		}
	}
}

/* What is not shown takes no memory, either. */
static void many(void)
{
	struct buf b CLEANUP(buf_done) = buf_init(1 << 20);
	size_t before = arena_used(a);
	struct event_facts f;

	buf_add(&b, "EFI PART", 8);
	buf_fill(&b, 0, 84);
	buf_u64le(&b, 7000);
	buf_fill(&b, 0x22, 7000 * 128);
	f = facts_of(EV_EFI_GPT_EVENT, buf_span(&b), buf_span(&b));
	CHECK(f.n == EVENT_FACTS_MAX && !strcmp(f.items[f.n - 1].name, "more"));
	CHECK(arena_used(a) - before < 64 << 10);
}

static void names(void)
{
	static const uint8_t unknown[EFI_GUID_SIZE] = { 1 };

	CHECK(!strcmp(event_type_name(0x800000e0), "EV_EFI_VARIABLE_AUTHORITY"));
	CHECK(!strcmp(event_type_name(0), "EV_PREBOOT_CERT") && !event_type_name(0x14));
	CHECK(!event_type_name(0x8000000e) && !event_type_name(UINT32_MAX));
	CHECK(!strcmp(event_type_tag(0xf5bc582a), "systemd-boot: loader.conf"));
	CHECK(!event_type_tag(0) && !efi_guid_name(unknown));
}

static void little_memory(void)
{
	struct event_log_event ev = { .type = EVENT_LOG_NO_ACTION,
		.data = SPAN_OF("Spec ID Event03") };
	struct event_log log = { .form = EVENT_LOG_AGILE };
	CLEANUP(arena_freep) struct arena *small = arena_new(10);
	struct event_facts f;
	struct err e = { 0 };

	CHECK_ERR(event_facts(&f, &log, &ev, small, &e), e, ERR_LIMIT);
}

int main(void)
{
	a = arena_new(ARENA);
	variables();
	certificates();
	images();
	texts();
	hostile();
	nul_inside();
	partitions();
	many_partitions();
	makers();
	many_tables();
	hashed();
	any_bytes();
	many();
	names();
	little_memory();
	arena_free(a);
	return test_end();
}
