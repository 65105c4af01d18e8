/*
 * The table of GUIDs at the end of an OVMF image, in which the firmware tells the hypervisor where things are
 * (edk2 OvmfPkg/ResetVector, QEMU hw/i386/pc_sysfw_ovmf). All numbers are little-endian; N is the size of the image.
 *
 *   before N-50      entries, read from the end: data | u16 size of the entry | GUID (16); size includes these 18
 *   N-50         2  bytes of the whole table, the 18 of this footer included
 *   N-48        16  GUID 96b582de-1fb2-45f7-baea-a366c55a082d
 *   N-32        32  the reset vector
 *
 * Total on every input. What the data of an entry means is its reader's business.
 */
#ifndef ASSAY_MEASURE_OVMF_TABLE_H
#define ASSAY_MEASURE_OVMF_TABLE_H

#include "base/err.h"
#include "base/rd.h"
#include "base/span.h"

enum { OVMF_TABLE_GUID = 16, OVMF_TABLE_ENTRIES_MAX = 64 };

/* GUIDs as they stand in the image: the first three fields little-endian. */
extern const uint8_t ovmf_table_sev_es_reset[OVMF_TABLE_GUID]; /* u32 EIP of the APs after reset */
extern const uint8_t ovmf_table_sev_hashes[OVMF_TABLE_GUID]; /* u32 address, u32 size; 0, 0: none */
extern const uint8_t ovmf_table_sev_secret[OVMF_TABLE_GUID]; /* u32 address, u32 size */
extern const uint8_t ovmf_table_sev_metadata[OVMF_TABLE_GUID]; /* u32 distance from the end */
extern const uint8_t ovmf_table_tdx_metadata[OVMF_TABLE_GUID]; /* u32 distance from the end */
extern const uint8_t ovmf_table_svsm_info[OVMF_TABLE_GUID];    /* u32 offset of the entry point */

struct ovmf_entry {
	struct span guid; /* 16 bytes */
	struct span data; /* without size and GUID; may be empty */
};

/* Entries in the order in which they are read, the last of the image first. Borrows the image. */
struct ovmf_table {
	struct span firmware;
	struct ovmf_entry entries[OVMF_TABLE_ENTRIES_MAX];
	size_t n;
};

/*
 * Fails: NOTFOUND when the image carries no such table, FORMAT when an entry does not fit or a GUID is there twice
 * (readers would disagree on which counts), LIMIT above OVMF_TABLE_ENTRIES_MAX.
 */
bool ovmf_table_parse(struct ovmf_table *ret, struct span firmware, struct err *e) MUST_CHECK;

/* The entry's data; false without one. */
bool ovmf_table_find(
	const struct ovmf_table *t, const uint8_t guid[static OVMF_TABLE_GUID], struct span *ret);

/*
 * The bytes from where an entry of one u32, a distance from the image's end, points to up to that end. NOTFOUND without
 * the entry, FORMAT when it points out of the image; `what` ("SEV metadata") is for the message.
 */
bool ovmf_table_tail(struct span *ret, const struct ovmf_table *t,
	const uint8_t guid[static OVMF_TABLE_GUID], const char *what, struct err *e) MUST_CHECK;

#endif
