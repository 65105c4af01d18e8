/*
 * GUIDs as a GUID partition table stores them (UEFI 2.10, appendix A): the first three fields are little-endian.
 */
#ifndef ASSAY_GUEST_GUID_H
#define ASSAY_GUEST_GUID_H

#include <stdint.h>

enum { GUID_SIZE = 16, GUID_TEXT = 36 };

/* Text in lower case and its terminator, from the bytes on disk. */
void guid_text(char ret[static GUID_TEXT + 1], const uint8_t bytes[static GUID_SIZE]);

#endif
