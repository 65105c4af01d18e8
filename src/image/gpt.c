#include "image/gpt.h"

#include <string.h>

#include "codec/crc.h"
#include "base/banned.h"

enum {
	TABLE_SIZE = GPT_ENTRIES * GPT_ENTRY_SIZE,
	TABLE_SECTORS = TABLE_SIZE / GPT_SECTOR,
	FIRST_USABLE_LBA = GPT_PRIMARY_SIZE / GPT_SECTOR,
	MBR_ENTRY_AT = 446,
	MBR_TYPE_PROTECTIVE = 0xee,
};

const uint8_t gpt_type_esp[UUID_SIZE] = { 0xc1, 0x2a, 0x73, 0x28, 0xf8, 0x1f, 0x11, 0xd2, 0xba,
	0x4b, 0x00, 0xa0, 0xc9, 0x3e, 0xc9, 0x3b };
const uint8_t gpt_type_root_x86_64[UUID_SIZE] = { 0x4f, 0x68, 0xbc, 0xe3, 0xe8, 0xcd, 0x4d, 0xb1,
	0x96, 0xe7, 0xfb, 0xca, 0xf9, 0x84, 0xb7, 0x09 };
const uint8_t gpt_type_root_x86_64_verity[UUID_SIZE] = { 0x2c, 0x73, 0x57, 0xed, 0xeb, 0xd2, 0x46,
	0xd9, 0xae, 0xc1, 0x23, 0xd4, 0x37, 0xec, 0x2b, 0xf5 };

/* From text order to that of the format: the first three fields are little-endian. */
static void put_guid(uint8_t *p, const uint8_t *uuid)
{
	static const uint8_t order[UUID_SIZE] = { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14,
		15 };

	for (size_t i = 0; i < UUID_SIZE; i++)
		p[i] = uuid[order[i]];
}

static bool overlap(const struct gpt_partition *a, const struct gpt_partition *b)
{
	return a->at < b->at + b->size && b->at < a->at + a->size;
}

static bool check_partition(const struct gpt *g, size_t i, struct err *e)
{
	const struct gpt_partition *p = &g->partitions[i];
	uint64_t end = g->disk_size - GPT_BACKUP_SIZE;

	if (!p->name || !*p->name || strlen(p->name) > GPT_NAME_MAX)
		return err_set(e, ERR_FORMAT, "partition %zu has no name of 1 to %d characters",
			i + 1, GPT_NAME_MAX);
	if (p->at % GPT_ALIGN || p->size % GPT_SECTOR || !p->size)
		return err_set(e, ERR_FORMAT,
			"partition '%s' at %llu of %llu bytes is not aligned or empty", p->name,
			(unsigned long long)p->at, (unsigned long long)p->size);
	if (p->at < GPT_PRIMARY_SIZE || p->at > end || p->size > end - p->at)
		return err_set(e, ERR_FORMAT,
			"partition '%s' at %llu of %llu bytes does not fit on the disk of %llu",
			p->name, (unsigned long long)p->at, (unsigned long long)p->size,
			(unsigned long long)g->disk_size);
	for (size_t k = 0; k < i; k++)
		if (overlap(p, &g->partitions[k]))
			return err_set(e, ERR_FORMAT, "partitions '%s' and '%s' overlap",
				g->partitions[k].name, p->name);
	return true;
}

static bool check(const struct gpt *g, struct err *e)
{
	if (g->disk_size % GPT_SECTOR || g->disk_size < GPT_PRIMARY_SIZE + GPT_BACKUP_SIZE)
		return err_set(e, ERR_FORMAT, "a disk of %llu bytes cannot hold a partition table",
			(unsigned long long)g->disk_size);
	if (g->n > GPT_ENTRIES)
		return err_set(e, ERR_LIMIT, "%zu partitions, limit %d", g->n, GPT_ENTRIES);
	for (size_t i = 0; i < g->n; i++)
		if (!check_partition(g, i, e))
			return false;
	return true;
}

/*
 * Entry: 0 type[16], 16 unique GUID[16], 32 u64 first LBA, 40 u64 last LBA, 48 u64 attributes, 56 name, 36 x
 * UTF-16LE.
 */
static void put_entry(uint8_t *p, const struct gpt_partition *part)
{
	put_guid(p, part->type);
	put_guid(p + 16, part->uuid);
	put_u64le(p + 32, part->at / GPT_SECTOR);
	put_u64le(p + 40, (part->at + part->size) / GPT_SECTOR - 1);
	put_u64le(p + 48, part->attributes);
	for (size_t i = 0; part->name[i]; i++)
		put_u16le(p + 56 + 2 * i, (uint8_t)part->name[i]);
}

static void put_table(uint8_t table[static TABLE_SIZE], const struct gpt *g)
{
	memset(table, 0, TABLE_SIZE);
	for (size_t i = 0; i < g->n; i++)
		put_entry(table + i * GPT_ENTRY_SIZE, &g->partitions[i]);
}

/*
 * Header: 0 "EFI PART", 8 u32 revision 1.0, 12 u32 size, 16 u32 its CRC (as 0), 20 u32 0, 24 u64 own LBA, 32
 * u64 the other's, 40 u64 first usable LBA, 48 u64 last, 56 disk GUID[16], 72 u64 LBA of the entries, 80 u32
 * number of entries, 84 u32 size of one, 88 u32 CRC of all.
 */
static void put_header(uint8_t p[static GPT_HEADER_SIZE], const struct gpt *g, bool backup,
	const uint8_t table[static TABLE_SIZE])
{
	uint64_t last = g->disk_size / GPT_SECTOR - 1;

	memset(p, 0, GPT_HEADER_SIZE);
	memcpy(p, "EFI PART", 8);
	put_u32le(p + 8, 0x00010000);
	put_u32le(p + 12, GPT_HEADER_SIZE);
	put_u64le(p + 24, backup ? last : 1);
	put_u64le(p + 32, backup ? 1 : last);
	put_u64le(p + 40, FIRST_USABLE_LBA);
	put_u64le(p + 48, last - TABLE_SECTORS - 1);
	put_guid(p + 56, g->disk_uuid);
	put_u64le(p + 72, backup ? last - TABLE_SECTORS : 2);
	put_u32le(p + 80, GPT_ENTRIES);
	put_u32le(p + 84, GPT_ENTRY_SIZE);
	put_u32le(p + 88, crc_ieee(span_make(table, TABLE_SIZE)));
	put_u32le(p + 16, crc_ieee(span_make(p, GPT_HEADER_SIZE)));
}

/* One partition of type 0xee over the whole disk, as far as 32 bits go. */
static void add_protective_mbr(struct buf *b, uint64_t disk_size)
{
	uint64_t sectors = disk_size / GPT_SECTOR - 1;
	uint8_t mbr[GPT_SECTOR] = { 0 }, *entry = mbr + MBR_ENTRY_AT;

	entry[2] = 2; /* cylinder 0, head 0, sector 2 */
	entry[4] = MBR_TYPE_PROTECTIVE;
	memset(entry + 5, 0xff, 3);
	put_u32le(entry + 8, 1);
	put_u32le(entry + 12, sectors > UINT32_MAX ? UINT32_MAX : (uint32_t)sectors);
	mbr[510] = 0x55;
	mbr[511] = 0xaa;
	buf_add(b, mbr, sizeof mbr);
}

bool gpt_emit(const struct gpt *g, struct buf *primary, struct buf *backup, struct err *e)
{
	uint8_t table[TABLE_SIZE], header[GPT_HEADER_SIZE];

	if (!check(g, e))
		return false;
	put_table(table, g);
	add_protective_mbr(primary, g->disk_size);
	put_header(header, g, false, table);
	buf_add(primary, header, sizeof header);
	buf_fill(primary, 0, GPT_SECTOR - GPT_HEADER_SIZE);
	buf_add(primary, table, sizeof table);
	put_header(header, g, true, table);
	buf_add(backup, table, sizeof table);
	buf_add(backup, header, sizeof header);
	buf_fill(backup, 0, GPT_SECTOR - GPT_HEADER_SIZE);
	if (!buf_ok(primary) || !buf_ok(backup))
		return buf_full(buf_ok(primary) ? backup : primary, "the partition table", e);
	return true;
}

bool gpt_event_data(const struct gpt *g, struct buf *out, struct err *e)
{
	uint8_t table[TABLE_SIZE], header[GPT_HEADER_SIZE];

	if (!check(g, e))
		return false;
	put_table(table, g);
	put_header(header, g, false, table);
	buf_add(out, header, sizeof header);
	buf_u64le(out, g->n);
	buf_add(out, table, g->n * GPT_ENTRY_SIZE);
	return buf_ok(out) || buf_full(out, "the partition event", e);
}
