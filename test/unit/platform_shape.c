#include "appraise/platform_shape.h"

#include "test.h"

#define HEAD "format: assay.platform/1\nname: x\nplatform: "
#define RULES "rules: [{what: a, source: b, confirmed: \"no\"}]\n"
#define D48 \
	"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f"

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

int main(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);

	takes(a);
	goes_round(a);
	refuses_settings();
	refuses_files(a);
	register_names();
	register_values(a);
	return test_end();
}
