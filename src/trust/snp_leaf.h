/*
 * What the certificate of a key that signs SEV-SNP reports says of its chip, in extensions of AMD's (AMD 57230, VCEK; VLEK
 * likewise). OIDs below 1.3.6.1.4.1.3704.1, values in the extension's octet string:
 *
 *   .1 structure version, INTEGER      .2 product name, IA5String "Milan-B0"
 *   .3.1 boot loader, .3.2 TEE, .3.3 SNP firmware, .3.8 microcode, .3.9 FMC: patch levels, INTEGER 0 to 255
 *   .3.4 to .3.7 reserved patch levels: zero, may be absent
 *   .4 hardware id: of a VCEK; 64 bytes, or 8 from Turin on, as they are, without tag and length
 *   .5 the cloud provider's name, IA5String: of a VLEK
 *
 * Reading keeps what is there; each check fails when what it needs is absent, with the extension's name.
 */
#ifndef ASSAY_TRUST_SNP_LEAF_H
#define ASSAY_TRUST_SNP_LEAF_H

#include "evidence/snp_report.h"
#include "evidence/snp_tcb.h"
#include "trust/certificate.h"

enum snp_leaf_kind { SNP_LEAF_UNKNOWN, SNP_LEAF_VCEK, SNP_LEAF_VLEK };

/* Borrows the certificate. */
struct snp_leaf {
	enum snp_leaf_kind kind; /* by the subject's common name */
	bool has_structure_version, has_product, has_hwid, has_csp;
	uint8_t structure_version;
	struct str product_name;
	uint32_t parts;     /* bit n: the level of enum snp_tcb_part n is there */
	struct snp_tcb tcb; /* for which the key was derived */
	struct span hwid;
	struct str csp;
};

/* Fails: FORMAT for an extension twice, or with a value of another form. */
bool snp_leaf_read(struct snp_leaf *ret, const struct certificate *c, struct err *e) MUST_CHECK;

/* "SEV-VCEK" or "SEV-VLEK"; "unknown". */
const char *snp_leaf_kind_name(enum snp_leaf_kind kind);

/* SIGNING_KEY of the report names this kind of key. MISMATCH. */
bool snp_leaf_check_signing_key(
	const struct snp_leaf *leaf, const struct snp_report *report, struct err *e) MUST_CHECK;
/* The certificate names the line of the root, and the report's CPUID, where it has one, does so, too. MISMATCH. */
bool snp_leaf_check_product(const struct snp_leaf *leaf, const struct snp_report *report,
	enum snp_product product, struct err *e) MUST_CHECK;
/* All patch levels of the line are there and equal those of REPORTED_TCB, and CURRENT_TCB is no older. MISMATCH, NOTFOUND. */
bool snp_leaf_check_tcb(const struct snp_leaf *leaf, const struct snp_report *report,
	enum snp_product product, struct err *e) MUST_CHECK;
/*
 * The hardware id of a VCEK is the report's chip id; a masked chip id is none. A VLEK is no chip's: it must name its cloud
 * provider and no hardware. MISMATCH, NOTFOUND.
 */
bool snp_leaf_check_chip(const struct snp_leaf *leaf, const struct snp_report *report,
	enum snp_product product, struct err *e) MUST_CHECK;

#endif
