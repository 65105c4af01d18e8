#include "diff/mbr_read.h"

#include <stdio.h>

#include "base/hex.h"
#include "base/rd.h"
#include "base/banned.h"

enum {
	SECTOR = 512,
	BOOT_CODE_SIZE = 440,
	SIGNATURE_AT = 440,
	ENTRIES_AT = 446,
	ENTRY_SIZE = 16,
	ENTRIES = 4,
	MAGIC = 0xaa55, /* at 510 */
	FIRST_LOGICAL = 5,
};

/* 0 u8 status, 1 CHS[3], 4 u8 type, 5 CHS[3], 8 u32 first sector, 12 u32 sectors. */
struct entry {
	uint64_t at;
	uint8_t status, type;
	uint32_t first, n_sectors;
};

static bool read_entries(
	struct entry ret[static ENTRIES], const struct diff_bytes *src, uint64_t at)
{
	struct rd r = rd_of(diff_bytes_at(src, at, SECTOR));

	rd_skip(&r, ENTRIES_AT);
	for (size_t i = 0; i < ENTRIES; i++) {
		ret[i].at = at + ENTRIES_AT + i * ENTRY_SIZE;
		ret[i].status = rd_u8(&r);
		rd_skip(&r, 3);
		ret[i].type = rd_u8(&r);
		rd_skip(&r, 3);
		ret[i].first = rd_u32le(&r);
		ret[i].n_sectors = rd_u32le(&r);
	}
	return rd_u16le(&r) == MAGIC && rd_ok(&r);
}

static bool is_extended(const struct entry *en)
{
	return en->type == 0x05 || en->type == 0x0f || en->type == 0x85;
}

bool mbr_read_is(const struct diff_bytes *src)
{
	struct entry entries[ENTRIES];
	size_t n = 0;

	if (!read_entries(entries, src, 0))
		return false;
	for (size_t i = 0; i < ENTRIES; i++) {
		const struct entry *en = &entries[i];

		if (en->status & 0x7f || (en->type && (!en->first || !en->n_sectors)))
			return false;
		n += en->type != 0;
	}
	return n > 0;
}

static bool add(
	struct diff_list *l, const struct entry *en, uint64_t base, unsigned number, struct err *e)
{
	struct diff_member m = {
		.kind = DIFF_MEMBER_PARTITION, .at = en->at, .head_size = ENTRY_SIZE
	};
	uint64_t first = base + en->first, sectors = l->src->all.n / SECTOR;
	char type[8], place[32];

	snprintf(type, sizeof type, "0x%02x", en->type);
	snprintf(place, sizeof place, "%llu", (unsigned long long)first);
	m.path = arena_printf(l->arena, "%u", number);
	if (!m.path.p)
		return arena_full(l->arena, e);
	if (is_extended(en))
		m.not_read = STR("extended partition");
	else if (first > sectors || en->n_sectors > sectors - first)
		m.not_read = STR("not within the disk");
	else if (!diff_list_piece(l, first * SECTOR, (uint64_t)en->n_sectors * SECTOR, e))
		return false;
	return diff_list_content(l, &m, e) &&
	       diff_list_fact(l, "type", str_of(type), en->at + 4, 1, e) &&
	       diff_list_fact(l, "flags", en->status ? STR("bootable") : STR(""), en->at, 1, e) &&
	       diff_list_fact(l, "first sector", str_of(place), en->at + 8, 4, e) &&
	       diff_list_facts(l, &m.facts, &m.n_facts, e) && diff_list_add(l, &m, e);
}

/*
 * Each record of the chain has its partition, from its own sector on, and the next record, from the start of the extended
 * partition on.
 */
static bool add_logical(struct diff_list *l, const struct entry *extended, struct err *e)
{
	uint64_t at = extended->first;
	struct entry entries[ENTRIES];

	for (unsigned i = 0; i < MBR_READ_LOGICAL_MAX; i++) {
		if (!read_entries(entries, l->src, at * SECTOR))
			return err_set(e, ERR_FORMAT,
				"no record of a logical partition at sector %llu",
				(unsigned long long)at);
		if (entries[0].type && !add(l, &entries[0], at, FIRST_LOGICAL + i, e))
			return false;
		if (!is_extended(&entries[1]))
			return true;
		at = (uint64_t)extended->first + entries[1].first;
	}
	return err_set(e, ERR_LIMIT, "more than %d logical partitions", MBR_READ_LOGICAL_MAX);
}

bool mbr_read_boot_code(struct diff_list *l, struct err *e)
{
	struct span code = diff_bytes_at(l->src, 0, BOOT_CODE_SIZE);
	struct span signature = diff_bytes_at(l->src, SIGNATURE_AT, 4);
	char text[9];

	if (!code.n || !signature.n)
		return true;
	hex_write(text, signature.p, signature.n);
	if (diff_bytes_behind_zeros(l->src, 0) < BOOT_CODE_SIZE &&
		!diff_list_fact(l, "boot code", str_make((const char *)code.p, code.n), 0,
			BOOT_CODE_SIZE, e))
		return false;
	return strcmp(text, "00000000") == 0 ||
	       diff_list_fact(l, "disk signature", str_of(text), SIGNATURE_AT, 4, e);
}

bool mbr_read(struct diff_list *l, struct diff_members *ret, struct err *e)
{
	struct entry entries[ENTRIES];

	if (!mbr_read_is(l->src))
		return err_set(e, ERR_FORMAT, "neither a GPT nor an MBR");
	if (!read_entries(entries, l->src, 0))
		return err_set(e, ERR_INTERNAL, "an MBR without entries");
	for (unsigned i = 0; i < ENTRIES; i++)
		if (entries[i].type && !add(l, &entries[i], 0, i + 1, e))
			return false;
	for (unsigned i = 0; i < ENTRIES; i++)
		if (is_extended(&entries[i]) && !add_logical(l, &entries[i], e))
			return false;
	return mbr_read_boot_code(l, e) && diff_list_end(l, ret, l->src->all.n, e);
}
