/*
 * Launch digests of SEV-SNP guests by shape (measure/snp_digest.h): files are hashed once, and what a shape has in common
 * with the one before it is not computed again. A thousand shapes cost little more than one.
 */
#ifndef ASSAY_MEASURE_SNP_LAUNCH_H
#define ASSAY_MEASURE_SNP_LAUNCH_H

#include "base/arena.h"
#include "measure/snp_digest.h"

/* A host has no more of them for one guest than KVM has. */
enum { SNP_PROCESSORS_MAX = 1024 };

/* SEV_FEATURES bit 0: SNP is active. Hosts with Linux 6.6 and 6.7 add bit 5, DebugSwap. */
#define SNP_FEATURES_DEFAULT UINT64_C(0x1)

struct snp_inputs {
	struct span firmware;
	const struct sev_firmware *
		known; /* what it says, without the file; wants firmware_hash. NULL: there is the file */
	const uint8_t *
		firmware_hash; /* 48 bytes: digest behind the firmware's pages; NULL: made from them */
	struct span svsm;      /* n 0: none. With one, the firmware's own sections do not count */
	uint64_t variables_size; /* of the flash between SVSM and firmware; only with an SVSM */
	const struct sev_hashes *hashes; /* NULL: no kernel is given to QEMU */
};

struct snp_shape {
	enum sev_vmm vmm;
	uint32_t signature; /* CPUID Fn1 EAX of the processor type */
	uint64_t features;
	unsigned processors; /* 1..SNP_PROCESSORS_MAX */
};

struct snp_launch;

/*
 * Borrows the inputs' bytes and hashes; memory from a, but for a hasher that snp_launch_free releases. Fails as the parts
 * that it is made of: NOTFOUND, FORMAT, USAGE, LIMIT.
 */
bool snp_launch_new(struct snp_launch **ret, const struct snp_inputs *in, struct arena *a,
	struct err *e) MUST_CHECK;
void snp_launch_free(struct snp_launch *l);
void snp_launch_freep(struct snp_launch **l); /* for CLEANUP */

/* The digest behind the firmware's pages, which is the firmware's own and that of no shape. */
const uint8_t *snp_launch_firmware_hash(const struct snp_launch *l);

/* Where Google's hypervisor puts the VMSA of such processors is known. */
bool snp_launch_gce_knows(uint32_t signature);

/*
 * The digest of one shape, with its pages. Fails: FORMAT for sections without rules, USAGE for what a hypervisor is not
 * known to do (an SVSM elsewhere than under QEMU; Google's other processors than Milan and Genoa), LIMIT.
 */
bool snp_launch_digest(struct snp_digest *ret, struct snp_launch *l, const struct snp_shape *shape,
	struct err *e) MUST_CHECK;

#endif
