/*
 * Inside of diff/fat_read: one entry of a FAT folder with the long name before it.
 */
#ifndef ASSAY_DIFF_FAT_ENTRY_H
#define ASSAY_DIFF_FAT_ENTRY_H

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

enum {
	FAT_ENTRY_SLOT = 32,
	FAT_ENTRY_ALIAS = 11,
	FAT_ENTRY_NAME_UNITS = 20 * 13, /* a long name in UTF-16 */
	FAT_ENTRY_NAME_MAX = 4 * FAT_ENTRY_NAME_UNITS,
	FAT_ENTRY_VOLUME = 0x08, /* attributes */
	FAT_ENTRY_FOLDER = 0x10,
};

/* What has been seen of a long name; zeroed: nothing. */
struct fat_entry_name {
	uint16_t units[FAT_ENTRY_NAME_UNITS];
	unsigned next; /* number of the slot that must come next; 0 with sum set: whole */
	unsigned n_slots;
	uint8_t sum;
};

struct fat_entry {
	struct span alias;
	uint8_t attributes;
	char name[FAT_ENTRY_NAME_MAX +
		  1]; /* UTF-8 where the long name is, else the alias with its dot */
	size_t name_size;
	bool is_long;
	uint32_t cluster, size;
	int64_t written_unix; /* as if local time were UTC; 0: no date */
	int64_t created_unix;
	uint32_t created_hundredths;
	int64_t read_unix; /* a day */
};

enum fat_entry_what { FAT_ENTRY_END, FAT_ENTRY_SKIP, FAT_ENTRY_TAKE };

/* The next slot of a folder: its end, one that says nothing alone, or an entry, which takes the long name before it. */
enum fat_entry_what fat_entry_read(
	struct fat_entry *ret, struct fat_entry_name *name, struct span slot);

#endif
