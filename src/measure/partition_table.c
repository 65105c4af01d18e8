#include "measure/partition_table.h"

#include <string.h>

#include "base/rd.h"
#include "base/banned.h"

enum { CHECKSUM_AT = 16, REVISION = 0x00010000, TABLE_AT_LBA = 2 };

struct header {
	uint32_t checksum, entries_checksum;
	uint32_t n_entries;
};

/* CRC-32 as Ethernet and zlib have it. */
static uint32_t crc32_add(uint32_t crc, struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		crc ^= s.p[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return crc;
}

static bool read_header(struct header *ret, struct rd *r, struct err *e)
{
	struct span magic = rd_bytes(r, 8);
	uint32_t revision = rd_u32le(r), size = rd_u32le(r), entry_size;
	uint64_t own_lba, table_lba;

	ret->checksum = rd_u32le(r);
	rd_skip(r, 4);
	own_lba = rd_u64le(r);
	rd_skip(r, 8 + 8 + 8 + 16); /* backup, first and last usable sector, disk GUID */
	table_lba = rd_u64le(r);
	ret->n_entries = rd_u32le(r);
	entry_size = rd_u32le(r);
	ret->entries_checksum = rd_u32le(r);
	if (!rd_ok(r))
		return rd_truncated(r, "GPT header", e);
	if (memcmp(magic.p, "EFI PART", 8) != 0 || revision != REVISION ||
		size != PARTITION_TABLE_HEADER)
		return err_set(e, ERR_FORMAT, "not a GPT header of revision 1.0 and %d bytes",
			PARTITION_TABLE_HEADER);
	if (own_lba != 1 || table_lba != TABLE_AT_LBA || entry_size != PARTITION_TABLE_ENTRY ||
		!ret->n_entries || ret->n_entries > PARTITION_TABLE_ENTRIES_MAX)
		return err_set(e, ERR_FORMAT,
			"GPT header at sector %llu has %u entries of %u bytes at sector %llu, wanted up to %d of %d at sector %d",
			(unsigned long long)own_lba, ret->n_entries, entry_size,
			(unsigned long long)table_lba, PARTITION_TABLE_ENTRIES_MAX,
			PARTITION_TABLE_ENTRY, TABLE_AT_LBA);
	return true;
}

static bool has_type(struct span entry)
{
	static const uint8_t none[16] = { 0 };

	return memcmp(entry.p, none, sizeof none) != 0;
}

bool partition_table_check(struct span event, struct err *e)
{
	struct rd r = rd_of(event);
	struct header h;
	uint64_t n;

	if (!read_header(&h, &r, e))
		return false;
	n = rd_u64le(&r);
	if (!rd_ok(&r) || n > h.n_entries || rd_left(&r) != n * PARTITION_TABLE_ENTRY)
		return err_set(e, ERR_FORMAT,
			"partition table event of %zu bytes does not hold the %llu entries that it names",
			event.n, (unsigned long long)n);
	for (uint64_t i = 0; i < n; i++)
		if (!has_type(rd_bytes(&r, PARTITION_TABLE_ENTRY)))
			return err_set(
				e, ERR_FORMAT, "partition table event has an entry without a type");
	return true;
}

static bool check_sums(
	const struct header *h, struct span header, struct span entries, struct err *e)
{
	static const uint8_t zero[4] = { 0 };
	uint32_t sum = crc32_add(~0u, span_make(header.p, CHECKSUM_AT));

	sum = crc32_add(sum, SPAN_OF(zero));
	sum = crc32_add(sum, span_make(header.p + CHECKSUM_AT + 4, header.n - CHECKSUM_AT - 4));
	if (~sum != h->checksum)
		return err_set(e, ERR_FORMAT, "GPT header: checksum is %08x, wanted %08x",
			h->checksum, ~sum);
	sum = ~crc32_add(~0u, entries);
	if (sum != h->entries_checksum)
		return err_set(e, ERR_FORMAT, "GPT entries: checksum is %08x, wanted %08x",
			h->entries_checksum, sum);
	return true;
}

bool partition_table_event(struct buf *out, struct span disk_start, struct err *e)
{
	struct rd disk = rd_of(disk_start), header, entries;
	struct span header_bytes, entries_bytes;
	uint64_t n = 0;
	struct header h;

	rd_seek(&disk, PARTITION_TABLE_SECTOR);
	header_bytes = rd_bytes(&disk, PARTITION_TABLE_HEADER);
	header = rd_of(header_bytes);
	if (!rd_ok(&disk))
		return rd_truncated(&disk, "disk", e);
	if (!read_header(&h, &header, e))
		return false;
	rd_seek(&disk, (size_t)TABLE_AT_LBA * PARTITION_TABLE_SECTOR);
	entries_bytes = rd_bytes(&disk, (size_t)h.n_entries * PARTITION_TABLE_ENTRY);
	if (!rd_ok(&disk))
		return rd_truncated(&disk, "GPT entries", e);
	if (!check_sums(&h, header_bytes, entries_bytes, e))
		return false;
	entries = rd_of(entries_bytes);
	for (uint32_t i = 0; i < h.n_entries; i++)
		n += has_type(rd_bytes(&entries, PARTITION_TABLE_ENTRY));
	buf_add(out, header_bytes.p, header_bytes.n);
	buf_u64le(out, n);
	entries = rd_of(entries_bytes);
	for (uint32_t i = 0; i < h.n_entries; i++) {
		struct span entry = rd_bytes(&entries, PARTITION_TABLE_ENTRY);

		if (has_type(entry))
			buf_add(out, entry.p, entry.n);
	}
	return true;
}
