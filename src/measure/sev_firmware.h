/*
 * What a firmware image says to the launch of an SEV guest: from OVMF's table of GUIDs (measure/ovmf_table.h) where the
 * second processor starts and where hashes of a kernel go, and the SEV metadata with the pages that are measured beside
 * the image. An SVSM image (Coconut) has the same table and metadata, and says where it starts itself.
 *
 *   SEV metadata  "ASEV", u32 size, u32 version 1, u32 n, n x { u32 address, u32 size, u32 type }, little-endian
 *
 * The order of sections in the image is the order of measurement, and differs between builds. This reader decides
 * nothing: an image may lack each of these parts.
 */
#ifndef ASSAY_MEASURE_SEV_FIRMWARE_H
#define ASSAY_MEASURE_SEV_FIRMWARE_H

#include "base/err.h"
#include "base/span.h"

enum { SEV_FIRMWARE_MAX = 16 << 20, SEV_SECTIONS_MAX = 32, SEV_PAGE = 4096 };

enum sev_section_type {
	SEV_SECTION_MEMORY = 1,
	SEV_SECTION_SECRETS = 2,
	SEV_SECTION_CPUID = 3,
	SEV_SECTION_SVSM_CALLING_AREA = 4,
	SEV_SECTION_KERNEL_HASHES = 0x10,
};

struct sev_section {
	uint64_t address, size;
	uint32_t type; /* may be none of enum sev_section_type */
};

struct sev_firmware {
	struct span image;
	bool has_reset;
	uint32_t reset_eip; /* where processors but the first start */
	uint64_t hashes_address,
		hashes_size; /* both 0: the firmware checks no hashes of a kernel */
	bool has_entry;
	uint32_t entry; /* SVSM: offset of its entry point */
	bool has_metadata;
	struct sev_section sections[SEV_SECTIONS_MAX];
	size_t n_sections;
};

/* "SEC_MEM" and so on; NULL for a type that is not known. */
const char *sev_section_name(uint32_t type);

/*
 * Borrows the image. Fails: NOTFOUND without a table of GUIDs, FORMAT when the size is no multiple of 4096, an entry has
 * another size than its meaning wants, or sections are no whole pages or overlap; LIMIT above the maxima.
 */
bool sev_firmware_parse(struct sev_firmware *ret, struct span image, struct err *e) MUST_CHECK;

/* Where the image lies: it ends at 4 GiB. */
uint64_t sev_firmware_base(const struct sev_firmware *fw);

#endif
