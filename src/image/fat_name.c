#include "image/fat_name.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "image/fat.h"
#include "base/banned.h"

enum {
	BASE_SIZE = 8,
	EXTENSION_SIZE = 3,
	SLOT_CHARACTERS = 13,
	SLOT_LAST = 0x40,
	SLOT_ATTRIBUTES = 0x0f,
};

static char upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static bool is_one_of(char c, const char *set)
{
	return c && strchr(set, c);
}

/* What an alias may hold beside the dot. */
static bool is_alias_character(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || is_one_of(c, "!#$%&'()-@^_`{}~");
}

bool fat_name_check(struct str name, struct err *e)
{
	if (!name.n || name.n > FAT_NAME_MAX)
		return err_set(e, ERR_FORMAT, "FAT name of %zu characters, wanted 1 to %d", name.n,
			FAT_NAME_MAX);
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] < ' ' || name.p[i] > '~' || is_one_of(name.p[i], "\"*/:<>?\\|"))
			return err_set(e, ERR_FORMAT, "FAT name has the character 0x%02x at %zu",
				(unsigned)(uint8_t)name.p[i], i);
	if (is_one_of(name.p[name.n - 1], ". "))
		return err_set(
			e, ERR_FORMAT, "FAT name '%.*s' ends with a dot or blank", STR_ARG(name));
	return true;
}

int fat_name_compare(struct str a, struct str b)
{
	for (size_t i = 0; i < a.n && i < b.n; i++)
		if (upper(a.p[i]) != upper(b.p[i]))
			return upper(a.p[i]) < upper(b.p[i]) ? -1 : 1;
	return a.n == b.n ? 0 : a.n < b.n ? -1 : 1;
}

/* Position of the last dot, or name.n. */
static size_t last_dot(struct str name)
{
	for (size_t i = name.n; i-- > 0;)
		if (name.p[i] == '.')
			return i;
	return name.n;
}

static bool all_alias_characters(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_alias_character(upper(s.p[i])))
			return false;
	return true;
}

static struct str extension_of(struct str name, size_t dot)
{
	return dot < name.n ? str_make(name.p + dot + 1, name.n - dot - 1) : STR("");
}

bool fat_name_plain(struct str name, char alias[static FAT_NAME_ALIAS_SIZE])
{
	size_t dot = last_dot(name);
	struct str base = str_make(name.p, dot), extension = extension_of(name, dot);

	if (!base.n || base.n > BASE_SIZE || extension.n > EXTENSION_SIZE ||
		!all_alias_characters(base) || !all_alias_characters(extension))
		return false;
	memset(alias, ' ', FAT_NAME_ALIAS_SIZE);
	for (size_t i = 0; i < base.n; i++)
		alias[i] = upper(base.p[i]);
	for (size_t i = 0; i < extension.n; i++)
		alias[BASE_SIZE + i] = upper(extension.p[i]);
	return true;
}

/* Up to room characters of s as an alias has them: without blanks and dots, '_' for what it cannot hold. */
static size_t put_basis(char *to, size_t room, struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n && n < room; i++)
		if (!is_one_of(s.p[i], ". "))
			to[n++] = is_alias_character(upper(s.p[i])) ? upper(s.p[i]) : '_';
	return n;
}

void fat_name_tailed(struct str name, unsigned tail, char alias[static FAT_NAME_ALIAS_SIZE])
{
	char text[BASE_SIZE];
	size_t size = (size_t)snprintf(text, sizeof text, "~%u", tail % (FAT_NAME_TAILS_MAX + 1));
	size_t start = 0, dot, n;

	while (start < name.n && name.p[start] == '.') /* a dot at the front begins no extension */
		start++;
	name = str_make(name.p + start, name.n - start);
	dot = last_dot(name);
	memset(alias, ' ', FAT_NAME_ALIAS_SIZE);
	n = put_basis(alias, BASE_SIZE - size, str_make(name.p, dot));
	memcpy(alias + n, text, size);
	put_basis(alias + BASE_SIZE, EXTENSION_SIZE, extension_of(name, dot));
}

unsigned fat_name_slots(struct str name)
{
	char alias[FAT_NAME_ALIAS_SIZE];
	bool lower = false;

	for (size_t i = 0; i < name.n; i++)
		lower = lower || upper(name.p[i]) != name.p[i];
	if (!lower && fat_name_plain(name, alias))
		return 0;
	return (unsigned)((name.n + SLOT_CHARACTERS - 1) / SLOT_CHARACTERS);
}

static uint8_t checksum(const char alias[static FAT_NAME_ALIAS_SIZE])
{
	unsigned sum = 0;

	for (size_t i = 0; i < FAT_NAME_ALIAS_SIZE; i++)
		sum = (((sum & 1) << 7) + (sum >> 1) + (uint8_t)alias[i]) & 0xff;
	return (uint8_t)sum;
}

/*
 * Slot: 0 number from 1 (the last has bit 6 set and stands first), 1 five characters, 11 attributes, 12 type
 * 0, 13 checksum of the alias, 14 six characters, 26 u16 0, 28 two characters. The name ends with 0, then
 * 0xffff.
 */
void fat_name_slot(uint8_t slot[static FAT_NAME_SLOT_SIZE], struct str name, unsigned i,
	const char alias[static FAT_NAME_ALIAS_SIZE])
{
	static const uint8_t places[SLOT_CHARACTERS] = { 1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28,
		30 };
	unsigned number = fat_name_slots(name) - i;
	size_t at = (size_t)(number - 1) * SLOT_CHARACTERS;

	memset(slot, 0, FAT_NAME_SLOT_SIZE);
	slot[0] = (uint8_t)(number | (i ? 0 : SLOT_LAST));
	slot[11] = SLOT_ATTRIBUTES;
	slot[13] = checksum(alias);
	for (size_t k = 0; k < SLOT_CHARACTERS; k++, at++)
		put_u16le(slot + places[k], at < name.n    ? (uint8_t)name.p[at]
					    : at == name.n ? 0
							   : UINT16_MAX);
}
