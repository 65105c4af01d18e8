/*
 * The registers of a TD against a second implementation: the data of each event written down by hand, hashed and folded
 * here. What is not known is not predictable, alone.
 */
#include "measure/tdx_shape.h"

#include "../tdx_made.h"
#include "base/hex.h"
#include "measure/tdx_hob.h"
#include "test.h"
#include "uki_made.h"

#define GIB ((uint64_t)1 << 30)

enum { IMAGE_MAX = 1 << 20, ARENA = 8 << 20 };

static struct buf firmware, kernel_file, uki_file, gpt;
static uint8_t loader[4096], rsdp[20], tables[131072];

/* A register, extended by hand. */
struct fold {
	uint8_t value[48];
};

static void extend(struct fold *f, const struct digest *d)
{
	uint8_t both[96];
	struct digest r;

	memcpy(both, f->value, 48);
	memcpy(both + 48, d->bytes, 48);
	r = digest_of(DIGEST_SHA384, SPAN_OF(both));
	memcpy(f->value, r.bytes, 48);
}

static void extend_data(struct fold *f, struct span data)
{
	struct digest d = digest_of(DIGEST_SHA384, data);

	extend(f, &d);
}

static void extend_text(struct fold *f, const char *s)
{
	extend_data(f, str_span(str_of(s)));
}

static void extend_hex(struct fold *f, const char *hex)
{
	struct digest d = { .alg = DIGEST_SHA384 };

	CHECK(hex_read(str_of(hex), d.bytes, 48));
	extend(f, &d);
}

static void extend_utf16(struct fold *f, const char *s)
{
	struct buf b CLEANUP(buf_done) = buf_init(IMAGE_MAX);

	for (; *s; s++) {
		buf_u8(&b, (uint8_t)*s);
		buf_u8(&b, 0);
	}
	buf_fill(&b, 0, 2);
	extend_data(f, buf_span(&b));
}

static void extend_pe(struct fold *f, struct span file)
{
	struct digest d;
	struct err e;

	CHECK_OK(pe_authenticode(&d, file, DIGEST_SHA384, &e), e);
	extend(f, &d);
}

static void is(const struct tdx_value *v, const struct fold *f)
{
	CHECK(v->computed && v->value.alg == DIGEST_SHA384);
	CHECK(memcmp(v->value.bytes, f->value, 48) == 0);
}

static void is_not(const struct tdx_value *v, const char *because)
{
	static const uint8_t zero[DIGEST_MAX];

	CHECK(!v->computed && memcmp(v->value.bytes, zero, sizeof zero) == 0);
	if (!v->reason.n || !memmem(v->reason.p, v->reason.n, because, strlen(because)))
		fprintf(stderr, "'%.*s' does not say '%s'\n", STR_ARG(v->reason), because);
	CHECK(v->reason.n && memmem(v->reason.p, v->reason.n, because, strlen(because)));
}

static struct tdx_shape_in direct(void)
{
	return (struct tdx_shape_in){
		.firmware = buf_span(&firmware),
		.memory = 4 * GIB,
		.qemu = { 8, 2 },
		.separator = TDX_SEPARATOR_RTMR1,
		.variables = { .secure_boot = TPM_SECURE_BOOT_ABSENT },
		.acpi = { .loader = SPAN_OF(loader),
			.rsdp = SPAN_OF(rsdp),
			.tables = SPAN_OF(tables) },
		.kernel = buf_span(&kernel_file),
		.initrd = SPAN_OF(uki_made_initrd),
		.command_line = STR("console=ttyS0 quiet"),
	};
}

static struct tdx_shape_in disk(void)
{
	struct tdx_shape_in in = direct();

	in.kernel = in.initrd = span_make(NULL, 0);
	in.command_line = STR("");
	in.uki = buf_span(&uki_file);
	in.gpt = buf_span(&gpt);
	return in;
}

/* Digests of the five variables where Secure Boot is absent, and of its off: known from logs of real machines. */
#define ABSENT                                             \
	"9dc3a1f80bcec915391dcda5ffbb15e7419f77eab462bbf7" \
	"2b42166fb70d50325e37b36f93537a863769bcf9bedae6fb"
#define OFF                                                \
	"cfa4e2c606f572627bf06d5669cc2ab1128358d27b45bc63" \
	"ee9ea56ec109cfafb7194006f847a6a74b5eaed6b73332ec"
static const char *const keys[] = { "6f2e3cbc14f9def86980f5f66fd85e99d63e69a73014ed8a"
				    "5633ce56eca5b64b692108c56110e22acadcef58c3250f1b",
	"d607c0efb41c0d757d69bca0615c3a9ac0b1db06c557d992"
	"e906c6b7dee40e0e031640c7bfd7bcd35844ef9edeadc6f9",
	"08a74f8963b337acb6c93682f934496373679dd26af1089c"
	"b4eaf0c30cf260a12e814856385ab8843e56a9acea19e127",
	"18cc6e01f0c6ea99aa23f8a280423e94ad81d96d0aeb5180"
	"504fc0f7a40cb3619dd39bd6a95ec1680a86ed6ab0f9828d" };

static void fold_firmware(struct fold *f, const char *secure_boot)
{
	static const uint8_t zero[4] = { 0 };
	struct buf hob CLEANUP(buf_done) = buf_init(TDX_HOB_MEASURED_MAX);
	struct tdx_metadata m;
	struct err e;

	CHECK_OK(tdx_metadata_parse(&m, buf_span(&firmware), &e), e);
	CHECK_OK(tdx_hob(&hob, &m, 4 * GIB, &e), e);
	extend_data(f, buf_span(&hob));
	extend_data(f, span_make(firmware.p, 0x4000));
	extend_hex(f, secure_boot);
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		extend_hex(f, keys[i]);
	extend_data(f, SPAN_OF(zero));
	extend_data(f, SPAN_OF(loader));
	extend_data(f, SPAN_OF(rsdp));
	extend_data(f, SPAN_OF(tables));
}

static void fold_menu(struct fold *f)
{
	extend_data(f, span_make("\0", 2));
	/* Of the load option that every OVMF without disks logs. */
	extend_hex(f, "23ada07f5261f12f34a0bd8e46760962d6b4d576a416f1fe"
		      "a1c64bc656b1d28eacf7047ae6e967c58fd2a98bfa74c298");
}

static void fold_exit(struct fold *f)
{
	extend_text(f, "Exit Boot Services Invocation");
	extend_text(f, "Exit Boot Services Returned with Success");
}

static void fold_kernel(struct fold *f, struct span kernel)
{
	static const uint8_t zero[4] = { 0 };

	extend_pe(f, kernel);
	extend_text(f, "Calling EFI Application from Boot Option");
	extend_data(f, SPAN_OF(zero));
	fold_exit(f);
}

static void direct_boot(struct arena *a)
{
	struct fold r0 = { { 0 } }, r1 = { { 0 } }, r2 = { { 0 } }, zero = { { 0 } };
	struct tdx_shape_in in = direct();
	struct tdx_shape s;
	struct span patched;
	struct err e;

	CHECK_OK(tdx_shape(&s, &in, a, &e), e);
	fold_firmware(&r0, ABSENT);
	fold_menu(&r0);
	is(&s.rtmrs[0], &r0);
	CHECK_OK(linux_setup_patch(
			 &patched, in.kernel, in.initrd.n, in.memory, in.command_line, a, &e),
		e);
	fold_kernel(&r1, patched);
	is(&s.rtmrs[1], &r1);
	CHECK(s.patched);
	extend_utf16(&r2, "console=ttyS0 quiet initrd=initrd");
	extend_data(&r2, SPAN_OF(uki_made_initrd));
	is(&s.rtmrs[2], &r2);
	is(&s.rtmrs[3], &zero);
	CHECK(s.events.n == 13 + 5 + 2);
}

/* QEMU 10.2 leaves the kernel alone; then memory does not matter for it. Without initrd nothing is appended. */
static void later_qemu(struct arena *a)
{
	struct fold r0 = { { 0 } }, r1 = { { 0 } }, r2 = { { 0 } };
	struct tdx_shape_in in = direct();
	struct tdx_shape s;
	struct err e;

	in.qemu = (struct linux_setup_qemu){ 10, 2 };
	in.initrd = span_make(NULL, 0);
	in.variables.secure_boot = TPM_SECURE_BOOT_OFF;
	CHECK_OK(tdx_shape(&s, &in, a, &e), e);
	fold_firmware(&r0, OFF);
	fold_menu(&r0);
	is(&s.rtmrs[0], &r0);
	fold_kernel(&r1, in.kernel);
	is(&s.rtmrs[1], &r1);
	extend_utf16(&r2, "console=ttyS0 quiet");
	is(&s.rtmrs[2], &r2);
	CHECK(!s.patched);
	in.memory = 0;
	CHECK_OK(tdx_shape(&s, &in, a, &e), e);
	is_not(&s.rtmrs[0], "memory");
	is(&s.rtmrs[1], &r1);
}

/* Releases before the correction: the separator moves, whatever else is known. */
static void older_firmware(struct arena *a)
{
	static const uint8_t zero[4] = { 0 };
	struct fold r0 = { { 0 } }, r1 = { { 0 } };
	struct tdx_shape_in in = direct();
	struct tdx_shape s;
	struct err e;

	in.separator = TDX_SEPARATOR_RTMR0;
	in.qemu = (struct linux_setup_qemu){ 10, 2 };
	CHECK_OK(tdx_shape(&s, &in, a, &e), e);
	fold_firmware(&r0, ABSENT);
	fold_menu(&r0);
	extend_data(&r0, SPAN_OF(zero));
	is(&s.rtmrs[0], &r0);
	extend_pe(&r1, in.kernel);
	extend_text(&r1, "Calling EFI Application from Boot Option");
	fold_exit(&r1);
	is(&s.rtmrs[1], &r1);
	in.qemu.major = 0;
	CHECK_OK(tdx_shape(&s, &in, a, &e), e);
	is(&s.rtmrs[0], &r0);
}

static void releases(void)
{
	static const struct {
		const char *version;
		enum tdx_separator want;
	} good[] = { { "2025.02-8+deb13u1", TDX_SEPARATOR_RTMR1 },
		{ "2024.11", TDX_SEPARATOR_RTMR1 }, { "2026.08+ds-2", TDX_SEPARATOR_RTMR1 },
		{ "2024.08", TDX_SEPARATOR_UNKNOWN }, { "2024.05-1", TDX_SEPARATOR_RTMR0 },
		{ "2024.02-3+tdx1.0", TDX_SEPARATOR_RTMR0 }, { "2023.11", TDX_SEPARATOR_UNKNOWN },
		{ "2022.11-6+deb12u2", TDX_SEPARATOR_UNKNOWN } };
	static const char *const bad[] = { "", "2025", "2025.2", "2025.021", "v2025.02",
		"2025-02" };
	enum tdx_separator s;
	struct err e;

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		CHECK_OK(tdx_release_separator(&s, str_of(good[i].version), &e), e);
		CHECK(s == good[i].want);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK_ERR(tdx_release_separator(&s, str_of(bad[i]), &e), e, ERR_FORMAT);
}

static void disk_boot(struct arena *a)
{
	static const uint8_t zero[4] = { 0 }, order[4] = { 1, 0, 0, 0 }, option[9] = { 1 };
	const struct span variables[] = { SPAN_OF(order), SPAN_OF(option) };
	struct fold r0 = { { 0 } }, r1 = { { 0 } }, r2 = { { 0 } };
	struct tdx_shape_in in = disk();
	struct tdx_shape s;
	struct err e;

	CHECK_OK(tdx_shape(&s, &in, a, &e), e);
	is_not(&s.rtmrs[0], "boot variables");
	extend_text(&r1, "Calling EFI Application from Boot Option");
	extend_data(&r1, SPAN_OF(zero));
	extend_data(&r1, buf_span(&gpt));
	extend_pe(&r1, buf_span(&uki_file));
	extend_pe(&r1, buf_span(&kernel_file));
	fold_exit(&r1);
	is(&s.rtmrs[1], &r1);
	extend_data(&r2, span_make(".linux", 7));
	extend_data(&r2, buf_span(&kernel_file));
	extend_data(&r2, span_make(".osrel", 7));
	extend_text(&r2, UKI_MADE_OSREL);
	extend_data(&r2, span_make(".cmdline", 9));
	extend_text(&r2, UKI_MADE_COMMAND_LINE);
	extend_data(&r2, span_make(".initrd", 8));
	extend_data(&r2, SPAN_OF(uki_made_initrd));
	extend_data(&r2, span_make(".sbat", 6));
	extend_data(&r2, SPAN_OF(uki_made_sbat));
	extend_utf16(&r2, UKI_MADE_COMMAND_LINE);
	extend(&r2, &s.events.items[s.events.n - 3].digests[0]);
	is(&s.rtmrs[2], &r2);
	CHECK(str_is(s.events.items[s.events.n - 3].what, "initrd as handed to the kernel"));
	in.boot_variables = variables;
	in.n_boot_variables = 2;
	CHECK_OK(tdx_shape(&s, &in, a, &e), e);
	fold_firmware(&r0, ABSENT);
	extend_data(&r0, SPAN_OF(order));
	extend_data(&r0, SPAN_OF(option));
	is(&s.rtmrs[0], &r0);
}

static struct buf uki_of(const char *magic, struct span kernel)
{
	const struct uki_made_parts parts = { .magic = magic,
		.osrel = UKI_MADE_OSREL,
		.command_line = UKI_MADE_COMMAND_LINE,
		.initrd = SPAN_OF(uki_made_initrd),
		.kernel = kernel };

	return uki_made(&parts);
}

/* Old and new stubs and an old kernel: RTMR 2 only. */
static void versions_decide(struct arena *a)
{
	struct buf old_stub CLEANUP(buf_done) = uki_of(
		"#### LoaderInfo: systemd-stub 255.4-1 ####", buf_span(&kernel_file));
	struct buf new_stub CLEANUP(buf_done) = uki_of(
		"#### LoaderInfo: systemd-stub 258.1-1 ####", buf_span(&kernel_file));
	struct buf old_kernel CLEANUP(buf_done) = uki_made_kernel("6.8.12-amd64");
	struct tdx_shape_in in = disk();
	struct tdx_shape s;
	struct err e;

	put_u16le(old_kernel.p + 0x206, 0x20f);
	old_kernel.p[0x211] = 1;
	old_kernel.p[0x236] = 2;
	in.uki = buf_span(&old_stub);
	CHECK_OK(tdx_shape(&s, &in, a, &e), e);
	is_not(&s.rtmrs[2], "before 256");
	CHECK(s.rtmrs[1].computed);
	for (size_t i = 0; i < s.events.n; i++)
		CHECK(s.events.items[i].reg == 1);
	in.stubs_measure = true;
	CHECK_OK(tdx_shape(&s, &in, a, &e), e);
	CHECK(s.rtmrs[2].computed);
	in.uki = buf_span(&new_stub);
	CHECK_OK(tdx_shape(&s, &in, a, &e), e);
	is_not(&s.rtmrs[2], "258");
	in = direct();
	in.kernel = buf_span(&old_kernel);
	CHECK_OK(tdx_shape(&s, &in, a, &e), e);
	is_not(&s.rtmrs[2], "Linux 6.8.12-amd64");
	CHECK(s.rtmrs[1].computed);
	in.stubs_measure = true;
	CHECK_OK(tdx_shape(&s, &in, a, &e), e);
	CHECK(s.rtmrs[2].computed);
}

static void lacks(struct tdx_shape_in in, struct arena *a, unsigned rtmr, const char *because)
{
	struct tdx_shape all, s;
	struct tdx_shape_in whole = direct();
	struct err e;

	CHECK_OK(tdx_shape(&all, &whole, a, &e), e);
	CHECK_OK(tdx_shape(&s, &in, a, &e), e);
	is_not(&s.rtmrs[rtmr], because);
	CHECK(s.mrtd.computed && digest_equal(&s.mrtd.value, &all.mrtd.value));
	for (unsigned i = 0; i < TDX_RTMRS; i++)
		CHECK(i == rtmr || !s.rtmrs[i].computed ||
			digest_equal(&s.rtmrs[i].value, &all.rtmrs[i].value));
}

static void what_is_missing_is_said(struct arena *a)
{
	struct tdx_shape_in in = direct();
	struct tdx_shape s;
	struct err e;

	in.memory = 0;
	lacks(in, a, 0, "memory is not given");
	lacks(in, a, 1, "memory is not given");
	in = direct();
	in.qemu.major = 0;
	lacks(in, a, 1, "QEMU's version is not given");
	in = direct();
	in.separator = TDX_SEPARATOR_UNKNOWN;
	lacks(in, a, 0, "release");
	lacks(in, a, 1, "release");
	in = direct();
	in.variables.secure_boot = TPM_SECURE_BOOT_UNKNOWN;
	lacks(in, a, 0, "SecureBoot");
	in = direct();
	in.acpi.rsdp = span_make(NULL, 0);
	lacks(in, a, 0, "ACPI");
	in = direct();
	in.kernel = span_make(NULL, 0);
	lacks(in, a, 0, "what boots");
	lacks(in, a, 1, "what boots");
	lacks(in, a, 2, "what boots");
	in = direct();
	in.command_line = STR("");
	in.initrd = span_make(NULL, 0);
	CHECK_OK(tdx_shape(&s, &in, a, &e), e);
	is_not(&s.rtmrs[2], "without command line and initrd");
}

static void applications(struct arena *a)
{
	struct digest d[] = { digest_of(DIGEST_SHA384, SPAN_OF("one")),
		digest_of(DIGEST_SHA384, SPAN_OF("two")) };
	struct tdx_shape_in in = direct();
	struct fold r3 = { { 0 } };
	struct tdx_shape s;
	struct err e;

	in.applications = d;
	in.n_applications = 2;
	CHECK_OK(tdx_shape(&s, &in, a, &e), e);
	extend(&r3, &d[0]);
	extend(&r3, &d[1]);
	is(&s.rtmrs[3], &r3);
	d[1] = digest_of(DIGEST_SHA256, SPAN_OF("two"));
	CHECK_ERR(tdx_shape(&s, &in, a, &e), e, ERR_USAGE);
}

static void refuses(struct arena *a)
{
	struct tdx_shape_in in = direct();
	struct tdx_shape s;
	struct err e;

	in.uki = buf_span(&uki_file);
	CHECK_ERR(tdx_shape(&s, &in, a, &e), e, ERR_USAGE);
	in = direct();
	in.firmware = span_make(loader, sizeof loader);
	CHECK_ERR(tdx_shape(&s, &in, a, &e), e, ERR_NOTFOUND);
	in = direct();
	in.command_line = STR("caf\xc3\xa9");
	CHECK_ERR(tdx_shape(&s, &in, a, &e), e, ERR_FORMAT);
	in = direct();
	in.memory = 4 * GIB + 1;
	CHECK_ERR(tdx_shape(&s, &in, a, &e), e, ERR_USAGE);
	in = direct();
	in.kernel = SPAN_OF(tables);
	CHECK_ERR(tdx_shape(&s, &in, a, &e), e, ERR_FORMAT);
	in = disk();
	in.gpt = SPAN_OF(loader);
	CHECK_ERR(tdx_shape(&s, &in, a, &e), e, ERR_FORMAT);
}

int main(void)
{
	struct arena *a = arena_new(ARENA);

	firmware = buf_init(IMAGE_MAX);
	tdx_made(&firmware, tdx_made_ovmf, TDX_MADE_OVMF);
	kernel_file = uki_made_kernel(UKI_MADE_VERSION);
	put_u16le(kernel_file.p + 0x206, 0x20f);
	kernel_file.p[0x211] = 1;
	kernel_file.p[0x236] = 2;
	uki_file = uki_of(
		"#### LoaderInfo: systemd-stub 257.9-1~deb13u1 ####", buf_span(&kernel_file));
	gpt = uki_made_gpt();
	memset(loader, 1, sizeof loader);
	memset(rsdp, 2, sizeof rsdp);
	memset(tables, 3, sizeof tables);
	direct_boot(a);
	later_qemu(a);
	older_firmware(a);
	releases();
	disk_boot(a);
	versions_decide(a);
	what_is_missing_is_said(a);
	applications(a);
	refuses(a);
	buf_done(&firmware);
	buf_done(&kernel_file);
	buf_done(&uki_file);
	buf_done(&gpt);
	arena_free(a);
	return test_end();
}
