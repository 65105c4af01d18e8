#include "appraise/platform_shape.h"

#include "starved.h"
#include "test.h"

#define HEAD "format: assay.platform/1\nname: x\nplatform: "
#define RULES "rules: [{what: a, source: b, confirmed: \"no\"}]\n"
#define D48 \
	"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f"
#define E48 \
	"100102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f"
#define F48 \
	"200102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f"
#define D32 "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static bool parse(struct platform_shape *s, const char *text, struct arena *a, struct err *e)
{
	return platform_shape_parse(s, str_span(str_of(text)), a, e);
}

static bool set(struct platform_shape *s, const char *key, const char *value)
{
	struct err e = { 0 };

	return platform_shape_set(s, str_of(key), str_of(value), &e);
}

static void takes(struct arena *a)
{
	static const char text[] = HEAD
		"tdx\nsettings: {boot: direct, vcpus: \"2\", memory: 2G, qemu: \"10.2\", passes: two}\n" RULES
		"acpi: [{qemu: \"10.2\", vcpus: \"2\", memory: 2G, acpi-loader: " D48
		", acpi-rsdp: " D48 ", acpi-tables: " D48 "}]\n";
	struct platform_shape s;
	struct err e = { 0 };

	CHECK_OK(parse(&s, text, a, &e), e);
	CHECK(s.kind == PLATFORM_TDX && s.boot == PLATFORM_BOOT_DIRECT && s.vcpus == 2);
	CHECK(s.memory == UINT64_C(2) << 30 && s.qemu.major == 10 && s.two_pass && !s.has_acpi);
	CHECK(s.n_rules == 1 && str_is(s.rules[0].confirmed, "no"));
	platform_shape_find_acpi(&s);
	CHECK(s.has_acpi && s.acpi[PLATFORM_ACPI_RSDP].bytes[47] == 0x2f);
	s.has_acpi = false;
	s.qemu.minor = 1;
	platform_shape_find_acpi(&s);
	CHECK(!s.has_acpi);
	s.qemu.minor = 2;
	s.vcpus = 3;
	platform_shape_find_acpi(&s);
	CHECK(!s.has_acpi);
}

/* What a shape says of itself makes the same shape. */
static void goes_round(struct arena *a)
{
	struct platform_setting out[PLATFORM_SHAPE_SETTINGS];
	struct platform_shape s, t = { .kind = PLATFORM_SNP };
	struct err e = { 0 };
	size_t n;

	CHECK_OK(
		parse(&s,
			HEAD
			"snp\nsettings: {boot: disk, vmm: gce, vcpus: \"4\", vcpu-type: EPYC, guest-features: \"0x21\"}\n" RULES,
			a, &e),
		e);
	CHECK_OK(platform_shape_settings(&s, out, &n, a, &e), e);
	CHECK(n == 5);
	for (size_t i = 0; i < n; i++)
		CHECK_OK(platform_shape_set(&t, out[i].key, out[i].value, &e), e);
	CHECK(t.boot == s.boot && t.vcpus == 4 && t.guest_features == 0x21);
	CHECK(str_is(t.vmm, "gce") && str_is(t.vcpu_type, "EPYC"));
}

static void refuses_settings(void)
{
	struct platform_shape snp = { .kind = PLATFORM_SNP }, tdx = { .kind = PLATFORM_TDX };

	CHECK(!set(&snp, "memory", "2G") && !set(&tdx, "vmm", "qemu") && !set(&snp, "what", "1"));
	CHECK(!set(&snp, "vcpus", "0") && !set(&snp, "vcpus", "4097") &&
		set(&snp, "vcpus", "4096"));
	CHECK(!set(&snp, "vmm", "xen") && !set(&snp, "boot", "net"));
	CHECK(!set(&snp, "guest-features", "21") && !set(&snp, "guest-features", "0x"));
	CHECK(!set(&snp, "guest-features", "0x1G") &&
		!set(&snp, "guest-features", "0x11111111111111111"));
	CHECK(set(&snp, "guest-features", "0xffffffffffffffff") &&
		snp.guest_features == UINT64_MAX);
	CHECK(!set(&tdx, "memory", "0") && !set(&tdx, "memory", "G") && !set(&tdx, "memory", "2T"));
	CHECK(!set(&tdx, "memory", "17592186044417") && !set(&tdx, "memory", "4095"));
	CHECK(!set(&tdx, "memory", "99999999G") && set(&tdx, "memory", "2147483648"));
	CHECK(!set(&tdx, "qemu", "new") && !set(&tdx, "passes", "1"));
	CHECK(!set(&tdx, "acpi-rsdp", "00"));
	CHECK(set(&tdx, "acpi-rsdp", D48) && !tdx.has_acpi && set(&tdx, "acpi-loader", D48) &&
		!tdx.has_acpi);
	CHECK(set(&tdx, "acpi-tables", D48) && tdx.has_acpi);
}

static void refuses_files(struct arena *a)
{
	static const char *const bad[] = {
		HEAD "xyz\nsettings: {}\n" RULES,
		HEAD "tdx\nsettings: {vmm: qemu}\n" RULES,
		HEAD "tdx\nsettings: {vcpus: [\"1\"]}\n" RULES,
		HEAD "tdx\nsettings: {}\nrules: []\n",
		HEAD "tdx\nsettings: {}\nrules: [{what: a}]\n",
		HEAD "tdx\nsettings: {}\nmore: x\n" RULES,
		HEAD "tdx\nsettings: {}\nacpi: [{vcpus: \"2\"}]\n" RULES,
		"format: assay.platform/2\nname: x\nplatform: tdx\nsettings: {}\n" RULES,
		HEAD "tdx\n" RULES,
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct platform_shape s;
		struct err e = { 0 };

		CHECK(!parse(&s, bad[i], a, &e));
		CHECK(e.kind == ERR_FORMAT || e.kind == ERR_USAGE || e.kind == ERR_LIMIT);
	}
}

static void called(enum platform_kind kind, unsigned reg, const char *want)
{
	char name[PLATFORM_REGISTER_NAME_MAX];

	platform_register_name(name, kind, reg);
	CHECK(!strcmp(name, want));
}

static void register_names(void)
{
	called(PLATFORM_TPM, 11, "PCR 11");
	called(PLATFORM_SNP, 0, "measurement");
	called(PLATFORM_TDX, 0, "MRTD");
	called(PLATFORM_TDX, 4, "RTMR 3");
	called(PLATFORM_NITRO_ENCLAVE, 8, "PCR 8");
	called(PLATFORM_UNKNOWN, 3, "register 3");
	CHECK(platform_from_name(STR("snp")) == PLATFORM_SNP &&
		platform_from_name(STR("")) == PLATFORM_UNKNOWN);
}

/* Events that each say what a register holds after them, beside one that extends another register. */
static void register_values(struct arena *a)
{
	static const enum digest_alg bank = DIGEST_SHA384;
	struct digest want = digest_of(bank, str_span(STR("b"))), got;
	struct err e = { 0 };
	struct event_list l;

	event_list_init(&l, a, &bank, 1);
	CHECK_OK(event_list_add(&l, 0, 0, str_span(STR("a")), "a", "r", STR(""), STR(""), &e), e);
	CHECK_OK(event_list_add(&l, 1, 0, str_span(STR("c")), "c", "r", STR(""), STR(""), &e), e);
	CHECK_OK(event_list_add(&l, 0, 0, str_span(STR("b")), "b", "r", STR(""), STR(""), &e), e);
	platform_register_value(&l, PLATFORM_TDX, 0, 0, &got);
	CHECK(digest_equal(&got, &want));
	platform_register_value(&l, PLATFORM_TPM, 0, 0, &got);
	CHECK(!digest_equal(&got, &want));
	event_fold(&l, 1, 0, &want);
	platform_register_value(&l, PLATFORM_TDX, 1, 0, &got);
	CHECK(digest_equal(&got, &want));
}

struct words {
	const char *key, *value, *says; /* says: as it is said again, NULL: the same */
};

static const struct words snp_words[] = { { "boot", "direct", NULL }, { "vmm", "ec2", NULL },
	{ "vcpus", "4096", NULL }, { "vcpu-type", "EPYC-Rome", NULL },
	{ "guest-features", "0x0021", "0x21" }, { "firmware-sha256", D32, NULL },
	{ "firmware-pages", D48, NULL }, { "firmware-reset", "0x80b004", NULL },
	{ "firmware-hashes", "0x810c00+0x400", NULL },
	{ "firmware-sections", "SEC_MEM@0x800000+0x9000", NULL } };
static const struct words tdx_words[] = { { "boot", "disk", NULL }, { "vcpus", "1", NULL },
	{ "memory", "2G", "2147483648" }, { "qemu", "10.2", NULL },
	{ "firmware-release", "2025.02-8", NULL }, { "secure-boot", "off", NULL },
	{ "passes", "two", NULL }, { "acpi-loader", D48, NULL }, { "acpi-rsdp", E48, NULL },
	{ "acpi-tables", F48, NULL } };

static void set_words(struct platform_shape *s, const struct words *w, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct err e = { 0 };

		CHECK_OK(platform_shape_set(s, str_of(w[i].key), str_of(w[i].value), &e), e);
	}
}

/* All of them are said again, in one order, whatever the order was in which they were set. */
static void says_words(
	const struct platform_shape *s, const struct words *w, size_t n, struct arena *a)
{
	struct platform_setting out[PLATFORM_SHAPE_SETTINGS];
	struct err e = { 0 };
	size_t said;

	CHECK_OK(platform_shape_settings(s, out, &said, a, &e), e);
	CHECK(said == n);
	for (size_t i = 0; i < n && i < said; i++) {
		const char *want = w[i].says ? w[i].says : w[i].value;

		CHECK(str_is(out[i].key, w[i].key) && str_is(out[i].value, want));
	}
}

static bool tell_settings(struct buf *told, const void *what, struct arena *in, struct err *e)
{
	struct platform_setting out[PLATFORM_SHAPE_SETTINGS];
	size_t n;

	if (!platform_shape_settings(what, out, &n, in, e))
		return false;
	for (size_t i = 0; i < n; i++)
		buf_printf(told, "%.*s: %.*s\n", STR_ARG(out[i].key), STR_ARG(out[i].value));
	return true;
}

static void every_setting(struct arena *a)
{
	struct platform_shape snp = { .kind = PLATFORM_SNP }, tdx = { .kind = PLATFORM_TDX };

	set_words(&snp, snp_words, ARRAY_LEN(snp_words));
	CHECK(snp.boot == PLATFORM_BOOT_DIRECT && str_is(snp.vmm, "ec2") && snp.vcpus == 4096);
	CHECK(str_is(snp.vcpu_type, "EPYC-Rome") && snp.guest_features == 0x21);
	CHECK(platform_firmware_is_known(&snp.firmware));
	CHECK(snp.firmware.sha256.bytes[31] == 31 && snp.firmware.pages.bytes[47] == 47);
	says_words(&snp, snp_words, ARRAY_LEN(snp_words), a);
	CHECK(set(&snp, "vmm", "qemu") && str_is(snp.vmm, "qemu"));
	CHECK(set(&snp, "vmm", "gce") && str_is(snp.vmm, "gce"));
	set_words(&tdx, tdx_words, ARRAY_LEN(tdx_words));
	CHECK(tdx.boot == PLATFORM_BOOT_DISK && tdx.vcpus == 1);
	CHECK(tdx.memory == UINT64_C(2) << 30 && tdx.qemu.major == 10 && tdx.qemu.minor == 2);
	CHECK(tdx.separator == TDX_SEPARATOR_RTMR1 && tdx.secure_boot == TPM_SECURE_BOOT_OFF);
	CHECK(tdx.two_pass && tdx.has_acpi && tdx.acpi[PLATFORM_ACPI_LOADER].bytes[0] == 0);
	CHECK(tdx.acpi[PLATFORM_ACPI_RSDP].bytes[0] == 0x10 &&
		tdx.acpi[PLATFORM_ACPI_TABLES].bytes[0] == 0x20);
	says_words(&tdx, tdx_words, ARRAY_LEN(tdx_words), a);
	CHECK(set(&tdx, "secure-boot", "absent") && tdx.secure_boot == TPM_SECURE_BOOT_ABSENT);
	CHECK(set(&tdx, "passes", "single") && !tdx.two_pass);
	starved(tell_settings, &snp);
	starved(tell_settings, &tdx);
}

/* What was never set has a word only where there is one for it. */
static void without_settings(struct arena *a)
{
	static const struct words snp[] = { { "boot", "disk", NULL }, { "vcpus", "0", NULL },
		{ "guest-features", "0x0", NULL } };
	static const struct words tdx[] = { { "boot", "disk", NULL }, { "vcpus", "0", NULL },
		{ "memory", "0", NULL }, { "passes", "single", NULL } };
	struct platform_shape s = { .kind = PLATFORM_SNP };

	says_words(&s, snp, ARRAY_LEN(snp), a);
	s.kind = PLATFORM_TDX;
	says_words(&s, tdx, ARRAY_LEN(tdx), a);
	s.kind = PLATFORM_TPM;
	says_words(&s, tdx, 1, a);
	s.kind = PLATFORM_NITRO_ENCLAVE;
	says_words(&s, tdx, 1, a);
}

static void which_settings_there_are(void)
{
	const struct platform_shape snp = { .kind = PLATFORM_SNP }, tdx = { .kind = PLATFORM_TDX };

	CHECK(platform_shape_has_setting(STR("vmm")) && platform_shape_has_setting(STR("boot")));
	CHECK(platform_shape_has_setting(STR("acpi-tables")));
	CHECK(!platform_shape_has_setting(STR("kernel")) && !platform_shape_has_setting(STR("")));
	CHECK(platform_shape_takes(&snp, STR("vmm")) && !platform_shape_takes(&tdx, STR("vmm")));
	CHECK(platform_shape_takes(&tdx, STR("qemu")) && !platform_shape_takes(&snp, STR("qemu")));
	CHECK(platform_shape_takes(&snp, STR("boot")) && !platform_shape_takes(&snp, STR("x")));
}

static void what_is_said(void)
{
	static const struct {
		enum platform_kind kind;
		const char *key, *value, *says;
		enum err_kind error;
	} cases[] = {
		{ PLATFORM_SNP, "memory", "2G", "platform snp has no setting 'memory'", ERR_USAGE },
		{ PLATFORM_TPM, "x", "1", "platform tpm has no setting 'x'", ERR_USAGE },
		{ PLATFORM_SNP, "boot", "net", "setting 'boot': is 'net', wanted disk or direct",
			ERR_FORMAT },
		{ PLATFORM_SNP, "vmm", "xen", "setting 'vmm': is 'xen', wanted qemu, ec2 or gce",
			ERR_FORMAT },
		{ PLATFORM_TDX, "vcpus", "4097",
			"setting 'vcpus': is '4097', wanted a number from 1 to 4096", ERR_FORMAT },
		{ PLATFORM_SNP, "guest-features", "1",
			"setting 'guest-features': is '1', wanted 0x and up to 16 hex digits",
			ERR_FORMAT },
		{ PLATFORM_TDX, "memory", "1",
			"setting 'memory': is '1', wanted whole pages of 4096 bytes, as bytes or with K, M or G",
			ERR_FORMAT },
		{ PLATFORM_TDX, "secure-boot", "on",
			"setting 'secure-boot': is 'on', wanted absent or off", ERR_FORMAT },
		{ PLATFORM_TDX, "passes", "1", "setting 'passes': is '1', wanted single or two",
			ERR_FORMAT },
		{ PLATFORM_TDX, "acpi-rsdp", D32,
			"setting 'acpi-rsdp': is no SHA-384 digest: 96 lower-case hex digits",
			ERR_FORMAT },
		{ PLATFORM_SNP, "firmware-sha256", D48,
			"setting 'firmware-sha256': is no sha256 digest: 64 lower-case hex digits",
			ERR_FORMAT },
		{ PLATFORM_SNP, "firmware-pages", D32,
			"setting 'firmware-pages': is no sha384 digest: 96 lower-case hex digits",
			ERR_FORMAT },
		{ PLATFORM_SNP, "firmware-reset", "1",
			"setting 'firmware-reset': is '1', wanted an address such as 0x80b004",
			ERR_FORMAT },
		{ PLATFORM_SNP, "firmware-hashes", "1",
			"setting 'firmware-hashes': is '1', wanted none, or address and size such as 0x810c00+0x400",
			ERR_FORMAT },
		{ PLATFORM_SNP, "firmware-sections", "1",
			"setting 'firmware-sections': has the section '1', wanted a kind with whole pages such as SEC_MEM@0x800000+0x9000",
			ERR_FORMAT },
		{ PLATFORM_TDX, "firmware-release", "new", NULL, ERR_FORMAT },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct platform_shape s = { .kind = cases[i].kind };
		struct err e = { 0 };

		CHECK_ERR(platform_shape_set(&s, str_of(cases[i].key), str_of(cases[i].value), &e),
			e, cases[i].error);
		CHECK(!cases[i].says || !strcmp(e.text, cases[i].says));
	}
}

/* From the smallest to the largest, and by each unit. */
static void memory(void)
{
	static const struct {
		const char *text;
		uint64_t want; /* 0: none */
	} cases[] = { { "4096", 4096 }, { "4097", 0 }, { "8191", 0 }, { "4K", 4096 }, { "2K", 0 },
		{ "1K", 0 }, { "1M", 1 << 20 }, { "3G", UINT64_C(3) << 30 },
		{ "16384G", UINT64_C(1) << 44 }, { "16385G", 0 },
		{ "16777216M", UINT64_C(1) << 44 }, { "16777217M", 0 },
		{ "17179869184K", UINT64_C(1) << 44 }, { "17592186044416", UINT64_C(1) << 44 },
		{ "17592186048512", 0 }, { "", 0 }, { "K", 0 }, { "0K", 0 }, { "1k", 0 },
		{ "1GG", 0 } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct platform_shape s = { .kind = PLATFORM_TDX };

		CHECK(set(&s, "memory", cases[i].text) == (cases[i].want != 0));
		CHECK(s.memory == cases[i].want);
	}
	CHECK(!platform_shape_set(&(struct platform_shape){ .kind = PLATFORM_TDX }, STR("memory"),
		str_make("4096\0", 5), &(struct err){ 0 }));
}

/* All three, whichever comes last. */
static void acpi_is_whole(void)
{
	static const char *const keys[] = { "acpi-loader", "acpi-rsdp", "acpi-tables" };

	for (size_t last = 0; last < 3; last++) {
		struct platform_shape s = { .kind = PLATFORM_TDX };

		for (size_t i = 1; i < 3; i++)
			CHECK(set(&s, keys[(last + i) % 3], D48) && !s.has_acpi);
		CHECK(set(&s, keys[last], D48) && s.has_acpi);
	}
}

/* A row counts for its QEMU, processors and memory; a later row, or one behind the last, never. */
static void rows_of_acpi(void)
{
	const struct platform_acpi rows[] = {
		{ { 10, 2 }, 2, 4096, { { DIGEST_SHA384, { 1 } } } },
		{ { 10, 2 }, 3, 4096, { { DIGEST_SHA384, { 2 } } } },
		{ { 10, 2 }, 3, 4096, { { DIGEST_SHA384, { 3 } } } },
		{ { 10, 2 }, 4, 4096, { { DIGEST_SHA384, { 4 } } } }, /* not of it */
	};
	const struct platform_shape asked = { .kind = PLATFORM_TDX,
		.qemu = { 10, 2 },
		.vcpus = 3,
		.memory = 4096,
		.known_acpi = rows,
		.n_known_acpi = 3 };
	struct platform_shape s = asked;

	platform_shape_find_acpi(&s);
	CHECK(s.has_acpi && s.acpi[0].bytes[0] == 2);
	s = asked;
	s.vcpus = 2;
	platform_shape_find_acpi(&s);
	CHECK(s.has_acpi && s.acpi[0].bytes[0] == 1);
	for (int i = 0; i < 4; i++) {
		s = asked;
		s.vcpus += i == 0;
		s.memory += i == 1;
		s.qemu.major += i == 2;
		s.qemu.minor += i == 3;
		platform_shape_find_acpi(&s);
		CHECK(!s.has_acpi);
	}
	s = asked;
	s.has_acpi = true; /* as it was set */
	platform_shape_find_acpi(&s);
	CHECK(s.acpi[0].bytes[0] == 0);
}

int main(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);

	takes(a);
	every_setting(a);
	without_settings(a);
	which_settings_there_are();
	what_is_said();
	memory();
	acpi_is_whole();
	rows_of_acpi();
	goes_round(a);
	refuses_settings();
	refuses_files(a);
	register_names();
	register_values(a);
	return test_end();
}
