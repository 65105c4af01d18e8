/*
 * The two 32-bit cyclic redundancy checks that formats of an image carry. They find accidents, not forgeries.
 * Bit by bit: a few KiB are all that is ever checked.
 */
#ifndef ASSAY_CODEC_CRC_H
#define ASSAY_CODEC_CRC_H

#include "base/span.h"

/* CRC-32 of IEEE 802.3, as GPT has it. */
uint32_t crc_ieee(struct span s);
/* CRC-32C from all ones without the last inversion: the kernel's crc32c(~0, ...), as EROFS has it. */
uint32_t crc_castagnoli(struct span s);

#endif
