/*
 * The two 32-bit cyclic redundancy checks that formats carry. They find accidents, not forgeries.
 */
#ifndef ASSAY_CODEC_CRC_H
#define ASSAY_CODEC_CRC_H

#include "base/span.h"

/* CRC-32 of IEEE 802.3, as GPT and enclave images have it. */
uint32_t crc_ieee(struct span s);
/* The same of bytes in pieces: what it was of all before s (0 of none) becomes what it is with s. */
uint32_t crc_ieee_add(uint32_t before, struct span s);
/* CRC-32C from all ones without the last inversion: the kernel's crc32c(~0, ...), as EROFS has it. */
uint32_t crc_castagnoli(struct span s);

#endif
