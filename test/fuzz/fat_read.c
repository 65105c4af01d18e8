#include "diff/fat_read.h"

#include "members.h"

enum { SECTOR = 512, FAT_AT = SECTOR, FIRST = 3, CLUSTERS = 8 };

static void put_u16(struct buf *b, size_t at, uint16_t v)
{
	put_u16le(b->p + at, v);
}

/* An entry of 32 bytes; a long name of one slot before it where there is one, of the alias's sum. */
static size_t put_entry(struct buf *b, size_t at, const char *alias, const char *name,
	uint8_t attributes, uint16_t cluster, uint32_t size)
{
	static const uint8_t places[] = { 1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30 };
	unsigned sum = 0;

	for (size_t i = 0; i < 11; i++)
		sum = (((sum & 1) << 7) + (sum >> 1) + (uint8_t)alias[i]) & 0xff;
	if (name) {
		b->p[at] = 0x41;
		b->p[at + 11] = 0x0f;
		b->p[at + 13] = (uint8_t)sum;
		for (size_t i = 0; i < sizeof places && i < strlen(name); i++)
			put_u16(b, at + places[i], (uint8_t)name[i]);
		at += 32;
	}
	memcpy(b->p + at, alias, 11);
	b->p[at + 11] = attributes;
	put_u16(b, at + 24, 0x5000);
	put_u16(b, at + 26, cluster);
	put_u32le(b->p + at + 28, size);
	return at + 32;
}

/* FAT12 and FAT32 with a folder and a file of two clusters: sectors are boot, FAT, root (FAT12), clusters 2 to 9. */
bool fuzz_sample(size_t i, struct buf *b)
{
	bool is_32 = i == 1;
	size_t root = (size_t)2 * SECTOR, data = is_32 ? root : root + SECTOR, at;

	if (i > 1)
		return false;
	buf_fill(b, 0, data + CLUSTERS * SECTOR);
	b->p[0] = 0xeb;
	put_u16(b, 11, SECTOR);
	b->p[13] = 1;
	put_u16(b, 14, 1);
	b->p[16] = 1;
	put_u16(b, 19, (uint16_t)(b->n / SECTOR));
	if (is_32) {
		b->p[36] = 1;
		b->p[44] = 2;
		b->p[66] = 0x29;
		for (size_t k = 2; k < 7; k++)
			put_u32le(b->p + FAT_AT + 4 * k, k == 4 ? 5 : 0x0fffffff);
	} else {
		put_u16(b, 17, 16);
		b->p[22] = 1;
		b->p[38] = 0x29;
		/* 12 bits each: 3 and 5 end, 4 leads to 5. */
		memcpy(b->p + FAT_AT, "\xf8\xff\xff\xff\xff\xff\x05\xf0\xff", 9);
	}
	at = put_entry(b, root, "LABEL      ", NULL, 0x08, 0, 0);
	at = put_entry(b, at, "FILE    TXT", "a file.txt", 0x20, 4, 700);
	put_entry(b, at, "FOLDER     ", NULL, 0x10, FIRST, 0);
	at = put_entry(b, data + SECTOR, ".          ", NULL, 0x10, FIRST, 0);
	at = put_entry(b, at, "..         ", NULL, 0x10, 0, 0);
	put_entry(b, at, "EMPTY      ", NULL, 0, 0, 0);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return members_fuzz(fat_read, data, size);
}
