#include "image/fat.h"

#include <string.h>

#include "base/buf.h"
#include "image/fat_layout.h"
#include "image/stream.h"
#include "base/banned.h"

enum {
	INFO_SECTOR = 1,
	BACKUP_SECTOR = 6,
	MEDIA_FIXED = 0xf8,
	ATTRIBUTE_LABEL = 0x08,
	ATTRIBUTE_FOLDER = 0x10,
	ATTRIBUTE_ARCHIVE = 0x20,
	CHAIN_END = 0x0fffffff,
	FIRST_YEAR = 1980,
	DAY_SECONDS = 86400,
};

/* 1980-01-01 and 2107-12-31 23:59:58 */
static const int64_t time_min = 315532800, time_max = 4354819198;

struct dos_time {
	uint16_t day, clock;
};

static bool is_leap(unsigned year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* day: year since 1980 << 9, month << 5, day; clock: hour << 11, minute << 5, seconds / 2. */
static struct dos_time dos_time_of(int64_t unix_time)
{
	static const uint8_t month_days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int64_t t = unix_time < time_min ? time_min : unix_time > time_max ? time_max : unix_time;
	unsigned days = (unsigned)((t - time_min) / DAY_SECONDS);
	unsigned seconds = (unsigned)((t - time_min) % DAY_SECONDS);
	unsigned year = FIRST_YEAR, month = 0, length;

	for (; days >= 365u + is_leap(year); year++)
		days -= 365u + is_leap(year);
	for (;; month++) {
		length = month_days[month] + (month == 1 && is_leap(year) ? 1u : 0u);
		if (days < length)
			break;
		days -= length;
	}
	return (struct dos_time){
		(uint16_t)((year - FIRST_YEAR) << 9 | (month + 1) << 5 | (days + 1)),
		(uint16_t)(seconds / 3600 << 11 | seconds / 60 % 60 << 5 | seconds % 60 / 2),
	};
}

static void sign(uint8_t sector[static FAT_SECTOR])
{
	sector[510] = 0x55;
	sector[511] = 0xaa;
}

/*
 * Boot sector of FAT32: 11 u16 sector size, 13 u8 sectors of a cluster, 14 u16 reserved sectors, 16 u8 FATs,
 * 21 u8 media, 24 u16 sectors of a track, 26 u16 heads, 32 u32 sectors, 36 u32 sectors of a FAT, 44 u32
 * cluster of the root, 48 u16 FSInfo, 50 u16 backup, 64 u8 drive, 66 u8 0x29, 67 u32 volume id, 71 label[11],
 * 82 "FAT32   ".
 */
static void write_boot(struct stream *s, const struct fat *f)
{
	uint8_t b[FAT_SECTOR] = { 0xeb, 0x58, 0x90, 'a', 's', 's', 'a', 'y', ' ', ' ', ' ' };

	put_u16le(b + 11, FAT_SECTOR);
	b[13] = (uint8_t)f->cluster_sectors;
	put_u16le(b + 14, (uint16_t)f->reserved_sectors);
	b[16] = FAT_COPIES;
	b[21] = MEDIA_FIXED;
	put_u16le(b + 24, 63);
	put_u16le(b + 26, 255);
	put_u32le(b + 32, f->sectors);
	put_u32le(b + 36, f->fat_sectors);
	put_u32le(b + 44, FAT_FIRST_CLUSTER);
	put_u16le(b + 48, INFO_SECTOR);
	put_u16le(b + 50, BACKUP_SECTOR);
	b[64] = 0x80;
	b[66] = 0x29;
	put_u32le(b + 67, f->volume_id);
	memcpy(b + 71, f->label, sizeof f->label);
	memcpy(b + 82, "FAT32   ", 8);
	sign(b);
	stream_add(s, b, sizeof b);
}

/* FSInfo: 0 and 484 signatures, 488 u32 free clusters, 492 u32 where to look for the next. */
static void write_info(struct stream *s, const struct fat *f)
{
	uint8_t b[FAT_SECTOR] = { 'R', 'R', 'a', 'A' };

	memcpy(b + 484, "rrAa", 4);
	put_u32le(b + 488, f->n_clusters - f->used_clusters);
	put_u32le(b + 492, FAT_FIRST_CLUSTER + f->used_clusters);
	sign(b);
	stream_add(s, b, sizeof b);
}

static void write_reserved(struct stream *s, const struct fat *f)
{
	uint8_t third[FAT_SECTOR] = { 0 };

	sign(third);
	for (unsigned copy = 0; copy < 2; copy++) {
		stream_zero_to(s, (uint64_t)copy * BACKUP_SECTOR * FAT_SECTOR);
		write_boot(s, f);
		write_info(s, f);
		stream_add(s, third, sizeof third);
	}
	stream_zero_to(s, (uint64_t)f->reserved_sectors * FAT_SECTOR);
}

static void write_u32(struct stream *s, uint32_t v)
{
	uint8_t b[4];

	put_u32le(b, v);
	stream_add(s, b, sizeof b);
}

/* Chains run straight; nodes of one kind have their clusters in the order of nodes. */
static void write_chains(struct stream *s, const struct fat *f, bool files)
{
	for (size_t i = 0; i < f->n_nodes; i++) {
		const struct fat_node *n = &f->nodes[i];

		if ((n->file != NULL) != files)
			continue;
		for (uint32_t k = 1; k < n->n_clusters; k++)
			write_u32(s, n->cluster + k);
		if (n->n_clusters)
			write_u32(s, CHAIN_END);
	}
}

static void write_fat(struct stream *s, const struct fat *f)
{
	uint64_t end = s->at + (uint64_t)f->fat_sectors * FAT_SECTOR;

	write_u32(s, 0x0fffff00 | MEDIA_FIXED);
	write_u32(s, CHAIN_END);
	write_chains(s, f, false);
	write_chains(s, f, true);
	stream_zero_to(s, end);
}

/*
 * Entry: 0 alias[11], 11 u8 attributes, 14 u16 time and 16 u16 date of creation, 18 u16 date of access, 20
 * u16 high half of the cluster, 22 u16 time and 24 u16 date of change, 26 u16 low half of the cluster, 28 u32
 * size (0 for folders).
 */
static void write_entry(struct stream *s, const char alias[static FAT_NAME_ALIAS_SIZE],
	uint8_t attributes, uint32_t cluster, uint32_t size, struct dos_time t)
{
	uint8_t b[FAT_ENTRY_SIZE] = { 0 };

	memcpy(b, alias, FAT_NAME_ALIAS_SIZE);
	b[11] = attributes;
	put_u16le(b + 14, t.clock);
	put_u16le(b + 16, t.day);
	put_u16le(b + 18, t.day);
	put_u16le(b + 20, (uint16_t)(cluster >> 16));
	put_u16le(b + 22, t.clock);
	put_u16le(b + 24, t.day);
	put_u16le(b + 26, (uint16_t)cluster);
	put_u32le(b + 28, size);
	stream_add(s, b, sizeof b);
}

static void write_child(struct stream *s, const struct fat_node *n, struct dos_time t)
{
	unsigned slots = fat_name_slots(n->name);

	for (unsigned i = 0; i < slots; i++) {
		uint8_t slot[FAT_NAME_SLOT_SIZE];

		fat_name_slot(slot, n->name, i, n->alias);
		stream_add(s, slot, sizeof slot);
	}
	write_entry(s, n->alias, n->file ? ATTRIBUTE_ARCHIVE : ATTRIBUTE_FOLDER, n->cluster,
		n->file ? (uint32_t)n->file->content.size : 0, t);
}

static void write_folder(struct stream *s, const struct fat *f, uint32_t folder, struct dos_time t)
{
	const struct fat_node *n = &f->nodes[folder];

	if (folder) {
		/* The root is cluster 0 here. */
		uint32_t up = n->parent ? f->nodes[n->parent].cluster : 0;

		write_entry(s, ".          ", ATTRIBUTE_FOLDER, n->cluster, 0, t);
		write_entry(s, "..         ", ATTRIBUTE_FOLDER, up, 0, t);
	} else {
		write_entry(s, f->label, ATTRIBUTE_LABEL, 0, 0, t);
	}
	for (uint32_t i = n->first_child; i; i = f->nodes[i].next_sibling)
		write_child(s, &f->nodes[i], t);
}

/* Folders or files, each from its first cluster on. */
static void write_nodes(struct stream *s, const struct fat *f, bool files)
{
	uint64_t data_at = ((uint64_t)f->reserved_sectors + FAT_COPIES * f->fat_sectors) *
			   FAT_SECTOR;
	uint64_t cluster_size = (uint64_t)f->cluster_sectors * FAT_SECTOR;
	struct dos_time t = dos_time_of(f->time_unix);

	for (uint32_t i = 0; i < f->n_nodes && !s->failed; i++) {
		const struct fat_node *n = &f->nodes[i];

		if ((n->file != NULL) != files || !n->n_clusters)
			continue;
		stream_zero_to(s, data_at + (n->cluster - FAT_FIRST_CLUSTER) * cluster_size);
		if (files)
			stream_content(s, &n->file->content, 0, n->file->content.size);
		else
			write_folder(s, f, i, t);
	}
}

bool fat_emit(const struct fat *f, struct sink *to, struct err *e)
{
	CLEANUP(stream_done) struct stream s;

	stream_init(&s, to, e);
	write_reserved(&s, f);
	write_fat(&s, f);
	write_fat(&s, f);
	write_nodes(&s, f, false);
	write_nodes(&s, f, true);
	if (!s.failed)
		stream_zero_to(&s, fat_size(f));
	return stream_end(&s);
}
