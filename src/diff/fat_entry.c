#include "diff/fat_entry.h"

#include <string.h>

#include "base/rd.h"
#include "codec/utf8.h"
#include "base/banned.h"

enum {
	ATTRIBUTES_AT = 11,
	ATTRIBUTES_LONG = 0x0f,
	SLOT_LAST = 0x40,
	SLOT_UNITS = 13,
	SLOTS_MAX = 20,
	DELETED = 0xe5,
	KANJI = 0x05, /* stands for a first byte of 0xe5 */
	BASE_LOWER = 0x08,
	EXTENSION_LOWER = 0x10,
};

static uint8_t sum_of(struct span alias)
{
	unsigned sum = 0;

	for (size_t i = 0; i < alias.n; i++)
		sum = (((sum & 1) << 7) + (sum >> 1) + alias.p[i]) & 0xff;
	return (uint8_t)sum;
}

/*
 * A slot of a long name: 0 u8 number from 1 (with 0x40: the last, which stands first), 1 five units, 11 u8 attributes,
 * 12 u8, 13 u8 sum over the alias, 14 six units, 26 u16, 28 two units.
 */
static void take_slot(struct fat_entry_name *n, struct span slot)
{
	static const uint8_t places[SLOT_UNITS] = { 1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30 };
	unsigned number = slot.p[0] & ~(unsigned)SLOT_LAST;
	bool first = slot.p[0] & SLOT_LAST;

	if (first) {
		n->n_slots = number;
		n->sum = slot.p[13];
	}
	if (!number || number > SLOTS_MAX || slot.p[13] != n->sum ||
		(!first && number != n->next)) {
		n->n_slots = 0;
		return;
	}
	for (size_t i = 0; i < SLOT_UNITS; i++) {
		struct rd r = rd_of(slot);

		rd_seek(&r, places[i]);
		n->units[(number - 1) * SLOT_UNITS + i] = rd_u16le(&r);
	}
	n->next = number - 1;
}

/* Into UTF-8; a half of a pair that stands alone becomes U+FFFD. */
static void write_long(struct fat_entry *en, const struct fat_entry_name *n)
{
	for (size_t i = 0; i < n->n_slots * SLOT_UNITS && n->units[i]; i++) {
		uint32_t c = n->units[i];
		uint32_t low = i + 1 < n->n_slots * SLOT_UNITS ? n->units[i + 1] : 0;

		if (c >= 0xd800 && c < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
			c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
			i++;
		} else if (c >= 0xd800 && c < 0xe000) {
			c = 0xfffd;
		}
		en->name_size += utf8_write(en->name + en->name_size, c);
	}
}

static void add_part(struct fat_entry *en, struct span part, bool lower)
{
	while (part.n && part.p[part.n - 1] == ' ')
		part.n--;
	for (size_t i = 0; i < part.n; i++) {
		char c = (char)part.p[i];

		en->name[en->name_size++] = (char)(lower && c >= 'A' && c <= 'Z' ? c - 'A' + 'a'
										 : c);
	}
}

static void write_alias(struct fat_entry *en, uint8_t lower)
{
	size_t before;

	add_part(en, span_make(en->alias.p, 8), lower & BASE_LOWER);
	if (en->name_size && (uint8_t)en->name[0] == KANJI)
		en->name[0] = (char)DELETED;
	en->name[en->name_size++] = '.';
	before = en->name_size;
	add_part(en, span_make(en->alias.p + 8, 3), lower & EXTENSION_LOWER);
	if (en->name_size == before)
		en->name_size--;
}

/* Days since 1970: bits 0-4 day, 5-8 month, 9-15 years since 1980, up to 2107; of the years divisible by 4 only 2100 is none. */
static int64_t day_of(uint16_t date)
{
	static const uint16_t before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };
	int64_t year = 1980 + (date >> 9), month = date >> 5 & 15, day = date & 31, leaps;

	if (!date || month < 1 || month > 12)
		return 0;
	/* Days of leap years since 1970: of those before this year, and its own. */
	leaps = (year - 1969) / 4 - (year > 2100);
	if (year % 4 == 0 && year != 2100 && month > 2)
		leaps++;
	return (year - 1970) * 365 + leaps + before[month - 1] + day - 1;
}

/* Bits 0-4 two seconds, 5-10 minutes, 11-15 hours. */
static int64_t time_of(uint16_t date, uint16_t of_day)
{
	return day_of(date) * 86400 + (of_day >> 11) * 3600 + (of_day >> 5 & 63) * 60 +
	       (of_day & 31) * 2;
}

/*
 * 0 alias[11], 11 u8 attributes, 12 u8 case, 13 u8 hundredths of the creation's time, 14 u16 its time, 16 u16 its date,
 * 18 u16 date of the last access, 20 u16 cluster's high half, 22 u16 time of writing, 24 u16 date, 26 u16 cluster's low
 * half, 28 u32 size.
 */
static void take_entry(struct fat_entry *ret, const struct fat_entry_name *name, struct span slot)
{
	struct rd r = rd_of(slot);
	uint16_t of_day, date;
	uint8_t lower;

	ret->alias = rd_bytes(&r, FAT_ENTRY_ALIAS);
	ret->attributes = rd_u8(&r);
	lower = rd_u8(&r);
	ret->created_hundredths = rd_u8(&r);
	of_day = rd_u16le(&r);
	date = rd_u16le(&r);
	ret->created_unix = date ? time_of(date, of_day) : 0;
	date = rd_u16le(&r);
	ret->read_unix = date ? time_of(date, 0) : 0;
	ret->cluster = (uint32_t)rd_u16le(&r) << 16;
	of_day = rd_u16le(&r);
	date = rd_u16le(&r);
	ret->written_unix = date ? time_of(date, of_day) : 0;
	ret->cluster |= rd_u16le(&r);
	ret->size = rd_u32le(&r);
	ret->is_long = name->n_slots && !name->next && name->sum == sum_of(ret->alias);
	if (ret->is_long)
		write_long(ret, name);
	else
		write_alias(ret, lower);
}

enum fat_entry_what fat_entry_read(
	struct fat_entry *ret, struct fat_entry_name *name, struct span slot)
{
	if (slot.n < FAT_ENTRY_SLOT || !slot.p[0])
		return FAT_ENTRY_END;
	if (slot.p[0] == DELETED) {
		name->n_slots = 0;
		return FAT_ENTRY_SKIP;
	}
	if ((slot.p[ATTRIBUTES_AT] & 0x3f) == ATTRIBUTES_LONG) {
		take_slot(name, slot);
		return FAT_ENTRY_SKIP;
	}
	memset(ret, 0, sizeof *ret);
	take_entry(ret, name, slot);
	name->n_slots = 0;
	return FAT_ENTRY_TAKE;
}
