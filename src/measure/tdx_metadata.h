/*
 * What a TDVF firmware image (OVMF for Intel TDX) tells the hypervisor to put into a TD before it starts: Intel's TDX
 * Virtual Firmware Design Guide, section 11. The image's table of GUIDs points to the descriptor; numbers are
 * little-endian:
 *
 *   -16        16  GUID e9eaf9f3-168e-44d5-a8eb-7f4d8738f6ae
 *     0         4  "TDVF"
 *     4         4  bytes of the descriptor: 16 + 32 n
 *     8         4  version, 1
 *    12         4  n
 *    16    n * 32  sections: u32 offset and u32 size of data in the image, u64 address and u64 size in memory,
 *                  u32 type, u32 attributes
 *
 * Total on every input. Strict: the sections lie in the image, are whole pages, and no two share a page, which the TDX
 * module would refuse.
 */
#ifndef ASSAY_MEASURE_TDX_METADATA_H
#define ASSAY_MEASURE_TDX_METADATA_H

#include "base/err.h"
#include "base/span.h"

enum {
	TDX_METADATA_SECTIONS_MAX = 64,
	TDX_METADATA_PAGE = 4096,
	/* All pages that are there before the TD starts, together. OVMF's are less than 5 MiB. */
	TDX_METADATA_MEMORY_MAX = 256 << 20,
};

enum tdx_section_type {
	TDX_BFV,           /* the firmware's code */
	TDX_CFV,           /* its variables */
	TDX_HOB,           /* where the hypervisor describes the TD's memory */
	TDX_TEMP_MEMORY,   /* zeroes */
	TDX_PERM_MEMORY,   /* the TD's whole memory */
	TDX_PAYLOAD,       /* a kernel in the image */
	TDX_PAYLOAD_PARAM, /* and its command line */
	TDX_SECTION_TYPES,
};

/* Attributes. */
enum {
	TDX_SECTION_EXTEND = 1, /* MR.EXTEND: its bytes go into MRTD */
	TDX_SECTION_AUG = 2,    /* PAGE.AUG: added when the TD runs, not measured at all */
};

struct tdx_section {
	enum tdx_section_type type;
	uint32_t attributes;
	uint64_t address, size; /* in the TD's memory, whole pages */
	struct span data;       /* its first bytes, borrowed from the image; zeroes follow */
};

struct tdx_metadata {
	struct tdx_section sections[TDX_METADATA_SECTIONS_MAX]; /* in the order of the image */
	size_t n;
};

/*
 * Borrows firmware. Fails: NOTFOUND for an image without a table of GUIDs or TDX metadata, FORMAT, LIMIT above the
 * maxima, USAGE for a version, type or attribute that has no rules here.
 */
bool tdx_metadata_parse(struct tdx_metadata *ret, struct span firmware, struct err *e) MUST_CHECK;

/* The first section of this type, or NULL. */
const struct tdx_section *tdx_metadata_find(
	const struct tdx_metadata *m, enum tdx_section_type type);

#endif
