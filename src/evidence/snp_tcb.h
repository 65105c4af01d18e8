/*
 * TCB_VERSION of SEV-SNP (AMD 56860, section 2.2): the security patch levels of the parts of a platform in eight bytes. Which
 * byte is whose depends on the product line; the others are reserved and zero.
 *
 *   Milan, Genoa   0 boot loader  1 TEE  6 SNP firmware  7 microcode
 *   Turin          0 FMC  1 boot loader  2 TEE  3 SNP firmware  7 microcode
 *
 * A part is newer when its number is greater; versions as a whole have no order, only part for part.
 */
#ifndef ASSAY_EVIDENCE_SNP_TCB_H
#define ASSAY_EVIDENCE_SNP_TCB_H

#include "base/err.h"
#include "evidence/snp_product.h"

enum snp_tcb_part {
	SNP_TCB_FMC,
	SNP_TCB_BOOT_LOADER,
	SNP_TCB_TEE,
	SNP_TCB_SNP,
	SNP_TCB_MICROCODE,
	SNP_TCB_PARTS,
};

/* FMC is 0 where the line has none. */
struct snp_tcb {
	uint8_t spl[SNP_TCB_PARTS];
};

/* "boot loader" */
const char *snp_tcb_part_name(enum snp_tcb_part part);
/* The line's platforms have this part. */
bool snp_tcb_has(enum snp_product product, enum snp_tcb_part part);

/* raw: the eight bytes, little-endian. Fails: USAGE for an unknown line, FORMAT when a reserved byte is not zero. */
bool snp_tcb_read(
	struct snp_tcb *ret, uint64_t raw, enum snp_product product, struct err *e) MUST_CHECK;

/*
 * Part for part. The names say in the reason whose value is which: "REPORTED_TCB", "policy". Fails: MISMATCH with the first
 * part that does not hold, both numbers.
 */
bool snp_tcb_check_equal(const char *name, const struct snp_tcb *tcb, const char *want_name,
	const struct snp_tcb *want, struct err *e) MUST_CHECK;
bool snp_tcb_check_at_least(const char *name, const struct snp_tcb *tcb, const char *min_name,
	const struct snp_tcb *min, struct err *e) MUST_CHECK;

#endif
