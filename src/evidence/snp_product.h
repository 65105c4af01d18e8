/*
 * Product lines of AMD processors with SEV-SNP: each has a root key of its own and its own layout of TCB versions. A report
 * from version 3 on names the processor by CPUID (family and model, extended ones added); a certificate by a text such as
 * "Milan-B0" (AMD 57230, VCEK certificate extensions).
 */
#ifndef ASSAY_EVIDENCE_SNP_PRODUCT_H
#define ASSAY_EVIDENCE_SNP_PRODUCT_H

#include <stdint.h>

#include "base/str.h"

enum snp_product { SNP_PRODUCT_UNKNOWN, SNP_MILAN, SNP_GENOA, SNP_TURIN };

/* "Milan"; "unknown". */
const char *snp_product_name(enum snp_product p);
/* "Milan" or "Milan-B0"; UNKNOWN for another text. */
enum snp_product snp_product_of_text(struct str s);
/* Family 0x19 or 0x1a with the models of the line (Bergamo and Siena are Genoa, as their root key is). */
enum snp_product snp_product_of_cpu(uint8_t family, uint8_t model);

#endif
