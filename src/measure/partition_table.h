/*
 * The partition table as firmware measures it (EV_EFI_GPT_EVENT, UEFI_GPT_DATA): the primary GPT header (92 bytes), u64
 * number of entries that have a type, these entries (128 bytes each). UEFI 2.10 section 5.3; 512-byte sectors.
 */
#ifndef ASSAY_MEASURE_PARTITION_TABLE_H
#define ASSAY_MEASURE_PARTITION_TABLE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

enum {
	PARTITION_TABLE_SECTOR = 512,
	PARTITION_TABLE_HEADER = 92,
	PARTITION_TABLE_ENTRY = 128,
	PARTITION_TABLE_ENTRIES_MAX = 128,
	/* Protective MBR, header and 128 entries: what partition_table_event wants of the disk. */
	PARTITION_TABLE_DISK_START = 34 * PARTITION_TABLE_SECTOR,
	PARTITION_TABLE_EVENT_MAX = PARTITION_TABLE_HEADER + 8 +
				    PARTITION_TABLE_ENTRIES_MAX * PARTITION_TABLE_ENTRY,
};

/* That event data is well-formed: a header as above, as many entries as it says, each with a type. FORMAT. */
bool partition_table_check(struct span event, struct err *e) MUST_CHECK;

/*
 * Appends the event's data for a disk that starts with these bytes (at least PARTITION_TABLE_DISK_START). Fails: FORMAT
 * when the primary table is not there or a checksum does not hold (firmware would then turn to the backup).
 */
bool partition_table_event(struct buf *out, struct span disk_start, struct err *e) MUST_CHECK;

#endif
