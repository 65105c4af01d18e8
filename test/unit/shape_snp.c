/*
 * The shape of an SNP guest word by word, over firmware and a UKI made here. Digests are those of measure/snp_launch.h for
 * inputs written down by hand; test/unit/snp_launch.c holds those against a second way to them.
 */
#include "appraise/shape_snp.h"

#include "../ovmf_made.h"
#include "measure/snp_launch.h"
#include "shape_check.h"
#include "starved.h"
#include "uki_made.h"

enum {
	SIZE = 16384,
	ARENA = 8 << 20,
	MILAN = 0xa00f11,
	GENOA = 0xa10f10,
	HEX = 2 * DIGEST_MAX + 1
};

#define RULE "AMD SNP firmware ABI, PAGE_INFO"
#define SECTIONS                                                                 \
	"SEC_MEM@0x800000+0x3000,SECRETS@0x80d000+0x1000,CPUID@0x80e000+0x1000," \
	"SVSM_CAA@0x80f000+0x1000,KERNEL_HASHES@0x810000+0x1000,SEC_MEM@0x811000+0x1000"

static const struct ovmf_made_section sections[] = {
	{ 0x800000, 0x3000, 1 },
	{ 0x80d000, 0x1000, 2 },
	{ 0x80e000, 0x1000, 3 },
	{ 0x80f000, 0x1000, 4 },
	{ 0x810000, 0x1000, 0x10 },
	{ 0x811000, 0x1000, 1 },
};
static const struct ovmf_made whole = { .size = SIZE,
	.reset_eip = 0x80b004,
	.hashes_address = 0x810c00,
	.hashes_size = 0x400,
	.sections = sections,
	.n_sections = ARRAY_LEN(sections) };

static const uint8_t root_hash[SHA256_SIZE] = { 0xab, 0xcd };

static struct buf firmware, kernel, uki;
static char command_line[200];
static struct arena *a;

static struct buf made_uki(const char *line, struct span initrd)
{
	const struct uki_made_parts parts = {
		.command_line = line, .initrd = initrd, .kernel = buf_span(&kernel)
	};

	return uki_made(&parts);
}

static struct platform_shape direct(void)
{
	return (struct platform_shape){ .name = STR("small"),
		.base = STR("qemu-snp"),
		.kind = PLATFORM_SNP,
		.boot = PLATFORM_BOOT_DIRECT,
		.vmm = STR("qemu"),
		.vcpu_type = STR("EPYC-Milan"),
		.vcpus = 2,
		.guest_features = 1 };
}

static struct shape_files files(void)
{
	return (struct shape_files){ .uki = buf_span(&uki),
		.root_hash = SPAN_OF(root_hash),
		.firmware = buf_span(&firmware) };
}

/* SHA-256 of the three files, the command line with its NUL. */
static struct sev_hashes hashes_of(struct span k, struct span initrd, const char *line)
{
	struct digest d[] = { digest_of(DIGEST_SHA256, k), digest_of(DIGEST_SHA256, initrd),
		digest_of(DIGEST_SHA256, span_make(line, strlen(line) + 1)) };
	struct sev_hashes h;

	memcpy(h.kernel, d[0].bytes, SHA256_SIZE);
	memcpy(h.initrd, d[1].bytes, SHA256_SIZE);
	memcpy(h.command_line, d[2].bytes, SHA256_SIZE);
	return h;
}

static struct sev_hashes hashes(void)
{
	return hashes_of(buf_span(&kernel), SPAN_OF(uki_made_initrd), command_line);
}

/* What the shape must give; pages: of the firmware alone. */
static struct snp_digest launch(
	struct snp_shape shape, const struct sev_hashes *h, uint8_t pages[static SHA384_SIZE])
{
	CLEANUP(snp_launch_freep) struct snp_launch *l = NULL;
	struct snp_inputs in = { .firmware = buf_span(&firmware), .hashes = h };
	struct snp_digest d = { 0 };
	struct err e;

	CHECK_OK(snp_launch_new(&l, &in, a, &e) && snp_launch_digest(&d, l, &shape, &e), e);
	memcpy(pages, snp_launch_firmware_hash(l), SHA384_SIZE);
	return d;
}

/* The register and the digest behind each group of pages. */
static void has_digests(const struct reference_shape *s, const struct snp_digest *want)
{
	const struct reference_register *r = s->registers;

	CHECK(s->n_banks == 1 && s->banks[0] == DIGEST_SHA384);
	CHECK(s->n_registers == 1 && r->reg == 0 && r->how == REFERENCE_COMPUTED);
	CHECK(r->values[0].alg == DIGEST_SHA384);
	CHECK(!memcmp(r->values[0].bytes, want->value, SHA384_SIZE));
	CHECK(s->events.n == want->n_groups);
	for (size_t i = 0; i < s->events.n && i < want->n_groups; i++) {
		const struct event *ev = &s->events.items[i];

		shape_word(ev->rule, RULE);
		CHECK(ev->digests[0].alg == DIGEST_SHA384);
		CHECK(!memcmp(ev->digests[0].bytes, want->groups[i].after, SHA384_SIZE));
	}
}

static const struct shape_event_row direct_events[] = {
	{ 0, "firmware", "firmware", "4 pages NORMAL at 0xffffc000" },
	{ 0, "SEC_MEM", "", "3 pages ZERO at 0x800000" },
	{ 0, "SECRETS", "", "1 page SECRETS at 0x80d000" },
	{ 0, "CPUID", "", "1 page CPUID at 0x80e000" },
	{ 0, "SVSM_CAA", "", "1 page ZERO at 0x80f000" },
	{ 0, "KERNEL_HASHES", "", "1 page NORMAL at 0x810000" },
	{ 0, "SEC_MEM", "", "1 page ZERO at 0x811000" },
	{ 0, "vCPU 0", "", "1 page VMSA at 0xfffffffff000" },
	{ 0, "other vCPUs", "", "1 page VMSA at 0xfffffffff000" },
};

static const char *const direct_coverage[][3] = {
	{ "firmware", "measurement", "" },
	{ "firmware variables", "", "there are none: the firmware has no store" },
	{ "ACPI tables", "", "the host makes them, and the kernel runs their code" },
	{ "kernel", "measurement", "its hash stands in a measured page" },
	{ "initrd", "measurement", "its hash stands in a measured page" },
	{ "command line", "measurement", "its hash stands in a measured page" },
	{ "root file system", "measurement", "its dm-verity root hash stands in the command line" },
};

static void has_direct_inputs(const struct reference_shape *s, const uint8_t *pages)
{
	char fw[HEX], pages_text[HEX], k[HEX], i[HEX], l[HEX];
	const char *const want[][2] = {
		{ "shape", "qemu-snp" },
		{ "boot", "direct" },
		{ "vmm", "qemu" },
		{ "vcpus", "2" },
		{ "vcpu-type", "EPYC-Milan" },
		{ "guest-features", "0x1" },
		{ "firmware-sha256", shape_hex(fw, DIGEST_SHA256, buf_span(&firmware)) },
		{ "firmware-pages", pages_text },
		{ "firmware-reset", "0x80b004" },
		{ "firmware-hashes", "0x810c00+0x400" },
		{ "firmware-sections", SECTIONS },
		{ "kernel", shape_hex(k, DIGEST_SHA256, buf_span(&kernel)) },
		{ "initrd", shape_hex(i, DIGEST_SHA256, SPAN_OF(uki_made_initrd)) },
		{ "command-line", shape_hex(l, DIGEST_SHA256, str_span(str_of(command_line))) },
	};

	hex_write(pages_text, pages, SHA384_SIZE);
	shape_has_inputs(s, want, ARRAY_LEN(want));
}

static void direct_boot(void)
{
	const struct sev_hashes h = hashes();
	struct platform_shape p = direct();
	struct shape_files f = files();
	uint8_t pages[SHA384_SIZE];
	struct snp_digest want = launch((struct snp_shape){ SEV_VMM_QEMU, MILAN, 1, 2 }, &h, pages);
	struct reference_shape s;
	struct err e;

	CHECK_OK(shape_snp(&s, &p, &f, a, &e), e);
	shape_word(s.name, "small");
	shape_word(s.platform, "snp");
	has_digests(&s, &want);
	shape_word(s.registers[0].reason,
		"the firmware, the hashes of kernel, initrd and command line, and the processors");
	shape_has_events(&s, direct_events, ARRAY_LEN(direct_events));
	has_direct_inputs(&s, pages);
	shape_has_coverage(&s, direct_coverage, ARRAY_LEN(direct_coverage));
	CHECK(!s.firmware_only && !s.n_rules);
}

/* With a disk nothing but the firmware is covered, and the image's files are not even looked at. */
static void disk_boot(void)
{
	static const char
		note[] = "no dm-verity root hash is known to stand in a measured command line";
	static const char *const coverage[][3] = {
		{ "firmware", "measurement", "" },
		{ "firmware variables", "", "the host keeps them" },
		{ "ACPI tables", "", "the host makes them, and the kernel runs their code" },
		{ "kernel", "", "the firmware starts what it finds" },
		{ "initrd", "", "the firmware starts what it finds" },
		{ "command line", "", "the firmware starts what it finds" },
		{ "root file system", "", note },
	};
	struct platform_shape p = direct();
	struct shape_files f = files();
	uint8_t pages[SHA384_SIZE];
	struct snp_digest want = launch(
		(struct snp_shape){ SEV_VMM_GCE, GENOA, 0x21, 1 }, NULL, pages);
	struct reference_shape s;
	struct err e;

	p.boot = PLATFORM_BOOT_DISK;
	p.vmm = STR("gce");
	p.vcpu_type = STR("EPYC-Genoa");
	p.guest_features = 0x21;
	p.vcpus = 1;
	f.uki = span_make(NULL, 0);
	CHECK_OK(shape_snp(&s, &p, &f, a, &e), e);
	has_digests(&s, &want);
	shape_word(s.registers[0].reason, "the firmware and the processors");
	CHECK(s.events.n == ARRAY_LEN(direct_events) - 1);
	shape_word(s.events.items[1].text, "3 pages UNMEASURED at 0x800000");
	shape_word(s.events.items[5].text, "1 page ZERO at 0x810000");
	shape_word(s.events.items[7].text, "1 page VMSA at 0xffffffffff000");
	CHECK(s.n_inputs == 11);
	shape_word(s.inputs[1].value, "disk");
	shape_word(s.inputs[10].name, "firmware-sections");
	shape_has_coverage(&s, coverage, ARRAY_LEN(coverage));
	CHECK(s.firmware_only);
}

/* A root hash that is not in the command line, or of which nobody knows: the kernel is covered, the root is not. */
static void a_root_that_nothing_covers(void)
{
	uint8_t other[SHA256_SIZE];
	struct platform_shape p = direct();
	struct shape_files f = files();
	struct reference_shape s;
	struct err e;

	memcpy(other, root_hash, sizeof other);
	other[31] = 1;
	f.root_hash = SPAN_OF(other);
	CHECK_OK(shape_snp(&s, &p, &f, a, &e), e);
	CHECK(s.firmware_only);
	shape_word(s.coverage[5].by, "measurement");
	shape_word(s.coverage[6].by, "");
	f.root_hash = span_make(NULL, 0);
	CHECK_OK(shape_snp(&s, &p, &f, a, &e), e);
	CHECK(s.firmware_only);
}

/* Firmware whose file is not at hand: by what the shape knows of it, the register is the same. */
static void firmware_by_its_facts(void)
{
	const struct sev_hashes h = hashes();
	struct platform_shape p = direct();
	struct shape_files f = files();
	uint8_t pages[SHA384_SIZE], other[SHA384_SIZE];
	struct snp_digest want = launch((struct snp_shape){ SEV_VMM_QEMU, MILAN, 1, 2 }, &h, pages);
	struct reference_shape s;
	struct err e;

	CHECK_OK(platform_firmware_of(&p.firmware, f.firmware, &e), e);
	p.firmware.pages.alg = DIGEST_SHA384;
	memcpy(p.firmware.pages.bytes, pages, SHA384_SIZE);
	f.firmware = span_make(NULL, 0);
	CHECK_OK(shape_snp(&s, &p, &f, a, &e), e);
	has_digests(&s, &want);
	shape_word(s.events.items[0].text, "pages NORMAL that end at 4 GiB");
	shape_word(s.events.items[1].text, "3 pages ZERO at 0x800000");
	has_direct_inputs(&s, pages);
	p.firmware.pages.bytes[0] ^= 1; /* other firmware, another register */
	memcpy(other, p.firmware.pages.bytes, SHA384_SIZE);
	CHECK_OK(shape_snp(&s, &p, &f, a, &e), e);
	CHECK(memcmp(s.registers[0].values[0].bytes, want.value, SHA384_SIZE) != 0);
	has_direct_inputs(&s, other);
	/* A file that is at hand says it itself. */
	f = files();
	CHECK_OK(shape_snp(&s, &p, &f, a, &e), e);
	has_digests(&s, &want);
	has_direct_inputs(&s, pages);
}

/* What was hashed for one shape of the image is not hashed for the next, which still says the same. */
static void what_shapes_share(void)
{
	const struct sev_hashes h = hashes();
	struct platform_shape p = direct();
	struct shape_seen seen = { 0 };
	struct shape_files f = files();
	uint8_t pages[SHA384_SIZE];
	struct snp_digest want = launch((struct snp_shape){ SEV_VMM_EC2, MILAN, 1, 2 }, &h, pages);
	struct reference_shape s;
	struct err e;

	f.seen = &seen;
	CHECK_OK(shape_snp(&s, &p, &f, a, &e), e);
	CHECK(seen.uki == uki.p && seen.firmware == firmware.p);
	CHECK(!memcmp(&seen.hashes, &h, sizeof h));
	CHECK(!memcmp(seen.facts.pages.bytes, pages, SHA384_SIZE));
	CHECK(seen.facts.facts.image.p == firmware.p && seen.facts.facts.image.n == SIZE);
	p.vmm = STR("ec2");
	CHECK_OK(shape_snp(&s, &p, &f, a, &e), e);
	has_digests(&s, &want);
	shape_word(s.events.items[0].text, direct_events[0].text);
	CHECK(s.n_inputs == 14 && str_is(s.inputs[10].value, SECTIONS));
	/* Nothing was hashed again: it goes by what was seen. */
	seen.hashes.kernel[0] ^= 1;
	seen.rows[0].value = STR("seen");
	CHECK_OK(shape_snp(&s, &p, &f, a, &e), e);
	shape_word(s.inputs[11].value, "seen");
	CHECK(memcmp(s.registers[0].values[0].bytes, want.value, SHA384_SIZE) != 0);
	seen.hashes = h;
	seen.facts.pages.bytes[0] ^= 1;
	CHECK_OK(shape_snp(&s, &p, &f, a, &e), e);
	CHECK(memcmp(s.registers[0].values[0].bytes, want.value, SHA384_SIZE) != 0);
	/* Other bytes are. */
	seen.uki = seen.firmware = root_hash;
	CHECK_OK(shape_snp(&s, &p, &f, a, &e), e);
	has_digests(&s, &want);
	CHECK(str_is(s.inputs[11].name, "kernel") && !str_is(s.inputs[11].value, "seen"));
	CHECK(seen.uki == uki.p && seen.firmware == firmware.p);
}

static void without_initrd(void)
{
	CLEANUP(buf_done) struct buf bare = made_uki("quiet", span_make(NULL, 0));
	const struct sev_hashes h = hashes_of(buf_span(&kernel), span_make(NULL, 0), "quiet");
	struct platform_shape p = direct();
	struct shape_files f = files();
	uint8_t pages[SHA384_SIZE];
	struct snp_digest want = launch((struct snp_shape){ SEV_VMM_QEMU, MILAN, 1, 2 }, &h, pages);
	struct reference_shape s;
	struct err e;

	f.uki = buf_span(&bare);
	CHECK_OK(shape_snp(&s, &p, &f, a, &e), e);
	has_digests(&s, &want);
}

static void refused(
	struct platform_shape p, struct shape_files f, enum err_kind kind, const char *says)
{
	shape_refused(&(struct shape_asked){ shape_snp, p, f }, kind, says, a);
}

static void refuses(void)
{
	CLEANUP(buf_done) struct buf blank = buf_init(SIZE);
	struct platform_shape p = direct();
	struct shape_files f = files();

	p.vcpu_type = STR("EPYC-Naples");
	refused(p, f, ERR_USAGE, "EPYC-Naples");
	p = direct();
	p.vmm = STR("xen");
	refused(p, f, ERR_USAGE, "xen");
	p = direct();
	p.vcpus = 0;
	refused(p, f, ERR_LIMIT, "0 processors");
	p = direct();
	f.uki = buf_span(&firmware);
	refused(p, f, ERR_FORMAT, "UKI");
	f = files();
	buf_fill(&blank, 0, SIZE);
	f.firmware = buf_span(&blank);
	refused(p, f, ERR_NOTFOUND, "GUID");
	f.firmware = span_make(NULL, 0); /* and nothing known of it */
	refused(p, f, ERR_FORMAT, "reset block");
}

int main(void)
{
	char hash[2 * SHA256_SIZE + 1];
	struct shape_asked whole_shape;

	a = arena_new(ARENA);
	hex_write(hash, root_hash, sizeof root_hash);
	snprintf(command_line, sizeof command_line, "quiet verity=1,%s,x", hash);
	firmware = buf_init(SIZE);
	ovmf_made(&firmware, &whole);
	kernel = uki_made_kernel(UKI_MADE_VERSION);
	uki = made_uki(command_line, SPAN_OF(uki_made_initrd));
	direct_boot();
	disk_boot();
	a_root_that_nothing_covers();
	firmware_by_its_facts();
	what_shapes_share();
	without_initrd();
	refuses();
	whole_shape = (struct shape_asked){ shape_snp, direct(), files() };
	starved(shape_told, &whole_shape);
	buf_done(&firmware);
	buf_done(&kernel);
	buf_done(&uki);
	arena_free(a);
	return test_end();
}
