/*
 * What the files of snp_leaf.h share: the extensions by name.
 */
#ifndef ASSAY_TRUST_SNP_LEAF_INSIDE_H
#define ASSAY_TRUST_SNP_LEAF_INSIDE_H

#include "evidence/snp_tcb.h"

#define SNP_LEAF_OIDS "1.3.6.1.4.1.3704.1"

/* The last arcs of the OID of a part's level. */
extern const char *const snp_leaf_part_oids[SNP_TCB_PARTS];

#endif
