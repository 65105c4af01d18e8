/* Against a second, slow way to the same digest, which hashes every page of every guest anew and knows no shapes. */
#include "measure/snp_launch.h"

#include "measure/sev_digest.h"
#include "ovmf_made.h"
#include "test.h"

enum { SIZE = 16384, ARENA = 1 << 20, MILAN = 0xa00f11 };

static const struct ovmf_made_section sections[] = {
	{ 0x800000, 0x3000, 1 },
	{ 0x80d000, 0x1000, 2 },
	{ 0x80e000, 0x1000, 3 },
	{ 0x80f000, 0x1000, 4 },
	{ 0x810000, 0x1000, 0x10 },
	{ 0x811000, 0x2000, 1 },
};
static const struct ovmf_made whole = { .size = SIZE,
	.reset_eip = 0x80b004,
	.hashes_address = 0x810c00,
	.hashes_size = 0x400,
	.sections = sections,
	.n_sections = ARRAY_LEN(sections) };

static const struct snp_shape milan = { SEV_VMM_QEMU, MILAN, 1, 1 };

struct slow {
	uint8_t value[48];
};

static void slow_page(struct slow *s, unsigned type, const uint8_t *page, uint64_t address)
{
	struct digest content = { 0 }, next;
	CLEANUP(buf_done) struct buf record = buf_init(112);

	if (page)
		content = digest_of(DIGEST_SHA384, span_make(page, 4096));
	buf_add(&record, s->value, 48);
	buf_add(&record, content.bytes, 48);
	buf_u16le(&record, 112);
	buf_u8(&record, (uint8_t)type);
	buf_fill(&record, 0, 5);
	buf_u64le(&record, address);
	next = digest_of(DIGEST_SHA384, buf_span(&record));
	memcpy(s->value, next.bytes, 48);
}

static void slow_table(uint8_t *page, const struct sev_hashes *h)
{
	static const char *const guids[] = {
		"\xd8\x2d\xd0\x97\x20\xbd\x94\x4c\xaa\x78\xe7\x71\x4d\x36\xab\x2a",
		"\x31\xf7\xba\x44\x2f\x3a\xd7\x4b\x9a\xf1\x41\xe2\x91\x69\x78\x1d",
		"\x37\x94\xe7\x4d\xd2\xab\x7f\x42\xb8\x35\xd5\xb1\x72\xd2\x04\x5b",
	};
	const uint8_t *const hashes[] = { h->command_line, h->initrd, h->kernel };
	CLEANUP(buf_done) struct buf b = buf_init(176);

	buf_add(&b, "\x06\xd6\x38\x94\x22\x4f\xc9\x4c\xb4\x79\xa7\x93\xd4\x11\xfd\x21", 16);
	buf_u16le(&b, 168);
	for (size_t i = 0; i < 3; i++) {
		buf_add(&b, guids[i], 16);
		buf_u16le(&b, 50);
		buf_add(&b, hashes[i], 32);
	}
	memcpy(page, b.p, b.n);
}

/* Numbers of the specification's table, written down a second time. */
static void slow_vmsa(uint8_t *p, const struct snp_shape *s, bool first)
{
	static const struct {
		size_t at;
		uint32_t low, high, base_low;
	} segments[] = {
		{ 0x00, 0x00930000, 0xffff, 0 },
		{ 0x10, 0x009bf000, 0xffff, 0 },
		{ 0x20, 0x00930000, 0xffff, 0 },
		{ 0x30, 0x00930000, 0xffff, 0 },
		{ 0x40, 0x00930000, 0xffff, 0 },
		{ 0x50, 0x00930000, 0xffff, 0 },
		{ 0x60, 0, 0xffff, 0 },
		{ 0x70, 0x00820000, 0xffff, 0 },
		{ 0x80, 0, 0xffff, 0 },
		{ 0x90, 0x008b0000, 0xffff, 0 },
	};

	memset(p, 0, 4096);
	for (size_t i = 0; i < ARRAY_LEN(segments); i++) {
		put_u32le(p + segments[i].at, segments[i].low);
		put_u32le(p + segments[i].at + 4, segments[i].high);
	}
	put_u32le(p + 0x18, first ? 0xffff0000 : 0x00800000);
	p[0xd1] = 0x10;
	p[0x148] = 0x40;
	p[0x158] = 0x10;
	p[0x161] = 0x04;
	put_u32le(p + 0x168, 0xffff0ff0);
	p[0x170] = 2;
	put_u16le(p + 0x178, first ? 0xfff0 : 0xb004);
	put_u64le(p + 0x268, 0x0007040600070406);
	put_u32le(p + 0x310, s->signature);
	put_u64le(p + 0x3b0, s->features);
	p[0x3e8] = 1;
	put_u16le(p + 0x408, 0x1f80);
	put_u16le(p + 0x410, 0x37f);
	if (s->vmm == SEV_VMM_QEMU)
		return;
	put_u32le(p + 0x310, 0x600);
	put_u16le(p + 0x408, 0);
	put_u16le(p + 0x410, 0);
	if (s->vmm == SEV_VMM_GCE)
		put_u64le(p + 0x268, 0x00070106);
	if (s->vmm == SEV_VMM_EC2) {
		p[0x12] = first ? 0x9a : 0x9b;
		p[0x22] = 0x92;
		p[0x92] = 0x83;
	}
}

static void slow_section(struct slow *s, const struct ovmf_made_section *m, enum sev_vmm vmm,
	const struct sev_hashes *hashes)
{
	static const unsigned types[] = { 0, 3, 5, 6, 3 };
	uint8_t page[4096] = { 0 };

	if (m->type == 0x10 && hashes) {
		slow_table(page + 0xc00, hashes);
		slow_page(s, 1, page, m->address);
		return;
	}
	for (uint32_t at = 0; at < m->size; at += 4096) {
		unsigned type = m->type == 0x10 ? 3 : types[m->type];

		if (m->type == 1 && vmm == SEV_VMM_GCE)
			type = 4;
		slow_page(s, type, NULL, m->address + at);
	}
}

static void slow_digest(struct slow *s, struct span image, const struct snp_shape *shape,
	const struct sev_hashes *hashes, uint64_t address)
{
	uint8_t page[4096];

	*s = (struct slow){ { 0 } };
	for (size_t at = 0; at < image.n; at += 4096)
		slow_page(s, 1, image.p + at, 0x100000000 - image.n + at);
	for (size_t i = 0; i < ARRAY_LEN(sections); i++)
		if (shape->vmm != SEV_VMM_EC2 || sections[i].type != 3)
			slow_section(s, &sections[i], shape->vmm, hashes);
	if (shape->vmm == SEV_VMM_EC2)
		slow_section(s, &sections[2], shape->vmm, hashes);
	for (unsigned i = 0; i < shape->processors; i++) {
		slow_vmsa(page, shape, i == 0);
		slow_page(s, 2, page, address);
	}
}

/* Shapes in an order that meets every way of sharing with the one before: more processors, fewer, others. */
static const struct snp_shape shapes[] = {
	{ SEV_VMM_QEMU, MILAN, 1, 1 },
	{ SEV_VMM_QEMU, MILAN, 1, 2 },
	{ SEV_VMM_QEMU, MILAN, 1, 2 },
	{ SEV_VMM_QEMU, MILAN, 1, 9 },
	{ SEV_VMM_QEMU, MILAN, 1, 3 },
	{ SEV_VMM_QEMU, MILAN, 0x21, 4 },
	{ SEV_VMM_QEMU, 0xb00f00, 0x21, 4 },
	{ SEV_VMM_EC2, MILAN, 1, 1 },
	{ SEV_VMM_EC2, MILAN, 1, 3 },
	{ SEV_VMM_QEMU, MILAN, 1, 5 },
	{ SEV_VMM_GCE, MILAN, 1, 2 },
	{ SEV_VMM_GCE, 0xa10f10, 1, 2 },
	{ SEV_VMM_QEMU, 0, 0x8000000000000001, 2 },
};

static void equals_the_slow_way(const struct sev_hashes *hashes)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA);
	CLEANUP(buf_done) struct buf image = buf_init(SIZE);
	CLEANUP(snp_launch_freep) struct snp_launch *l = NULL;
	struct snp_inputs in = { .hashes = hashes };
	struct err e = { 0 };

	ovmf_made(&image, &whole);
	in.firmware = buf_span(&image);
	CHECK_OK(snp_launch_new(&l, &in, a, &e), e);
	for (size_t i = 0; l && i < ARRAY_LEN(shapes); i++) {
		struct snp_digest d = { 0 };
		struct slow want;
		bool genoa = shapes[i].vmm == SEV_VMM_GCE && shapes[i].signature == 0xa10f10;

		slow_digest(&want, in.firmware, &shapes[i], hashes,
			genoa ? 0xffffffffff000 : 0xfffffffff000);
		CHECK_OK(snp_launch_digest(&d, l, &shapes[i], &e), e);
		CHECK(memcmp(d.value, want.value, 48) == 0);
		CHECK(d.n_groups == 1 + ARRAY_LEN(sections) + (shapes[i].processors > 1 ? 2 : 1));
		CHECK(memcmp(d.groups[d.n_groups - 1].after, want.value, 48) == 0);
		CHECK(d.groups[d.n_groups - 1].n_pages ==
			(shapes[i].processors > 1 ? shapes[i].processors - 1 : 1));
	}
}

static void compares(void)
{
	struct sev_hashes hashes;

	sev_hashes_of(&hashes, str_span(STR("kernel")), str_span(STR("initrd")), STR("quiet"));
	equals_the_slow_way(NULL);
	equals_the_slow_way(&hashes);
}

/* The digest behind the image alone stands for the image's pages. */
static void goes_on_from_a_hash(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA);
	CLEANUP(buf_done) struct buf image = buf_init(SIZE);
	CLEANUP(snp_launch_freep) struct snp_launch *l = NULL, *seeded = NULL;
	struct snp_inputs in = { 0 };
	struct snp_digest d = { 0 }, from = { 0 };
	struct err e = { 0 };

	ovmf_made(&image, &whole);
	in.firmware = buf_span(&image);
	CHECK_OK(snp_launch_new(&l, &in, a, &e), e);
	in.firmware_hash = snp_launch_firmware_hash(l);
	image.p[0] ^= 1; /* is not looked at */
	CHECK_OK(snp_launch_new(&seeded, &in, a, &e), e);
	CHECK_OK(snp_launch_digest(&d, l, &milan, &e), e);
	CHECK_OK(snp_launch_digest(&from, seeded, &milan, &e), e);
	CHECK(memcmp(d.value, from.value, 48) == 0);
}

/* Whether a launch with this firmware and these inputs works, and if not, what it says. */
static bool launches(const struct ovmf_made *m, const struct sev_hashes *hashes,
	const struct snp_shape *shape, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA);
	CLEANUP(buf_done) struct buf image = buf_init(SIZE);
	CLEANUP(snp_launch_freep) struct snp_launch *l = NULL;
	struct snp_inputs in = { .hashes = hashes };
	struct snp_digest d;

	ovmf_made(&image, m);
	in.firmware = buf_span(&image);
	return snp_launch_new(&l, &in, a, e) && snp_launch_digest(&d, l, shape, e);
}

static void refuses_firmware(void)
{
	static const struct ovmf_made_section unknown[] = { { 0x800000, 0x1000, 5 } };
	static const struct ovmf_made_section big[] = { { 0x800000, 0x2000, 2 } };
	static const struct ovmf_made_section crooked[] = { { 0x800000, 0x800, 1 } };
	static const struct ovmf_made_section askew[] = { { 0x800010, 0x1000, 1 } };
	static const struct ovmf_made_section twice[] = { { 0x1000, 0x1000, 2 },
		{ 0x2000, 0x1000, 2 } };
	static const struct ovmf_made_section over[] = { { 0x1000, 0x2000, 1 },
		{ 0x2000, 0x1000, 1 } };
	static const struct {
		const struct ovmf_made_section *sections;
		uint32_t n;
		const char *says;
	} cases[] = {
		{ NULL, 0, "no SEV metadata" },
		{ unknown, 1, "type 0x5" },
		{ big, 1, "wanted one page" },
		{ crooked, 1, "not made of pages" },
		{ askew, 1, "not made of pages" },
		{ twice, 2, "SECRETS twice" },
		{ over, 2, "overlaps" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct ovmf_made m = whole;
		struct err e = { 0 };

		m.sections = cases[i].sections;
		m.n_sections = cases[i].n;
		CHECK_ERR(launches(&m, NULL, &milan, &e), e, ERR_FORMAT);
		CHECK(strstr(e.text, cases[i].says));
	}
}

static void refuses_the_rest(void)
{
	struct sev_hashes hashes = { 0 };
	struct ovmf_made m = whole;
	struct snp_shape s = milan;
	struct err e = { 0 };

	CHECK_OK(launches(&m, &hashes, &s, &e), e);
	m.hashes_address = m.hashes_size = 0;
	CHECK_ERR(launches(&m, &hashes, &s, &e), e, ERR_USAGE);
	CHECK(strstr(e.text, "no page for the hashes"));
	m.hashes_address = 0x810fff;
	m.hashes_size = 0x400;
	CHECK_ERR(launches(&m, &hashes, &s, &e), e, ERR_FORMAT);
	m.hashes_address = 0x80fc00;
	CHECK_ERR(launches(&m, &hashes, &s, &e), e, ERR_FORMAT);
	m = whole;
	m.n_sections = 4;
	CHECK_ERR(launches(&m, &hashes, &s, &e), e, ERR_USAGE);
	m = whole;
	m.reset_eip = 0;
	CHECK_ERR(launches(&m, NULL, &s, &e), e, ERR_FORMAT);
	CHECK(strstr(e.text, "reset block"));
	s.processors = 0;
	CHECK_ERR(launches(&whole, NULL, &s, &e), e, ERR_LIMIT);
	s.processors = SNP_PROCESSORS_MAX + 1;
	CHECK_ERR(launches(&whole, NULL, &s, &e), e, ERR_LIMIT);
	s = milan;
	s.vmm = SEV_VMM_GCE;
	CHECK_OK(launches(&whole, NULL, &s, &e), e);
	s.signature = 0xb00f00;
	CHECK_ERR(launches(&whole, NULL, &s, &e), e, ERR_USAGE);
	CHECK(strstr(e.text, "EPYC-Genoa only"));
}

static void refuses_sizes(void)
{
	CLEANUP(buf_done) struct buf image = buf_init(SIZE + 1);
	struct sev_firmware fw;
	struct err e = { 0 };

	ovmf_made(&image, &whole);
	CHECK_OK(sev_firmware_parse(&fw, buf_span(&image), &e), e);
	CHECK(fw.n_sections == ARRAY_LEN(sections) && fw.reset_eip == 0x80b004);
	CHECK_ERR(sev_firmware_parse(&fw, span_make(image.p + 1, SIZE - 1), &e), e, ERR_FORMAT);
	CHECK_ERR(sev_firmware_parse(&fw, span_make(image.p, 0), &e), e, ERR_FORMAT);
	CHECK_ERR(sev_firmware_parse(&fw, span_make(image.p, 4096), &e), e, ERR_NOTFOUND);
	CHECK_ERR(sev_firmware_parse(&fw, span_make(image.p, (size_t)17 << 20), &e), e, ERR_LIMIT);
}

/* Flat segments, protected mode, and the entry as a whole address. */
static void slow_svsm_vmsa(uint8_t *p, uint32_t entry)
{
	static const size_t data[] = { 0x00, 0x20, 0x30, 0x40 };

	slow_vmsa(p, &milan, true);
	for (size_t i = 0; i < ARRAY_LEN(data); i++) {
		put_u32le(p + data[i], 0x0c930010);
		put_u32le(p + data[i] + 4, 0xffffffff);
	}
	put_u32le(p + 0x10, 0x0c9b0008);
	put_u32le(p + 0x14, 0xffffffff);
	put_u32le(p + 0x18, 0);
	p[0x158] = 0x11;
	put_u32le(p + 0x178, entry);
	put_u16le(p + 0x410, 0);
}

static void slow_svsm(struct slow *s, struct span image, struct span monitor, unsigned processors)
{
	const uint64_t top = 0x100000000 - image.n, at_monitor = top - 0x20000 - monitor.n;
	uint8_t page[4096];

	*s = (struct slow){ { 0 } };
	for (size_t at = 0; at < image.n; at += 4096)
		slow_page(s, 1, image.p + at, top + at);
	for (size_t at = 0; at < monitor.n; at += 4096)
		slow_page(s, 1, monitor.p + at, at_monitor + at);
	for (size_t i = 0; i < 3; i++)
		slow_section(s, &sections[i], SEV_VMM_QEMU, NULL);
	slow_svsm_vmsa(page, (uint32_t)at_monitor + 0x40);
	for (unsigned i = 0; i < processors; i++)
		slow_page(s, 2, page, 0xfffffffff000);
}

static void svsm(void)
{
	struct slow want;
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA);
	CLEANUP(buf_done) struct buf image = buf_init(SIZE), monitor = buf_init(SIZE);
	CLEANUP(snp_launch_freep) struct snp_launch *l = NULL;
	struct ovmf_made m = whole;
	struct snp_shape shape = milan;
	struct snp_inputs in = { 0 };
	struct snp_digest d = { 0 };
	struct err e = { 0 };

	ovmf_made(&image, &whole);
	m.n_sections = 3;
	ovmf_made(&monitor, &m);
	in.firmware = buf_span(&image);
	in.svsm = buf_span(&monitor);
	in.variables_size = 0x20000;                              /* as in slow_svsm */
	CHECK_ERR(snp_launch_new(&l, &in, a, &e), e, ERR_FORMAT); /* does not say where it starts */
	m.svsm_entry = 0x40;
	monitor.n = 0;
	ovmf_made(&monitor, &m);
	CHECK_OK(snp_launch_new(&l, &in, a, &e), e);
	CHECK_OK(snp_launch_digest(&d, l, &shape, &e), e);
	slow_svsm(&want, in.firmware, in.svsm, 1);
	CHECK(memcmp(d.value, want.value, 48) == 0);
	shape.processors = 3;
	CHECK_OK(snp_launch_digest(&d, l, &shape, &e), e);
	slow_svsm(&want, in.firmware, in.svsm, 3);
	CHECK(memcmp(d.value, want.value, 48) == 0);
	CHECK(d.n_groups == 7 && d.groups[1].address == 0x100000000 - SIZE - 0x20000 - SIZE);
	shape.vmm = SEV_VMM_EC2;
	CHECK_ERR(snp_launch_digest(&d, l, &shape, &e), e, ERR_USAGE);
	shape = milan;
	shape.features = 0x21;
	CHECK_ERR(snp_launch_digest(&d, l, &shape, &e), e, ERR_USAGE);
	snp_launch_free(l);
	l = NULL;
	in.variables_size = 0x20010;
	CHECK_ERR(snp_launch_new(&l, &in, a, &e), e, ERR_USAGE);
}

/* SEV and SEV-ES: one hash over all, in one go. */
static void sev_and_es(void)
{
	static const unsigned counts[] = { 1, 2, 2, 7, 3 };
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA);
	CLEANUP(buf_done) struct buf image = buf_init(SIZE), all = buf_init(1 << 20);
	CLEANUP(sev_digest_freep) struct sev_digest *d = NULL;
	struct snp_shape shape = { SEV_VMM_QEMU, MILAN, 0, 1 };
	uint8_t got[32], want[32], page[4096] = { 0 };
	struct sev_hashes hashes;
	struct err e = { 0 };

	sev_hashes_of(&hashes, str_span(STR("kernel")), span_make(NULL, 0), str_make(NULL, 0));
	ovmf_made(&image, &whole);
	CHECK_OK(sev_digest_new(&d, buf_span(&image), &hashes, a, &e), e);
	slow_table(page, &hashes);
	buf_add(&all, image.p, image.n);
	buf_add(&all, page, 176);
	sha256_of(want, buf_span(&all));
	sev_digest_plain(d, got);
	CHECK(memcmp(got, want, 32) == 0);
	for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
		all.n = image.n + 176;
		for (unsigned cpu = 0; cpu < counts[i]; cpu++) {
			slow_vmsa(page, &shape, cpu == 0);
			buf_add(&all, page, 4096);
		}
		sha256_of(want, buf_span(&all));
		CHECK_OK(sev_digest_es(got, d, SEV_VMM_QEMU, MILAN, counts[i], &e), e);
		CHECK(memcmp(got, want, 32) == 0);
	}
	CHECK_ERR(sev_digest_es(got, d, SEV_VMM_QEMU, MILAN, 0, &e), e, ERR_LIMIT);
}

static void sev_refuses(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA);
	CLEANUP(buf_done) struct buf image = buf_init(SIZE);
	CLEANUP(sev_digest_freep) struct sev_digest *d = NULL;
	struct sev_hashes hashes = { 0 };
	struct ovmf_made m = whole;
	struct err e = { 0 };
	uint8_t got[32];

	m.hashes_size = m.hashes_address = 0;
	m.reset_eip = 0;
	ovmf_made(&image, &m);
	CHECK_ERR(sev_digest_new(&d, buf_span(&image), &hashes, a, &e), e, ERR_USAGE);
	CHECK_OK(sev_digest_new(&d, buf_span(&image), NULL, a, &e), e);
	CHECK_ERR(sev_digest_es(got, d, SEV_VMM_QEMU, MILAN, 1, &e), e, ERR_FORMAT);
}

int main(void)
{
	compares();
	goes_on_from_a_hash();
	refuses_firmware();
	refuses_the_rest();
	refuses_sizes();
	svsm();
	sev_and_es();
	sev_refuses();
	return test_end();
}
