/*
 * The shape of a TD word by word, over firmware and a UKI made here. Values are those of measure/tdx_shape.h for inputs
 * written down by hand; test/unit/tdx_shape.c holds those against a second way to them.
 */
#include "appraise/shape_tdx.h"

#include "../tdx_made.h"
#include "measure/tdx_shape.h"
#include "shape_check.h"
#include "starved.h"
#include "uki_made.h"

#define GIB ((uint64_t)1 << 30)
#define UNKNOWN "measured, but this shape has no value for the register"
#define HOSTS "the host makes them, and the kernel runs their code"
#define NO_ROOT "no dm-verity root hash is known to stand in a measured command line"
#define ROOT "its dm-verity root hash stands in the command line"

enum { IMAGE_MAX = 1 << 20, ARENA = 64 << 20, HEX = 2 * DIGEST_MAX + 1 };

static const uint8_t root_hash[SHA256_SIZE] = { 0xab, 0xcd };
static struct tpm_origins origins;

static struct buf firmware, kernel, uki, gpt;
static struct digest acpi[PLATFORM_ACPI_FILES];
static char command_line[200];
static struct arena *a;

static struct buf made_uki(const char *magic)
{
	const struct uki_made_parts parts = { .magic = magic,
		.osrel = UKI_MADE_OSREL,
		.command_line = command_line,
		.initrd = SPAN_OF(uki_made_initrd),
		.kernel = buf_span(&kernel) };

	return uki_made(&parts);
}

static struct platform_shape direct(void)
{
	struct platform_shape p = { .name = STR("small"),
		.base = STR("qemu-tdx"),
		.kind = PLATFORM_TDX,
		.boot = PLATFORM_BOOT_DIRECT,
		.vcpus = 2,
		.memory = 4 * GIB,
		.qemu = { 8, 2 },
		.qemu_text = STR("8.2"),
		.secure_boot = TPM_SECURE_BOOT_OFF,
		.separator = TDX_SEPARATOR_RTMR1,
		.release_text = STR("2025.02"),
		.has_acpi = true };

	memcpy(p.acpi, acpi, sizeof acpi);
	return p;
}

static struct platform_shape disk(void)
{
	struct platform_shape p = direct();

	p.boot = PLATFORM_BOOT_DISK;
	return p;
}

static struct shape_files files(void)
{
	return (struct shape_files){ .uki = buf_span(&uki),
		.gpt = buf_span(&gpt),
		.root_hash = SPAN_OF(root_hash),
		.firmware = buf_span(&firmware),
		.origins = origins };
}

/* What a direct boot is to measure/tdx_shape.h. */
static struct tdx_shape_in direct_in(void)
{
	return (struct tdx_shape_in){ .firmware = buf_span(&firmware),
		.passes = TDX_SINGLE_PASS,
		.memory = 4 * GIB,
		.qemu = { 8, 2 },
		.separator = TDX_SEPARATOR_RTMR1,
		.variables = { .secure_boot = TPM_SECURE_BOOT_OFF },
		.acpi = { .digests = acpi },
		.kernel = buf_span(&kernel),
		.initrd = SPAN_OF(uki_made_initrd),
		.command_line = str_of(command_line),
		.origins = origins };
}

static struct tdx_shape_in disk_in(void)
{
	struct tdx_shape_in in = direct_in();

	in.kernel = in.initrd = span_make(NULL, 0);
	in.command_line = STR("");
	in.uki = buf_span(&uki);
	in.gpt = buf_span(&gpt);
	return in;
}

static void has_register(
	const struct reference_register *r, unsigned reg, const struct tdx_value *v)
{
	static const struct digest none;

	CHECK(r->reg == reg && r->reason.n && str_equal(r->reason, v->reason));
	CHECK(r->how == (v->computed ? REFERENCE_COMPUTED : REFERENCE_NOT_PREDICTABLE));
	CHECK(!memcmp(&r->values[0], v->computed ? &v->value : &none, sizeof none));
}

static void has_event(const struct event *got, const struct event *want)
{
	CHECK(got->reg == want->reg + 1 && got->type == want->type);
	CHECK(str_equal(got->what, want->what) && str_equal(got->rule, want->rule));
	CHECK(str_equal(got->origin, want->origin) && str_equal(got->text, want->text));
	CHECK(!memcmp(got->digests, want->digests, sizeof got->digests));
}

/* Registers and events as they are made for these inputs, MRTD before RTMR 0 to 3. */
static void has_values(const struct reference_shape *s, const struct tdx_shape_in *in)
{
	struct tdx_shape want;
	struct err e;

	CHECK_OK(tdx_shape(&want, in, a, &e), e);
	CHECK(s->n_banks == 1 && s->banks[0] == DIGEST_SHA384);
	CHECK(s->n_registers == 5);
	has_register(&s->registers[0], 0, &want.mrtd);
	for (unsigned i = 0; i < 4; i++)
		has_register(&s->registers[1 + i], 1 + i, &want.rtmrs[i]);
	CHECK(s->events.n == 1 + want.events.n && s->events.n_banks == 1);
	for (size_t i = 0; i < want.events.n && 1 + i < s->events.n; i++)
		has_event(&s->events.items[1 + i], &want.events.items[i]);
	CHECK(s->events.items[0].reg == 0 && !s->events.items[0].type);
	shape_word(s->events.items[0].what, "firmware");
	shape_word(s->events.items[0].rule, "Intel TDX module, TDH.MEM.PAGE.ADD and TDH.MR.EXTEND");
	shape_word(s->events.items[0].origin, "firmware");
	shape_word(s->events.items[0].text, "");
	CHECK(digest_equal(&s->events.items[0].digests[0], &want.mrtd.value));
}

static void computed(const struct reference_shape *s, unsigned registers)
{
	for (size_t i = 0; i < s->n_registers; i++)
		CHECK((s->registers[i].how == REFERENCE_COMPUTED) == (registers >> i & 1));
}

static void direct_has_inputs(const struct reference_shape *s)
{
	char hex[7][HEX];
	const char *const want[][2] = {
		{ "shape", "qemu-tdx" },
		{ "boot", "direct" },
		{ "vcpus", "2" },
		{ "memory", "4294967296" },
		{ "qemu", "8.2" },
		{ "firmware-release", "2025.02" },
		{ "secure-boot", "off" },
		{ "passes", "single" },
		{ "acpi-loader", shape_hex(hex[0], DIGEST_SHA384, SPAN_OF("l")) },
		{ "acpi-rsdp", shape_hex(hex[1], DIGEST_SHA384, SPAN_OF("r")) },
		{ "acpi-tables", shape_hex(hex[2], DIGEST_SHA384, SPAN_OF("t")) },
		{ "firmware", shape_hex(hex[3], DIGEST_SHA256, buf_span(&firmware)) },
		{ "kernel", shape_hex(hex[4], DIGEST_SHA256, buf_span(&kernel)) },
		{ "initrd", shape_hex(hex[5], DIGEST_SHA256, SPAN_OF(uki_made_initrd)) },
		{ "command-line",
			shape_hex(hex[6], DIGEST_SHA256, str_span(str_of(command_line))) },
	};

	shape_has_inputs(s, want, ARRAY_LEN(want));
}

static void direct_boot(void)
{
	static const char *const coverage[][3] = {
		{ "firmware", "MRTD", "" },
		{ "firmware variables", "RTMR 0", "" },
		{ "ACPI tables", "RTMR 0", "as made by QEMU under emulation" },
		{ "partition table", "", "the disk is not booted from" },
		{ "kernel", "RTMR 1", "" },
		{ "initrd", "RTMR 2", "" },
		{ "command line", "RTMR 2", "" },
		{ "root file system", "RTMR 2", ROOT },
	};
	struct platform_shape p = direct();
	struct tdx_shape_in in = direct_in();
	struct shape_files f = files();
	struct reference_shape s;
	struct err e;

	CHECK_OK(shape_tdx(&s, &p, &f, a, &e), e);
	shape_word(s.name, "small");
	shape_word(s.platform, "tdx");
	has_values(&s, &in);
	computed(&s, 0x1f);
	direct_has_inputs(&s);
	shape_has_coverage(&s, coverage, ARRAY_LEN(coverage));
	CHECK(!s.firmware_only && !s.n_rules);
}

/* Each setting goes where it belongs. */
static void settings(void)
{
	struct platform_shape p = direct();
	struct tdx_shape_in in = direct_in();
	struct shape_files f = files();
	struct reference_shape s;
	struct err e;

	p.two_pass = true;
	in.passes = TDX_TWO_PASS;
	CHECK_OK(shape_tdx(&s, &p, &f, a, &e), e);
	has_values(&s, &in);
	shape_word(s.inputs[7].value, "two");
	p.memory = in.memory = 2 * GIB;
	p.qemu.major = in.qemu.major = 9;
	p.secure_boot = in.variables.secure_boot = TPM_SECURE_BOOT_ABSENT;
	p.separator = in.separator = TDX_SEPARATOR_RTMR0;
	CHECK_OK(shape_tdx(&s, &p, &f, a, &e), e);
	has_values(&s, &in);
	shape_word(s.inputs[6].value, "absent");
}

static void disk_boot(void)
{
	static const char *const coverage[][3] = {
		{ "firmware", "MRTD", "" },
		{ "firmware variables", "", UNKNOWN },
		{ "ACPI tables", "", HOSTS },
		{ "partition table", "RTMR 1", "" },
		{ "kernel", "RTMR 1", "" },
		{ "initrd", "RTMR 2", "" },
		{ "command line", "RTMR 2", "" },
		{ "root file system", "RTMR 2", ROOT },
	};
	struct platform_shape p = disk();
	struct tdx_shape_in in = disk_in();
	struct shape_files f = files();
	struct reference_shape s;
	struct err e;

	CHECK_OK(shape_tdx(&s, &p, &f, a, &e), e);
	has_values(&s, &in);
	computed(&s, 0x1d);
	CHECK(s.n_inputs == 15);
	shape_word(s.inputs[1].value, "disk");
	shape_has_coverage(&s, coverage, ARRAY_LEN(coverage));
	CHECK(!s.firmware_only);
}

/* Without ACPI files RTMR 0 has no value; without the firmware's release RTMR 0 and 1 have none. */
static void registers_without_values(void)
{
	static const char *const coverage[][3] = {
		{ "firmware", "MRTD", "" },
		{ "firmware variables", "", UNKNOWN },
		{ "ACPI tables", "", HOSTS },
		{ "partition table", "", "the disk is not booted from" },
		{ "kernel", "", UNKNOWN },
		{ "initrd", "RTMR 2", "" },
		{ "command line", "RTMR 2", "" },
		{ "root file system", "RTMR 2", ROOT },
	};
	struct platform_shape p = direct();
	struct shape_files f = files();
	struct reference_shape s;
	struct err e;

	p.has_acpi = false;
	CHECK_OK(shape_tdx(&s, &p, &f, a, &e), e);
	computed(&s, 0x1d);
	CHECK(s.n_inputs == 12 && !s.firmware_only);
	shape_word(s.coverage[1].by, "");
	shape_word(s.coverage[4].by, "RTMR 1");
	p = direct();
	p.separator = TDX_SEPARATOR_UNKNOWN;
	CHECK_OK(shape_tdx(&s, &p, &f, a, &e), e);
	computed(&s, 0x19);
	shape_has_coverage(&s, coverage, ARRAY_LEN(coverage));
	CHECK(s.firmware_only); /* nothing covers the kernel */
}

/* A stub whose RTMR 2 nobody can tell: neither initrd nor command line are covered, nor the root that it names. */
static void a_stub_without_rules(void)
{
	static const char *const coverage[][3] = {
		{ "firmware", "MRTD", "" },
		{ "firmware variables", "", UNKNOWN },
		{ "ACPI tables", "", HOSTS },
		{ "partition table", "RTMR 1", "" },
		{ "kernel", "RTMR 1", "" },
		{ "initrd", "", UNKNOWN },
		{ "command line", "", UNKNOWN },
		{ "root file system", "", NO_ROOT },
	};
	CLEANUP(buf_done) struct buf other = made_uki("#### LoaderInfo: systemd-stub 258.1-1 ####");
	struct platform_shape p = disk();
	struct shape_files f = files();
	struct reference_shape s;
	struct err e;

	f.uki = buf_span(&other);
	CHECK_OK(shape_tdx(&s, &p, &f, a, &e), e);
	computed(&s, 0x15);
	shape_has_coverage(&s, coverage, ARRAY_LEN(coverage));
	CHECK(s.firmware_only);
}

/* The partition table's register has no value either where that of the kernel has none. */
static void a_disk_under_firmware_without_rules(void)
{
	struct platform_shape p = disk();
	struct shape_files f = files();
	struct reference_shape s;
	struct err e;

	p.separator = TDX_SEPARATOR_UNKNOWN;
	CHECK_OK(shape_tdx(&s, &p, &f, a, &e), e);
	computed(&s, 0x19);
	shape_word(s.coverage[3].layer, "partition table");
	shape_word(s.coverage[3].by, "");
	shape_word(s.coverage[3].note, UNKNOWN);
	shape_word(s.coverage[4].by, "");
	CHECK(s.firmware_only);
}

static void a_root_that_nothing_covers(void)
{
	uint8_t other[SHA256_SIZE] = { 0xab, 0xcd, 1 };
	struct platform_shape p = direct();
	struct shape_files f = files();
	struct reference_shape s;
	struct err e;

	f.root_hash = SPAN_OF(other);
	CHECK_OK(shape_tdx(&s, &p, &f, a, &e), e);
	computed(&s, 0x1f);
	shape_word(s.coverage[6].by, "RTMR 2");
	shape_word(s.coverage[7].by, "");
	shape_word(s.coverage[7].note, NO_ROOT);
	CHECK(s.firmware_only);
}

static void refused(
	struct platform_shape p, struct shape_files f, enum err_kind kind, const char *says)
{
	shape_refused(&(struct shape_asked){ shape_tdx, p, f }, kind, says, a);
}

static void refuses(void)
{
	struct shape_files f = files();
	struct platform_shape p = direct();

	f.firmware = buf_span(&kernel);
	refused(p, f, ERR_NOTFOUND, "firmware");
	f = files();
	f.uki = buf_span(&firmware);
	refused(p, f, ERR_FORMAT, "UKI");
	f = files();
	f.gpt = SPAN_OF(root_hash);
	refused(disk(), f, ERR_FORMAT, "GPT header");
	p.memory = 4 * GIB + 1;
	refused(p, files(), ERR_USAGE, "memory");
}

int main(void)
{
	char hash[2 * SHA256_SIZE + 1];
	struct shape_asked whole_shape;

	a = arena_new(ARENA);
	origins = (struct tpm_origins){ .kernel = STR("vmlinuz"), .initrd = STR("ramdisk") };
	hex_write(hash, root_hash, sizeof root_hash);
	snprintf(command_line, sizeof command_line, "quiet verity=1,%s,x", hash);
	firmware = buf_init(IMAGE_MAX);
	tdx_made(&firmware, tdx_made_ovmf, TDX_MADE_OVMF);
	kernel = uki_made_bzimage();
	gpt = uki_made_gpt();
	uki = made_uki("#### LoaderInfo: systemd-stub 257.9-1~deb13u1 ####");
	acpi[PLATFORM_ACPI_LOADER] = digest_of(DIGEST_SHA384, SPAN_OF("l"));
	acpi[PLATFORM_ACPI_RSDP] = digest_of(DIGEST_SHA384, SPAN_OF("r"));
	acpi[PLATFORM_ACPI_TABLES] = digest_of(DIGEST_SHA384, SPAN_OF("t"));
	direct_boot();
	settings();
	disk_boot();
	registers_without_values();
	a_stub_without_rules();
	a_disk_under_firmware_without_rules();
	a_root_that_nothing_covers();
	refuses();
	whole_shape = (struct shape_asked){ shape_tdx, direct(), files() };
	starved(shape_told, &whole_shape);
	buf_done(&firmware);
	buf_done(&kernel);
	buf_done(&uki);
	buf_done(&gpt);
	arena_free(a);
	return test_end();
}
