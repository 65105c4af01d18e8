/*
 * Small volumes of foreign make, byte by byte: an EROFS image, a FAT volume, entries of a cpio archive and of an MBR. For
 * the targets here and for unit tests.
 */
#ifndef ASSAY_TEST_FUZZ_VOLUMES_MADE_H
#define ASSAY_TEST_FUZZ_VOLUMES_MADE_H

#include <stdio.h>
#include <string.h>

#include "base/buf.h"

enum {
	VOLUMES_MADE_BLOCK = 512,
	VOLUMES_MADE_ROOT = 0,
	VOLUMES_MADE_FILE = 8,
	VOLUMES_MADE_LINK = 12,
	VOLUMES_MADE_INODES_AT = 1536
};

static inline void volumes_made_inode(struct buf *b, unsigned nid, uint16_t format, uint16_t xattrs,
	uint16_t mode, uint32_t size, uint32_t u)
{
	uint8_t *p = b->p + VOLUMES_MADE_INODES_AT + 32 * nid;

	put_u16le(p, format);
	put_u16le(p + 2, xattrs);
	put_u16le(p + 4, mode);
	put_u16le(p + 6, 1);
	put_u32le(p + 8, size);
	put_u32le(p + 16, u);
}

/*
 * By hand: blocks of 512 bytes, compact inodes, a file in chunks of a block with a hole, a shared xattr, an inline link.
 * Blocks 0 and 1 nothing, 2 superblock, 3 inodes, 4 xattrs, 5 and 6 data.
 */
static inline void volumes_made_erofs(struct buf *b)
{
	static const char names[] = "...filelink";
	static const uint8_t at[] = { 0, 1, 3, 7 };
	static const uint8_t nids[] = { VOLUMES_MADE_ROOT, VOLUMES_MADE_ROOT, VOLUMES_MADE_FILE,
		VOLUMES_MADE_LINK };
	uint8_t *p;

	buf_fill(b, 0, 7 * VOLUMES_MADE_BLOCK);
	p = b->p + 1024;
	put_u32le(p, 0xe0f5e1e2);
	p[12] = 9;
	put_u32le(p + 36, 7);
	put_u32le(p + 40, VOLUMES_MADE_INODES_AT / VOLUMES_MADE_BLOCK);
	put_u32le(p + 44, 4);
	put_u32le(p + 80, 4);
	volumes_made_inode(b, VOLUMES_MADE_ROOT, 2 << 1, 0, 040755, 48 + sizeof names - 1, 0);
	p = b->p + VOLUMES_MADE_INODES_AT + 32;
	for (size_t i = 0; i < ARRAY_LEN(at); i++) {
		put_u32le(p + 12 * i, nids[i]);
		put_u16le(p + 12 * i + 8, 48 + at[i]);
	}
	memcpy(p + 48, names, sizeof names - 1);
	/* Header with one shared xattr, then three block numbers. */
	volumes_made_inode(
		b, VOLUMES_MADE_FILE, 4 << 1, 2, 0100644, 3 * VOLUMES_MADE_BLOCK - 10, 0);
	p = b->p + VOLUMES_MADE_INODES_AT + 32 * VOLUMES_MADE_FILE + 32;
	p[4] = 1;
	put_u32le(p + 12, 1);
	put_u32le(p + 16, 5);
	put_u32le(p + 20, UINT32_MAX);
	put_u32le(p + 24, 6);
	memcpy(b->p + 4 * VOLUMES_MADE_BLOCK + 4, "\1\1\3\0xvvv", 8);
	volumes_made_inode(b, VOLUMES_MADE_LINK, 2 << 1, 0, 0120777, 4, 0);
	memcpy(b->p + VOLUMES_MADE_INODES_AT + 32 * VOLUMES_MADE_LINK + 32, "file", 4);
}

enum {
	VOLUMES_MADE_SECTOR = 512,
	VOLUMES_MADE_FAT_AT = VOLUMES_MADE_SECTOR,
	VOLUMES_MADE_FOLDER = 3,
	VOLUMES_MADE_CLUSTERS = 8
};

static inline void volumes_made_u16(struct buf *b, size_t at, uint16_t v)
{
	put_u16le(b->p + at, v);
}

/* An entry of 32 bytes; a long name of one slot before it where there is one, of the alias's sum. */
static inline size_t volumes_made_entry(struct buf *b, size_t at, const char *alias,
	const char *name, uint8_t attributes, uint16_t cluster, uint32_t size)
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
			volumes_made_u16(b, at + places[i], (uint8_t)name[i]);
		at += 32;
	}
	memcpy(b->p + at, alias, 11);
	b->p[at + 11] = attributes;
	volumes_made_u16(b, at + 24, 0x5000);
	volumes_made_u16(b, at + 26, cluster);
	put_u32le(b->p + at + 28, size);
	return at + 32;
}

/* FAT12 and FAT32 with a folder and a file of two clusters: sectors are boot, FAT, root (FAT12), clusters 2 to 9. */
static inline void volumes_made_fat(struct buf *b, bool is_32)
{
	size_t root = (size_t)2 * VOLUMES_MADE_SECTOR,
	       data = is_32 ? root : root + VOLUMES_MADE_SECTOR, at;

	buf_fill(b, 0, data + VOLUMES_MADE_CLUSTERS * VOLUMES_MADE_SECTOR);
	b->p[0] = 0xeb;
	volumes_made_u16(b, 11, VOLUMES_MADE_SECTOR);
	b->p[13] = 1;
	volumes_made_u16(b, 14, 1);
	b->p[16] = 1;
	volumes_made_u16(b, 19, (uint16_t)(b->n / VOLUMES_MADE_SECTOR));
	if (is_32) {
		b->p[36] = 1;
		b->p[44] = 2;
		b->p[66] = 0x29;
		for (size_t k = 2; k < 7; k++)
			put_u32le(b->p + VOLUMES_MADE_FAT_AT + 4 * k, k == 4 ? 5 : 0x0fffffff);
	} else {
		volumes_made_u16(b, 17, 16);
		b->p[22] = 1;
		b->p[38] = 0x29;
		/* 12 bits each: 3 and 5 end, 4 leads to 5. */
		memcpy(b->p + VOLUMES_MADE_FAT_AT, "\xf8\xff\xff\xff\xff\xff\x05\xf0\xff", 9);
	}
	at = volumes_made_entry(b, root, "LABEL      ", NULL, 0x08, 0, 0);
	at = volumes_made_entry(b, at, "FILE    TXT", "a file.txt", 0x20, 4, 700);
	volumes_made_entry(b, at, "FOLDER     ", NULL, 0x10, VOLUMES_MADE_FOLDER, 0);
	at = volumes_made_entry(
		b, data + VOLUMES_MADE_SECTOR, ".          ", NULL, 0x10, VOLUMES_MADE_FOLDER, 0);
	at = volumes_made_entry(b, at, "..         ", NULL, 0x10, 0, 0);
	volumes_made_entry(b, at, "EMPTY      ", NULL, 0, 0, 0);
}

/* An entry: inode 7, owner 1:2, time 3, on device 8:9; a device itself 1:3. */
static inline void volumes_made_cpio(
	struct buf *b, const char *name, unsigned mode, const char *body)
{
	buf_printf(b, "070701%08x%08x%08x%08x%08x%08x%08zx%08x%08x%08x%08x%08zx%08x", 7u, mode, 1u,
		2u, 1u, 3u, strlen(body), 8u, 9u, 1u, 3u, strlen(name) + 1, 0u);
	buf_add(b, name, strlen(name) + 1);
	buf_align(b, 4);
	buf_add_cstr(b, body);
	buf_align(b, 4);
}

/* Entry i of the MBR in this sector, and the record's signature. */
static inline void volumes_made_partition(
	struct buf *b, size_t sector, unsigned i, uint8_t type, uint32_t first, uint32_t n)
{
	uint8_t *p = b->p + 512 * sector + 446 + 16 * i;

	p[4] = type;
	put_u32le(p + 8, first);
	put_u32le(p + 12, n);
	b->p[512 * sector + 510] = 0x55;
	b->p[512 * sector + 511] = 0xaa;
}

#endif
