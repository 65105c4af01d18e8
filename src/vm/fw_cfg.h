/*
 * The files that QEMU shows to firmware (docs/specs/fw_cfg.rst), read from outside through the DMA interface. Reading
 * one changes QEMU's state as the firmware's reading does: ACPI tables are made anew at the first of them.
 */
#ifndef ASSAY_VM_FW_CFG_H
#define ASSAY_VM_FW_CFG_H

#include "base/buf.h"
#include "vm/qtest.h"

enum { FW_CFG_FILES_MAX = 256, FW_CFG_FILE_MAX = 1 << 20 };

/*
 * Appends the file of this name; scratch is an address of the machine's memory of which 64 KiB may be overwritten.
 * Fails: NOTFOUND, LIMIT above the maxima, IO.
 */
bool fw_cfg_read(struct buf *out, const struct qtest *q, const char *name, uint32_t scratch,
	struct err *e) MUST_CHECK;

#endif
