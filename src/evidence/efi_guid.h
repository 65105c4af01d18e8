/*
 * GUIDs as firmware stores them (UEFI 2.10 appendix A: the first three fields are little-endian), in text, and what those
 * are called that event logs show.
 */
#ifndef ASSAY_EVIDENCE_EFI_GUID_H
#define ASSAY_EVIDENCE_EFI_GUID_H

#include "base/buf.h"
#include "base/span.h"

enum { EFI_GUID_SIZE = 16, EFI_GUID_TEXT = 37 };

/* "8be4df61-93ca-11d2-aa0d-00e098032b8c" of 16 bytes. */
void efi_guid_text(char out[static EFI_GUID_TEXT], const uint8_t guid[static EFI_GUID_SIZE]);
/* "EFI global", "EFI system partition"; NULL for others. */
const char *efi_guid_name(const uint8_t guid[static EFI_GUID_SIZE]);
/* Both: "8be4df61-... (EFI global)". */
void efi_guid_add(struct buf *b, const uint8_t guid[static EFI_GUID_SIZE]);

#endif
