/*
 * CRC-32C (Castagnoli, reflected, initial value and last inversion ~0: iSCSI, RFC 3720 appendix B.4) of what a pack holds,
 * by the processor's instruction where it has one (SSE4.2: some GB a second). It finds accidents, not forgeries: who can
 * write in the store can write the sum, too.
 */
#ifndef ASSAY_DEB_PACK_SUM_H
#define ASSAY_DEB_PACK_SUM_H

#include <stddef.h>
#include <stdint.h>

/* The sum of what came before (0: nothing) and these bytes. */
uint32_t pack_sum(uint32_t before, const void *p, size_t n);
/* The same without the instruction, for its test. */
uint32_t pack_sum_portable(uint32_t before, const void *p, size_t n);

#endif
