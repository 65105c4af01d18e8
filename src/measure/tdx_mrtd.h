/*
 * MRTD, the measurement of a TD's first contents (Intel TDX Module Base Architecture Specification, TDH.MEM.PAGE.ADD and
 * TDH.MR.EXTEND): one SHA-384 over a record of 128 bytes for each page that is added, and for each 256 bytes that are
 * measured a record of 128 bytes and the bytes themselves.
 *
 *   MEM.PAGE.ADD   0 "MEM.PAGE.ADD", 16 u64 address, zeroes
 *   MR.EXTEND      0 "MR.EXTEND", 16 u64 address, zeroes
 *
 * The order is the hypervisor's: page by page (KVM since its TDX support came upstream, QEMU 9 and newer, GCE), or all
 * pages of a section and then all its bytes (the patches around QEMU 8). The value of neither can be told from the other.
 */
#ifndef ASSAY_MEASURE_TDX_MRTD_H
#define ASSAY_MEASURE_TDX_MRTD_H

#include "base/digest.h"
#include "measure/tdx_metadata.h"

enum tdx_passes {
	TDX_SINGLE_PASS, /* each page is added and measured before the next */
	TDX_TWO_PASS,    /* a section's pages are added, then measured */
};

/* SHA-384; nothing is copied but single pages. */
struct digest tdx_mrtd(const struct tdx_metadata *m, enum tdx_passes passes);

#endif
