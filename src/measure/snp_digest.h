/*
 * The launch digest of an SEV-SNP guest (AMD 56860, SNP_LAUNCH_UPDATE): from 48 zeroes, for each page of 4096 bytes
 *
 *   digest = SHA-384(digest | content | u16 0x70 | u8 type | 5 zeroes (IMI, permissions of VMPL 3 to 1, reserved) | u64 address)
 *
 * where content is the page's SHA-384 for NORMAL and VMSA pages and zeroes for others. Pages are those of the firmware
 * image, which ends at 4 GiB; of the sections of its SEV metadata in the order of the image; one VMSA for each processor.
 *
 * The digest on its way is a value: a copy can be continued in two ways. So what guests have in common is hashed once,
 * and a processor more is one hash more. measure/snp_launch.h does that for whole shapes.
 */
#ifndef ASSAY_MEASURE_SNP_DIGEST_H
#define ASSAY_MEASURE_SNP_DIGEST_H

#include "base/digest.h"
#include "measure/sev_firmware.h"
#include "measure/sev_hashes.h"
#include "measure/sev_vmsa.h"

enum snp_page_type {
	SNP_PAGE_NORMAL = 1,
	SNP_PAGE_VMSA = 2,
	SNP_PAGE_ZERO = 3,
	SNP_PAGE_UNMEASURED = 4, /* its content is not, that it is there is */
	SNP_PAGE_SECRETS = 5,
	SNP_PAGE_CPUID = 6,
};

/* Firmware, SVSM, sections, the first processor, the others. */
enum { SNP_GROUPS_MAX = SEV_SECTIONS_MAX + 4 };

/* Pages that came one after the other: what they are, and the digest behind them. */
struct snp_group {
	const char *what; /* "firmware", "SEC_MEM", "vCPU 0", ... */
	enum snp_page_type type;
	uint64_t address; /* of the first; VMSAs all have the same */
	uint64_t n_pages;
	uint8_t after[SHA384_SIZE];
};

struct snp_digest {
	struct hasher *sha384; /* borrowed */
	uint8_t value[SHA384_SIZE];
	struct snp_group groups[SNP_GROUPS_MAX];
	size_t n_groups;
};

/* What the processors of a guest start with, hashed. */
struct snp_processors {
	uint64_t address; /* where the hypervisor says that the VMSA is */
	uint8_t first[SHA384_SIZE], other[SHA384_SIZE];
};

/* "NORMAL" and so on. */
const char *snp_page_name(enum snp_page_type type);

void snp_digest_init(struct snp_digest *d, struct hasher *sha384);
/* Pages of a file at this address, a multiple of SEV_PAGE as its size is; equal neighbours are hashed once. */
void snp_digest_pages(struct snp_digest *d, const char *what, struct span data, uint64_t address);
/* Goes on from the digest behind the firmware's pages, which is what some vendors publish. */
void snp_digest_from(struct snp_digest *d, const uint8_t firmware[static SHA384_SIZE],
	const struct sev_firmware *fw);
/*
 * The pages of the SEV metadata; hashes is NULL without a kernel. Fails: FORMAT without metadata or with a section whose
 * type or size has no rule, USAGE for hashes that the firmware has no page for (it would start any kernel).
 */
bool snp_digest_sections(struct snp_digest *d, const struct sev_firmware *fw, enum sev_vmm vmm,
	const struct sev_hashes *hashes, struct err *e) MUST_CHECK;
/* Processors from..n-1, the first being number 0. */
void snp_digest_processors(
	struct snp_digest *d, const struct snp_processors *p, unsigned from, unsigned n);

#endif
