#include "diff/diff_firmware.h"

#include "base/banned.h"

enum { GUID_AT = 16, GUID_BYTES = 16, MAGIC_AT = 40, HEAD = 56 };

/* EFI_SYSTEM_NV_DATA_FV_GUID, fff12b8d-7696-4c8b-a985-2747075b4f50, as it lies in the file. */
static const uint8_t variables[GUID_BYTES] = { 0x8d, 0x2b, 0xf1, 0xff, 0x96, 0x76, 0x8b, 0x4c, 0xa9,
	0x85, 0x27, 0x47, 0x07, 0x5b, 0x4f, 0x50 };

enum diff_reach diff_firmware_reach(struct span s)
{
	if (s.n < HEAD || memcmp(s.p + MAGIC_AT, "_FVH", 4) != 0)
		return DIFF_REACH_NONE;
	return memcmp(s.p + GUID_AT, variables, sizeof(variables)) == 0
		       ? DIFF_REACH_FIRMWARE_VARIABLES
		       : DIFF_REACH_FIRMWARE;
}
