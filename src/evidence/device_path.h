/*
 * Device paths (UEFI 2.10 chapter 10) in the text form of section 10.6: "PciRoot(0x0)/Pci(0x2,0x0)/\EFI\BOOT\BOOTX64.EFI".
 * Kinds of nodes without a form of their own here come out as Path(type,subtype,bytes).
 */
#ifndef ASSAY_EVIDENCE_DEVICE_PATH_H
#define ASSAY_EVIDENCE_DEVICE_PATH_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/span.h"

enum {
	DEVICE_PATH_NODES_MAX = 64, /* shown; "..." stands for more */
	DEVICE_PATH_NODE_MAX = 600, /* characters of a file's name or of a URI */
};

/*
 * Appends the text. False when the bytes are no device path: a node too short or longer than what is left. What was read
 * until there is appended all the same; what stands behind an end of the path is not looked at.
 */
bool device_path_text(struct buf *b, struct span path);

#endif
