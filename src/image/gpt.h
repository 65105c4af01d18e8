/*
 * A GUID partition table (UEFI 2.10 section 5): protective MBR, primary and backup table, 128 entries,
 * 512-byte sectors. Types are those of the Discoverable Partitions Specification. UUIDs are given in text
 * order (image/identifier.h) and stored with the first three fields swapped, as the format wants it.
 */
#ifndef ASSAY_IMAGE_GPT_H
#define ASSAY_IMAGE_GPT_H

#include "base/buf.h"
#include "base/err.h"
#include "image/identifier.h"

enum {
	GPT_SECTOR = 512,
	GPT_ENTRIES = 128,
	GPT_ENTRY_SIZE = 128,
	GPT_HEADER_SIZE = 92,
	GPT_ALIGN = 1 << 20, /* of every partition, in bytes */
	GPT_PRIMARY_SIZE = 34 * GPT_SECTOR,
	GPT_BACKUP_SIZE = 33 * GPT_SECTOR,
	GPT_NAME_MAX = 36,
};

/* Bit 60 of an entry's attributes: read-only (Discoverable Partitions Specification). */
#define GPT_READ_ONLY (UINT64_C(1) << 60)

extern const uint8_t gpt_type_esp[UUID_SIZE];
extern const uint8_t gpt_type_root_x86_64[UUID_SIZE];
extern const uint8_t gpt_type_root_x86_64_verity[UUID_SIZE];

struct gpt_partition {
	const uint8_t *type; /* one of gpt_type_* */
	uint8_t uuid[UUID_SIZE];
	uint64_t at, size; /* bytes; at a multiple of GPT_ALIGN, size of GPT_SECTOR and not 0 */
	uint64_t attributes;
	const char *name; /* ASCII, at most GPT_NAME_MAX */
};

struct gpt {
	uint8_t disk_uuid[UUID_SIZE];
	uint64_t disk_size; /* bytes, a multiple of GPT_SECTOR */
	const struct gpt_partition *partitions;
	size_t n;
};

/*
 * Appends the first GPT_PRIMARY_SIZE bytes of the disk to primary and its last GPT_BACKUP_SIZE bytes to
 * backup. Fails FORMAT when a partition is misaligned, overlaps another or the tables, or has no name.
 */
bool gpt_emit(
	const struct gpt *g, struct buf *primary, struct buf *backup, struct err *e) MUST_CHECK;

/*
 * What the firmware hashes as EV_EFI_GPT_EVENT (TCG PC Client Platform Firmware Profile, UEFI_GPT_DATA): the
 * primary header (92 bytes), u64 number of entries with a type, these entries. Fails as gpt_emit.
 */
bool gpt_event_data(const struct gpt *g, struct buf *out, struct err *e) MUST_CHECK;

#endif
