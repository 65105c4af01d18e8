#include "measure/digest_search.h"

#include "measure/sev_digest.h"
#include "measure/snp_launch.h"
#include "ovmf_made.h"
#include "test.h"

enum { SIZE = 16384, ARENA = 16 << 20 };

static const struct ovmf_made_section sections[] = {
	{ 0x800000, 0x3000, 1 },
	{ 0x80d000, 0x1000, 2 },
	{ 0x80e000, 0x1000, 3 },
	{ 0x810000, 0x1000, 0x10 },
};
static const struct ovmf_made whole = { .size = SIZE,
	.reset_eip = 0x80b004,
	.hashes_address = 0x810c00,
	.hashes_size = 0x400,
	.sections = sections,
	.n_sections = ARRAY_LEN(sections) };

struct made {
	struct buf with, without, bigger; /* metadata */
	struct digest_search_firmware firmware[3];
	struct sev_hashes hashes;
};

static void make(struct made *m)
{
	struct ovmf_made other = whole;

	m->with = buf_init(SIZE);
	m->without = buf_init(SIZE);
	m->bigger = buf_init(2 * SIZE);
	ovmf_made(&m->with, &whole);
	other.sections = NULL;
	other.n_sections = 0;
	ovmf_made(&m->without, &other);
	other = whole;
	other.size = 2 * SIZE;
	ovmf_made(&m->bigger, &other);
	m->firmware[0] = (struct digest_search_firmware){ STR("without"), buf_span(&m->without) };
	m->firmware[1] = (struct digest_search_firmware){ STR("bigger"), buf_span(&m->bigger) };
	m->firmware[2] = (struct digest_search_firmware){ STR("with"), buf_span(&m->with) };
	sev_hashes_of(&m->hashes, str_span(STR("kernel")), str_span(STR("initrd")), STR("quiet"));
}

static void made_done(struct made *m)
{
	buf_done(&m->with);
	buf_done(&m->without);
	buf_done(&m->bigger);
}

static const struct {
	struct snp_shape shape;
	bool kernel;
} guests[] = {
	{ { SEV_VMM_QEMU, 0xa00f11, 0x1, 1 }, false },
	{ { SEV_VMM_QEMU, 0xb00f00, 0x21, 200 }, false },
	{ { SEV_VMM_QEMU, 0x800f12, 0x8221, 64 }, true },
	{ { SEV_VMM_EC2, 0, 0x1, 5 }, true },
	{ { SEV_VMM_GCE, 0xa10f10, 0x1, 2 }, false },
};

static void finds_snp(void)
{
	struct made m;

	make(&m);
	for (size_t i = 0; i < ARRAY_LEN(guests); i++) {
		CLEANUP(arena_freep) struct arena *a = arena_new(ARENA);
		CLEANUP(snp_launch_freep) struct snp_launch *l = NULL;
		struct snp_inputs launch = { .firmware = buf_span(&m.with),
			.hashes = guests[i].kernel ? &m.hashes : NULL };
		struct digest_search_in in = { .firmware = m.firmware, .n_firmware = 3 };
		struct digest_search r;
		struct snp_digest d = { 0 };
		struct err e = { 0 };

		in.hashes = &m.hashes;
		CHECK_OK(snp_launch_new(&l, &launch, a, &e), e);
		CHECK_OK(snp_launch_digest(&d, l, &guests[i].shape, &e), e);
		in.want = SPAN_OF(d.value);
		CHECK_OK(digest_search(&r, &in, a, &e), e);
		CHECK(r.found.kind == DIGEST_SEARCH_SNP && r.found.firmware == &m.firmware[2]);
		CHECK(r.found.vmm == guests[i].shape.vmm);
		CHECK(r.found.processors == guests[i].shape.processors);
		CHECK(r.found.features == guests[i].shape.features);
		CHECK(r.found.with_kernel == guests[i].kernel);
		CHECK(r.found.cpu ? sev_cpu_signature(r.found.cpu->family, r.found.cpu->model,
					    r.found.cpu->stepping) == guests[i].shape.signature
				  : guests[i].shape.vmm == SEV_VMM_EC2);
		CHECK(r.tried[0].n == 1 && r.tried[0].why_not.n > 0);
		CHECK(r.tried[1].n > 10000 && r.tried[1].why_not.n == 0);
	}
	made_done(&m);
}

static void finds_sev(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA);
	CLEANUP(sev_digest_freep) struct sev_digest *d = NULL;
	struct digest_search_in in = { .n_firmware = 3 };
	uint8_t digest[SHA256_SIZE] = { 0 };
	struct digest_search r;
	struct err e = { 0 };
	struct made m;

	make(&m);
	in.firmware = m.firmware;
	in.hashes = &m.hashes;
	in.want = SPAN_OF(digest);
	CHECK_OK(sev_digest_new(&d, buf_span(&m.with), &m.hashes, a, &e), e);
	sev_digest_plain(d, digest);
	CHECK_OK(digest_search(&r, &in, a, &e), e);
	CHECK(r.found.kind == DIGEST_SEARCH_SEV && r.found.with_kernel);
	CHECK_OK(sev_digest_es(digest, d, SEV_VMM_QEMU, 0x830f10, 9, &e), e);
	CHECK_OK(digest_search(&r, &in, a, &e), e);
	CHECK(r.found.kind == DIGEST_SEARCH_SEV_ES && r.found.processors == 9);
	CHECK(r.found.cpu && !strcmp(r.found.cpu->name, "EPYC-Rome"));
	made_done(&m);
}

static void finds_nothing(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA);
	struct digest_search_in in = { .n_firmware = 3 };
	uint8_t digest[SHA384_SIZE] = { 1 };
	struct digest_search r;
	struct err e = { 0 };
	struct made m;

	make(&m);
	in.firmware = m.firmware;
	in.want = SPAN_OF(digest);
	CHECK_OK(digest_search(&r, &in, a, &e), e);
	CHECK(r.found.kind == DIGEST_SEARCH_NONE);
	CHECK(r.n == 1 + r.tried[1].n + r.tried[2].n && r.tried[2].n_kernel == 0);
	in.want.n = 47;
	CHECK_ERR(digest_search(&r, &in, a, &e), e, ERR_USAGE);
	in.want.n = 48;
	in.n_firmware = DIGEST_SEARCH_FIRMWARE_MAX + 1;
	CHECK_ERR(digest_search(&r, &in, a, &e), e, ERR_LIMIT);
	made_done(&m);
}

/* What a vendor publishes of a firmware is told from a guest's digest. */
static void finds_a_firmware_hash(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA);
	CLEANUP(snp_launch_freep) struct snp_launch *l = NULL;
	struct snp_inputs launch = { 0 };
	struct digest_search_in in = { .n_firmware = 3 };
	struct digest_search r;
	struct err e = { 0 };
	struct made m;

	make(&m);
	launch.firmware = buf_span(&m.with);
	CHECK_OK(snp_launch_new(&l, &launch, a, &e), e);
	in.firmware = m.firmware;
	in.want = span_make(snp_launch_firmware_hash(l), SHA384_SIZE);
	CHECK_OK(digest_search(&r, &in, a, &e), e);
	CHECK(r.found.kind == DIGEST_SEARCH_FIRMWARE_HASH && r.found.firmware == &m.firmware[2]);
	made_done(&m);
}

int main(void)
{
	finds_snp();
	finds_sev();
	finds_nothing();
	finds_a_firmware_hash();
	return test_end();
}
