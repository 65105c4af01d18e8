#include "measure/snp_launch.h"

#include "fuzz.h"
#include "measure/sev_digest.h"
#include "ovmf_made.h"

static const struct ovmf_made_section sections[] = {
	{ 0x800000, 0x9000, 1 },
	{ 0x80d000, 0x1000, 2 },
	{ 0x80e000, 0x1000, 3 },
	{ 0x80f000, 0x1000, 4 },
	{ 0x810000, 0x1000, 0x10 },
};

/* Whole images of one page: with all sections, without metadata, and one that starts as an SVSM does. */
bool fuzz_sample(size_t i, struct buf *b)
{
	struct ovmf_made m = { .size = 4096,
		.reset_eip = 0x80b004,
		.hashes_address = 0x810c00,
		.hashes_size = 0x400,
		.sections = i == 1 ? NULL : sections,
		.n_sections = i == 1   ? 0
			      : i == 0 ? ARRAY_LEN(sections)
				       : 3 };

	if (i > 2)
		return false;
	if (i == 2)
		m.svsm_entry = 0x40;
	ovmf_made(b, &m);
	return true;
}

/* Sections of gigabytes are hashed page by page: what takes that long here is cut off. */
static bool is_small(const struct sev_firmware *fw)
{
	uint64_t size = 0;

	for (size_t i = 0; i < fw->n_sections; i++)
		size += fw->sections[i].size;
	return size <= 1 << 20;
}

static void launch(const struct sev_firmware *fw, struct span svsm, const struct sev_hashes *hashes)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	CLEANUP(snp_launch_freep) struct snp_launch *l = NULL;
	const struct snp_inputs in = {
		.firmware = fw->image, .svsm = svsm, .variables_size = 4096, .hashes = hashes
	};
	const struct snp_shape shape = { SEV_VMM_QEMU, 0xa00f11, SNP_FEATURES_DEFAULT, 3 };
	struct snp_digest d;
	struct err e = { 0 };

	if (!snp_launch_new(&l, &in, a, &e) || !snp_launch_digest(&d, l, &shape, &e)) {
		MUST(e.kind != ERR_NONE && e.text[0]);
		return;
	}
	MUST(d.n_groups >= 3 && d.n_groups <= SNP_GROUPS_MAX);
	MUST(!memcmp(d.groups[d.n_groups - 1].after, d.value, SHA384_SIZE));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	CLEANUP(sev_digest_freep) struct sev_digest *d = NULL;
	const struct sev_hashes hashes = { 0 };
	struct span image = span_make(data, size);
	uint8_t digest[SHA256_SIZE];
	struct sev_firmware fw;
	struct err e = { 0 };

	if (!sev_firmware_parse(&fw, image, &e))
		return 0;
	fuzz_taken = true;
	MUST(fw.n_sections <= SEV_SECTIONS_MAX);
	for (size_t i = 0; i < fw.n_sections; i++)
		MUST(fw.sections[i].address % SEV_PAGE == 0 && fw.sections[i].size % SEV_PAGE == 0);
	if (!is_small(&fw))
		return 0;
	launch(&fw, span_make(NULL, 0), NULL);
	launch(&fw, span_make(NULL, 0), &hashes);
	launch(&fw, image, NULL);
	if (sev_digest_new(&d, image, NULL, a, &e) && fw.has_reset)
		MUST(sev_digest_es(digest, d, SEV_VMM_QEMU, 1, 2, &e));
	return 0;
}
