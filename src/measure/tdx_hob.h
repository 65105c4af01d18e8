/*
 * The list of memory (hand-off blocks, UEFI PI 1.8 volume 3) that QEMU puts into a TD's section for it, and that the
 * firmware measures first into RTMR 0: the hand-off table, then one resource descriptor for each range. The block that
 * ends the list is not measured.
 *
 *   hand-off table   u16 1, u16 56, u32 0, u32 version 9, u32 boot mode 0, four u64 0, u64 address of the list's end
 *   resource         u16 3, u16 48, u32 0, 16 bytes 0, u32 type, u32 attributes 7, u64 start, u64 size;
 *                    type 0: memory that is there when the TD starts, 7: memory that it must accept
 *
 * Machine q35: up to 2.75 GiB of memory lie below 4 GiB, of more memory the first 2 GiB do.
 */
#ifndef ASSAY_MEASURE_TDX_HOB_H
#define ASSAY_MEASURE_TDX_HOB_H

#include "base/buf.h"
#include "measure/tdx_metadata.h"

enum { TDX_HOB_MEASURED_MAX = 56 + 48 * (2 * TDX_METADATA_SECTIONS_MAX + 2) };
#define TDX_HOB_MEMORY_MAX ((uint64_t)1 << 46)

/* What lies below 4 GiB of this much memory on q35. */
uint64_t tdx_hob_low_memory(uint64_t memory);

/*
 * Appends the measured bytes for a TD with this much memory: at most TDX_HOB_MEASURED_MAX. Fails: NOTFOUND for firmware
 * without a place for the list, USAGE for memory that is no whole pages, is smaller than what the firmware uses of it or
 * more than TDX_HOB_MEMORY_MAX, and for firmware with sections of memory that have no rules here.
 */
bool tdx_hob(
	struct buf *out, const struct tdx_metadata *m, uint64_t memory, struct err *e) MUST_CHECK;

#endif
