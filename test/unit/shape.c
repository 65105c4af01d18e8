/* What all shapes have in common: parts of a UKI, rows of inputs, and from a recorded shape back to its settings. */
#include "appraise/shape.h"

#include "appraise/shape_snp.h"
#include "appraise/shape_tdx.h"
#include "../ovmf_made.h"
#include "../tdx_made.h"
#include "shape_check.h"
#include "starved.h"
#include "uki_made.h"

enum { ARENA = 64 << 20, IMAGE_MAX = 1 << 20, HEX = 2 * DIGEST_MAX + 1 };

static const char *const magic = "#### LoaderInfo: systemd-stub 257.9 ####";
static const struct platform_rule rules[] = { { { "what", 4 }, { "source", 6 }, { "no", 2 } },
	{ { "else", 4 }, { "there", 5 }, { "no", 2 } } };
static struct arena *a;
static struct buf kernel, uki, gpt;

static struct buf made(const char *line, struct span initrd, struct span linux_section)
{
	const struct uki_made_parts parts = { .magic = magic,
		.osrel = UKI_MADE_OSREL,
		.command_line = line,
		.initrd = initrd,
		.kernel = linux_section };

	return uki_made(&parts);
}

static void says(const struct err *e, const char *want)
{
	if (strcmp(e->text, want) != 0)
		fprintf(stderr, "'%s', wanted '%s'\n", e->text, want);
	CHECK(!strcmp(e->text, want));
}

static void parts_of_a_uki(void)
{
	static const struct span none;
	CLEANUP(buf_done) struct buf no_initrd = made("quiet", none, buf_span(&kernel));
	CLEANUP(buf_done) struct buf no_kernel = made("quiet", SPAN_OF(uki_made_initrd), none);
	CLEANUP(buf_done)
	struct buf no_line = made(NULL, SPAN_OF(uki_made_initrd), buf_span(&kernel));
	struct shape_direct d;
	struct err e;

	CHECK_OK(shape_direct_of(&d, buf_span(&uki), &e), e);
	CHECK(span_equal(d.kernel, buf_span(&kernel)));
	CHECK(span_equal(d.initrd, SPAN_OF(uki_made_initrd)));
	CHECK(span_equal(d.command_line, str_span(STR(UKI_MADE_COMMAND_LINE))));
	CHECK_ERR(shape_direct_of(&d, buf_span(&no_kernel), &e), e, ERR_NOTFOUND);
	says(&e, "UKI: the UKI has no section .linux");
	CHECK_ERR(shape_direct_of(&d, buf_span(&no_line), &e), e, ERR_NOTFOUND);
	says(&e, "UKI: the UKI has no section .cmdline");
	CHECK_ERR(shape_direct_of(&d, span_make(uki.p, 40), &e), e, ERR_FORMAT);
	CHECK(!strncmp(e.text, "UKI: ", 5));
	CHECK(span_equal(d.kernel, buf_span(&kernel))); /* untouched */
	CHECK_OK(shape_direct_of(&d, buf_span(&no_initrd), &e), e);
	CHECK(!d.initrd.n && span_equal(d.kernel, buf_span(&kernel)));
}

/* A whole root hash of 32 to 64 bytes, in lower-case digits, anywhere in the line. */
static void roots(void)
{
	uint8_t hash[DIGEST_MAX + 1];
	char hex[2 * sizeof hash + 1], line[2 * sizeof hash + 20];

	for (size_t i = 0; i < sizeof hash; i++)
		hash[i] = (uint8_t)(0xa0 + i);
	hex_write(hex, hash, sizeof hash);
	for (size_t n = 1; n <= sizeof hash; n++) {
		bool fits = n >= 32 && n <= 64;
		size_t all = (size_t)snprintf(line, sizeof line, "a=%.*s,b", (int)(2 * n), hex);

		CHECK(shape_covers_root(span_make(line, all), span_make(hash, n)) == fits);
		CHECK(shape_covers_root(span_make(line + 2, 2 * n), span_make(hash, n)) == fits);
		CHECK(!shape_covers_root(span_make(line, 2 * n + 1), span_make(hash, n)));
		line[2] = 'A';
		CHECK(!shape_covers_root(span_make(line, all), span_make(hash, n)));
	}
	CHECK(!shape_covers_root(span_make("a", 1), span_make(NULL, 0)));
}

static void digests_as_inputs(void)
{
	CLEANUP(arena_freep) struct arena *small = arena_new(64);
	struct reference_input in;
	struct err e;

	CHECK_OK(shape_input_digest(&in, "x", span_make("abc", 3), a, &e), e);
	shape_word(in.name, "x");
	shape_word(in.value, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	CHECK_ERR(shape_input_digest(&in, "x", span_make("abc", 3), small, &e), e, ERR_LIMIT);
}

static const struct reference_input more[] = { { { "more", 4 }, { "1", 1 } },
	{ { "rest", 4 }, { "2", 1 } } };

static bool make_inputs(struct buf *told, const void *what, struct arena *in, struct err *e)
{
	struct reference_shape s = { .name = STR("s"), .platform = STR("snp") };

	if (!shape_inputs(&s, what, more, ARRAY_LEN(more), in, e))
		return false;
	shape_tell(told, &s);
	CHECK(s.n_inputs == 8);
	return true;
}

static void settings_as_inputs(void)
{
	static const char *const want[][2] = { { "shape", "base" }, { "boot", "disk" },
		{ "vmm", "ec2" }, { "vcpus", "3" }, { "vcpu-type", "EPYC" },
		{ "guest-features", "0x21" }, { "more", "1" }, { "rest", "2" } };
	const struct platform_shape p = { .name = STR("mine"),
		.base = STR("base"),
		.kind = PLATFORM_SNP,
		.vmm = STR("ec2"),
		.vcpus = 3,
		.vcpu_type = STR("EPYC"),
		.guest_features = 0x21 };
	struct reference_shape s = { 0 };
	struct err e;

	CHECK_OK(shape_inputs(&s, &p, NULL, 0, a, &e), e);
	shape_has_inputs(&s, want, ARRAY_LEN(want) - 2);
	CHECK_OK(shape_inputs(&s, &p, more, 2, a, &e), e);
	CHECK(arena_alloc(a, 64)); /* behind all rows */
	shape_has_inputs(&s, want, ARRAY_LEN(want));
	starved(make_inputs, &p);
}

/* What a prediction has recorded leads back to the shape that it was made for. */
static void recorded(void)
{
	const struct reference_input inputs[] = { { STR("kernel"), STR("00") },
		{ STR("shape"), STR("qemu-snp") }, { STR("vcpus"), STR("7") },
		{ STR("memory"), STR("4G") }, { STR("vmm"), STR("gce") },
		{ STR("vcpus"), STR("9") } }; /* the last is not of it */
	const struct reference_input bad[] = { { STR("vcpus"), STR("0") } };
	struct reference_shape r = { .name = STR("mine"), .inputs = inputs, .n_inputs = 5 };
	const struct platform_shape base = { .name = STR("qemu-snp"),
		.base = STR("qemu-snp"),
		.kind = PLATFORM_SNP,
		.vmm = STR("qemu"),
		.vcpus = 1,
		.guest_features = 5 };
	struct platform_shape p;
	struct err e;

	CHECK(str_is(shape_base_of(&r), "qemu-snp"));
	CHECK_OK(shape_settings_of(&p, &r, &base, &e), e);
	CHECK(str_is(p.name, "mine") && str_is(p.base, "qemu-snp") && p.kind == PLATFORM_SNP);
	CHECK(p.vcpus == 7 && str_is(p.vmm, "gce") && p.guest_features == 5 && !p.memory);
	r.n_inputs = 1;
	CHECK(str_is(shape_base_of(&r), "mine"));
	r.inputs = inputs + 1;
	CHECK(str_is(shape_base_of(&r), "qemu-snp"));
	r.inputs = bad;
	p.vcpus = 77;
	CHECK_ERR(shape_settings_of(&p, &r, &base, &e), e, ERR_FORMAT);
	says(&e, "shape 'mine': setting 'vcpus': is '0', wanted a number from 1 to 4096");
	CHECK(p.vcpus == 77);
}

static struct shape_files files(void)
{
	return (struct shape_files){ .uki = buf_span(&uki),
		.gpt = buf_span(&gpt),
		.tpm = { .version = STR("2025.02-8+deb13u1") } };
}

static struct platform_shape shape_of(enum platform_kind kind, const char *name)
{
	return (struct platform_shape){ .name = str_of(name),
		.base = STR("qemu-vtpm"),
		.kind = kind,
		.rules = rules,
		.n_rules = 2 };
}

static bool make_tpm(struct buf *told, const void *what, struct arena *in, struct err *e)
{
	const struct shape_files f = files();
	struct reference_shape s;

	if (!shape_predict(&s, what, &f, in, e))
		return false;
	shape_tell(told, &s);
	return true;
}

/* A shape of another name than its file's tells which file that was. */
static void under_a_tpm(void)
{
	struct platform_shape p = shape_of(PLATFORM_TPM, "qemu-vtpm");
	struct shape_files f = files();
	struct reference_shape s, other;
	struct err e;

	f.root_hash = SPAN_OF(uki_made_initrd);
	f.origins.kernel = STR("here");
	CHECK_OK(shape_predict(&s, &p, &f, a, &e), e);
	shape_word(s.name, "qemu-vtpm");
	shape_word(s.platform, "tpm");
	CHECK(s.n_inputs == 8 && str_is(s.inputs[0].name, "firmware"));
	CHECK(s.rules == rules && s.n_rules == 2);
	p.name = STR("mine");
	CHECK_OK(shape_predict(&other, &p, &f, a, &e), e);
	CHECK(arena_alloc(a, 64)); /* behind all rows */
	shape_word(other.name, "mine");
	CHECK(other.n_inputs == 9);
	shape_word(other.inputs[0].name, "shape");
	shape_word(other.inputs[0].value, "qemu-vtpm");
	for (size_t i = 0; i < 8; i++)
		CHECK(str_equal(other.inputs[1 + i].name, s.inputs[i].name) &&
			str_equal(other.inputs[1 + i].value, s.inputs[i].value));
	CHECK(other.events.n == s.events.n && other.n_registers == s.n_registers);
	starved(make_tpm, &p);
}

/* Each kind goes to its own rules. */
static void of_each_kind(void)
{
	static const struct ovmf_made_section section = { 0x800000, 0x1000, 1 };
	static const struct ovmf_made ovmf = {
		.size = 16384, .reset_eip = 1, .sections = &section, .n_sections = 1
	};
	CLEANUP(buf_done) struct buf amd = buf_init(IMAGE_MAX), intel = buf_init(IMAGE_MAX);
	struct platform_shape p = shape_of(PLATFORM_SNP, "mine");
	struct shape_files f = files();
	struct reference_shape s, want;
	struct err e;

	ovmf_made(&amd, &ovmf);
	tdx_made(&intel, tdx_made_ovmf, TDX_MADE_OVMF);
	p.vmm = STR("qemu");
	p.vcpu_type = STR("EPYC");
	p.vcpus = 1;
	f.firmware = buf_span(&amd);
	CHECK_OK(shape_predict(&s, &p, &f, a, &e), e);
	CHECK_OK(shape_snp(&want, &p, &f, a, &e), e);
	shape_word(s.platform, "snp");
	CHECK(digest_equal(&s.registers[0].values[0], &want.registers[0].values[0]));
	CHECK(s.rules == rules && s.n_rules == 2);
	p = shape_of(PLATFORM_TDX, "mine");
	f.firmware = buf_span(&intel);
	CHECK_OK(shape_predict(&s, &p, &f, a, &e), e);
	CHECK_OK(shape_tdx(&want, &p, &f, a, &e), e);
	shape_word(s.platform, "tdx");
	CHECK(s.n_registers == 5);
	CHECK(digest_equal(&s.registers[0].values[0], &want.registers[0].values[0]));
}

static void without_rules(void)
{
	static const enum platform_kind kinds[] = { PLATFORM_NITRO_ENCLAVE, PLATFORM_UNKNOWN };
	struct shape_files f = files();
	struct reference_shape s = { .n_banks = 77 };

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct platform_shape p = shape_of(kinds[i], "enclave");
		struct err e = { 0 };

		CHECK_ERR(shape_predict(&s, &p, &f, a, &e), e, ERR_USAGE);
		says(&e, "platform 'enclave' has no rules in a build");
	}
	for (int i = 0; i < 2; i++) {
		struct platform_shape p = shape_of(PLATFORM_TPM, "direct");
		struct err e = { 0 };

		p.boot = i ? PLATFORM_BOOT_DISK : PLATFORM_BOOT_DIRECT;
		f.uki = span_make(NULL, 0); /* is not asked for a direct boot */
		CHECK_ERR(shape_predict(&s, &p, &f, a, &e), e, i ? ERR_FORMAT : ERR_USAGE);
		if (i)
			continue;
		says(&e, "a build has no values for a TPM and direct boot");
		CHECK(!strcmp(e.hint, "assay measure pcr --kernel computes them"));
	}
	CHECK(s.n_banks == 77 && !s.rules && !s.n_rules);
}

int main(void)
{
	a = arena_new(ARENA);
	kernel = uki_made_kernel(UKI_MADE_VERSION);
	uki = made(UKI_MADE_COMMAND_LINE, SPAN_OF(uki_made_initrd), buf_span(&kernel));
	gpt = uki_made_gpt();
	parts_of_a_uki();
	roots();
	digests_as_inputs();
	settings_as_inputs();
	recorded();
	under_a_tpm();
	of_each_kind();
	without_rules();
	buf_done(&kernel);
	buf_done(&uki);
	buf_done(&gpt);
	arena_free(a);
	return test_end();
}
