#include "diff/gpt_read.h"

#include "base/buf.h"
#include "base/rd.h"
#include "codec/utf8.h"
#include "diff/mbr_read.h"
#include "codec/crc.h"
#include "image/identifier.h"
#include "base/banned.h"

enum {
	HEADER_SIZE = 92,
	HEADER_MAX = 4096,
	ENTRY_SIZE = 128,
	ENTRY_MAX = 4096,
	ENTRIES_MAX = 1024,
	NAME_UNITS = 36,
	CRC_AT = 16,
};

/*
 * 0 "EFI PART", 8 u32 revision, 12 u32 size, 16 u32 CRC of the header with 0 here, 20 u32, 24 u64 own sector, 32 u64 the
 * other's, 40 u64 first usable, 48 u64 last usable, 56 GUID[16], 72 u64 sector of the entries, 80 u32 how many,
 * 84 u32 size of one, 88 u32 CRC of all.
 */
struct header {
	uint64_t at, sector; /* in bytes */
	uint32_t size, crc, n_entries, entry_size, entries_crc;
	uint64_t own, other, first, last, entries;
	struct span guid;
};

static bool read_header(struct header *ret, const struct diff_bytes *src, uint64_t at,
	uint64_t sector, struct err *e)
{
	struct rd r = rd_of(diff_bytes_at(src, at, HEADER_SIZE));
	struct header h = { .at = at, .sector = sector };
	struct span magic = rd_bytes(&r, 8);

	rd_skip(&r, 4);
	h.size = rd_u32le(&r);
	h.crc = rd_u32le(&r);
	rd_skip(&r, 4);
	h.own = rd_u64le(&r);
	h.other = rd_u64le(&r);
	h.first = rd_u64le(&r);
	h.last = rd_u64le(&r);
	h.guid = rd_bytes(&r, UUID_SIZE);
	h.entries = rd_u64le(&r);
	h.n_entries = rd_u32le(&r);
	h.entry_size = rd_u32le(&r);
	h.entries_crc = rd_u32le(&r);
	if (!rd_ok(&r) || !span_equal(magic, span_make("EFI PART", 8)))
		return err_set(e, ERR_FORMAT, "no GPT header at %llu", (unsigned long long)at);
	if (h.size < HEADER_SIZE || h.size > HEADER_MAX || !h.n_entries ||
		h.n_entries > ENTRIES_MAX || h.entry_size < ENTRY_SIZE ||
		h.entry_size > ENTRY_MAX || h.entry_size % 8 || h.entries > src->all.n / sector ||
		!diff_bytes_at(src, h.entries * sector, (uint64_t)h.n_entries * h.entry_size).n)
		return err_set(e, ERR_FORMAT,
			"GPT header of %u bytes with %u entries of %u bytes at sector %llu", h.size,
			h.n_entries, h.entry_size, (unsigned long long)h.entries);
	*ret = h;
	return true;
}

/* Sectors of 512 bytes, or of 4096. */
static bool find_header(struct header *ret, const struct diff_bytes *src)
{
	struct err none = { 0 };

	return read_header(ret, src, 512, 512, &none) || read_header(ret, src, 4096, 4096, &none);
}

/* The first three fields of a GUID are little-endian. */
static void guid_text(char ret[static UUID_TEXT_SIZE], struct span guid)
{
	static const uint8_t order[UUID_SIZE] = { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14,
		15 };
	uint8_t uuid[UUID_SIZE] = { 0 };

	for (size_t i = 0; i < UUID_SIZE && guid.n == UUID_SIZE; i++)
		uuid[i] = guid.p[order[i]];
	identifier_text(ret, uuid);
}

static bool guid_fact(
	struct diff_list *l, const char *name, struct span guid, uint64_t at, struct err *e)
{
	char text[UUID_TEXT_SIZE];

	guid_text(text, guid);
	return diff_list_fact(l, name, str_of(text), at, UUID_SIZE, e);
}

/* From UTF-16LE up to the first 0; what is no character becomes U+FFFD. */
static size_t name_text(char ret[static 3 * NAME_UNITS], struct rd *r)
{
	size_t n = 0;
	bool ended = false;

	for (size_t i = 0; i < NAME_UNITS; i++) {
		uint32_t c = rd_u16le(r);

		ended = ended || !c;
		if (!ended)
			n += utf8_write(ret + n, c >= 0xd800 && c < 0xe000 ? 0xfffd : c);
	}
	return n;
}

/* 0 type[16], 16 GUID[16], 32 u64 first sector, 40 u64 last sector, 48 u64 attributes, 56 name[36] in UTF-16LE. */
static bool add_partition(struct diff_list *l, const struct header *h, uint32_t i, struct err *e)
{
	uint64_t at = h->entries * h->sector + (uint64_t)i * h->entry_size;
	struct rd r = rd_of(diff_bytes_at(l->src, at, ENTRY_SIZE));
	struct span type = rd_bytes(&r, UUID_SIZE), guid = rd_bytes(&r, UUID_SIZE);
	uint64_t first = rd_u64le(&r), last = rd_u64le(&r), flags = rd_u64le(&r);
	uint64_t sectors = l->src->all.n / h->sector;
	static const uint8_t none[UUID_SIZE];
	char name[3 * NAME_UNITS];
	size_t n = name_text(name, &r);
	struct diff_member m = { .kind = DIFF_MEMBER_PARTITION, .at = at, .head_size = ENTRY_SIZE };

	if (span_equal(type, SPAN_OF(none)))
		return true;
	m.path = arena_printf(l->arena, "%u", i + 1);
	if (!m.path.p)
		return arena_full(l->arena, e);
	if (first > last || last >= sectors)
		m.not_read = STR("not within the disk");
	else if (!diff_list_piece(l, first * h->sector, (last - first + 1) * h->sector, e))
		return false;
	return diff_list_content(l, &m, e) && guid_fact(l, "type", type, at, e) &&
	       guid_fact(l, "GUID", guid, at + 16, e) &&
	       diff_list_fact(l, "name", str_make(name, n), at + 56, 2 * NAME_UNITS, e) &&
	       diff_list_number(l, "flags", flags, true, at + 48, 8, e) &&
	       diff_list_number(l, "first sector", first, true, at + 32, 8, e) &&
	       diff_list_number(l, "last sector", last, true, at + 40, 8, e) &&
	       diff_list_facts(l, &m.facts, &m.n_facts, e) && diff_list_add(l, &m, e);
}

/* Whether both sums hold, in words. */
static struct str sums(const struct diff_bytes *src, const struct header *h)
{
	uint8_t copy[HEADER_MAX];
	struct span bytes = diff_bytes_at(src, h->at, h->size);
	struct span entries = diff_bytes_at(
		src, h->entries * h->sector, (uint64_t)h->n_entries * h->entry_size);

	if (!bytes.n)
		return STR("cut");
	memcpy(copy, bytes.p, bytes.n);
	put_u32le(copy + CRC_AT, 0);
	if (crc_ieee(span_make(copy, bytes.n)) != h->crc)
		return STR("the header's does not hold");
	return crc_ieee(entries) == h->entries_crc ? STR("hold")
						   : STR("the entries' does not hold");
}

/* What the other table says, beside what it must: the same entries. */
static struct str backup(const struct diff_bytes *src, const struct header *h)
{
	struct header b;
	struct span mine = diff_bytes_at(
		src, h->entries * h->sector, (uint64_t)h->n_entries * h->entry_size);
	struct err none = { 0 };

	if (h->other > src->all.n / h->sector ||
		!read_header(&b, src, h->other * h->sector, h->sector, &none))
		return STR("missing");
	if (!span_equal(mine, diff_bytes_at(src, b.entries * b.sector,
				      (uint64_t)b.n_entries * b.entry_size)) ||
		!span_equal(h->guid, b.guid))
		return STR("other than the primary table");
	return str_equal(sums(src, &b), STR("hold")) ? STR("as the primary table") : STR("damaged");
}

static bool add_facts(struct diff_list *l, const struct header *h, struct err *e)
{
	return guid_fact(l, "disk GUID", h->guid, h->at + 56, e) &&
	       diff_list_number(l, "sector size", h->sector, true, 0, 0, e) &&
	       diff_list_number(l, "number of entries", h->n_entries, true, h->at + 80, 4, e) &&
	       diff_list_number(l, "first usable sector", h->first, true, h->at + 40, 8, e) &&
	       diff_list_number(l, "last usable sector", h->last, true, h->at + 48, 8, e) &&
	       diff_list_number(l, "sector of the backup", h->other, true, h->at + 32, 8, e) &&
	       diff_list_number(l, "header's checksum", h->crc, true, h->at + CRC_AT, 4, e) &&
	       diff_list_number(l, "entries' checksum", h->entries_crc, true, h->at + 88, 4, e) &&
	       diff_list_fact(l, "checksums", sums(l->src, h), h->at, HEADER_SIZE, e) &&
	       diff_list_fact(l, "backup table", backup(l->src, h), 0, 0, e);
}

static bool read_table(
	struct diff_list *l, struct diff_members *ret, const struct header *h, struct err *e)
{
	for (uint32_t i = 0; i < h->n_entries; i++)
		if (!add_partition(l, h, i, e))
			return false;
	return add_facts(l, h, e) && mbr_read_boot_code(l, e) &&
	       diff_list_end(l, ret, l->src->all.n, e);
}

bool gpt_read(
	struct diff_members *ret, const struct diff_bytes *src, struct arena *a, struct err *e)
{
	CLEANUP(diff_list_done) struct diff_list l;
	struct header h;

	diff_list_init(&l, a, src);
	if (!find_header(&h, src))
		return mbr_read(&l, ret, e);
	return read_table(&l, ret, &h, e);
}
