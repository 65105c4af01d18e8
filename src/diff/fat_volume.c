#include "diff/fat_volume.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/rd.h"
#include "base/banned.h"

enum {
	BOOT_SIZE = 512,
	ENTRY_SIZE = 32,
	FIRST_CLUSTER = 2,
	/* As Linux tells them apart: FAT32 has no 16-bit size of the FAT; up to this many clusters are FAT12. */
	FAT12_CLUSTERS_MAX = 0xff4,
	CLUSTERS_MAX = 0x0ffffff5,
	CLUSTER_SIZE_MAX = 1 << 18, /* 256 KiB is the most that mkfs.fat makes */
	SIGNATURE_EXTENDED = 0x29,  /* volume id, label and type are there */
	SIGNATURE_SHORT = 0x28,     /* the volume id alone */
};

/*
 * 0 jump[3], 3 OEM name[8], 11 u16 bytes of a sector, 13 u8 sectors of a cluster, 14 u16 reserved sectors, 16 u8 FATs,
 * 17 u16 entries of the root, 19 u16 sectors, 21 u8 media, 22 u16 sectors of a FAT, 24 u16, 26 u16, 28 u32 hidden
 * sectors, 32 u32 sectors; FAT12 and FAT16: 36 u8 drive, 37 u8, 38 u8 signature, 39 u32 id, 43 label[11], 54 type[8];
 * FAT32: 36 u32 sectors of a FAT, 40 u16 flags, 42 u16 version, 44 u32 root, 48 u16 info sector, 50 u16 backup,
 * 52 .. 63, 64 u8 drive, 65 u8, 66 u8 signature, 67 u32 id, 71 label[11], 82 type[8].
 */
struct boot {
	uint32_t sector_size, cluster_sectors, reserved, n_fats, root_entries, fat_sectors,
		root_cluster, info_sector, signature;
	uint64_t sectors;
	bool is_32;
};

static bool read_boot(struct boot *ret, const struct diff_bytes *src, struct err *e)
{
	struct rd r = rd_of(diff_bytes_at(src, 0, BOOT_SIZE));
	struct boot b = { 0 };
	uint8_t jump = rd_u8(&r);
	uint32_t large;

	rd_seek(&r, 11);
	b.sector_size = rd_u16le(&r);
	b.cluster_sectors = rd_u8(&r);
	b.reserved = rd_u16le(&r);
	b.n_fats = rd_u8(&r);
	b.root_entries = rd_u16le(&r);
	b.sectors = rd_u16le(&r);
	rd_skip(&r, 1);
	b.fat_sectors = rd_u16le(&r);
	rd_seek(&r, 32);
	large = rd_u32le(&r);
	b.sectors = b.sectors ? b.sectors : large;
	b.is_32 = !b.fat_sectors;
	if (b.is_32) {
		b.fat_sectors = rd_u32le(&r);
		rd_skip(&r, 4);
		b.root_cluster = rd_u32le(&r);
		b.info_sector = rd_u16le(&r);
	}
	rd_seek(&r, b.is_32 ? 66 : 38);
	b.signature = rd_u8(&r);
	if (!rd_ok(&r))
		return rd_truncated(&r, "FAT boot sector", e);
	if (jump != 0xeb && jump != 0xe9)
		return err_set(e, ERR_FORMAT, "not a FAT volume: no jump at its start");
	*ret = b;
	return true;
}

static bool is_power_of_two(uint32_t n)
{
	return n && !(n & (n - 1));
}

static bool check_boot(const struct boot *b, struct err *e)
{
	if (!is_power_of_two(b->sector_size) || b->sector_size < 512 || b->sector_size > 4096 ||
		!is_power_of_two(b->cluster_sectors) ||
		b->sector_size * b->cluster_sectors > CLUSTER_SIZE_MAX)
		return err_set(e, ERR_FORMAT, "FAT: sectors of %u bytes, clusters of %u sectors",
			b->sector_size, b->cluster_sectors);
	if (!b->reserved || !b->n_fats || b->n_fats > 4 || !b->fat_sectors || !b->sectors ||
		(!b->is_32 && !b->root_entries))
		return err_set(e, ERR_FORMAT,
			"FAT: %u reserved sectors, %u tables of %u sectors, %u entries in the root, %llu sectors",
			b->reserved, b->n_fats, b->fat_sectors, b->root_entries,
			(unsigned long long)b->sectors);
	return true;
}

bool fat_volume_open(struct fat_volume *ret, const struct diff_bytes *src, struct err *e)
{
	struct fat_volume v = { .src = src };
	struct boot b = { 0 };
	uint64_t n;

	if (!read_boot(&b, src, e) || !check_boot(&b, e))
		return false;
	v.sector_size = b.sector_size;
	v.cluster_size = b.sector_size * b.cluster_sectors;
	v.size = b.sectors * b.sector_size;
	v.fat_at = (uint64_t)b.reserved * b.sector_size;
	v.fat_size = (uint64_t)b.fat_sectors * b.sector_size;
	v.root_at = v.fat_at + b.n_fats * v.fat_size;
	v.root_size = b.is_32 ? 0 : (uint64_t)b.root_entries * ENTRY_SIZE;
	v.data_at = v.root_at + (v.root_size + b.sector_size - 1) / b.sector_size * b.sector_size;
	if (v.size > src->all.n || v.data_at > v.size)
		return err_set(e, ERR_FORMAT,
			"FAT: a volume of %llu bytes with data from %llu, but there are %zu",
			(unsigned long long)v.size, (unsigned long long)v.data_at, src->all.n);
	n = (v.size - v.data_at) / v.cluster_size;
	v.bits = b.is_32 ? 32 : n <= FAT12_CLUSTERS_MAX ? 12 : 16;
	if ((n + FIRST_CLUSTER) * v.bits / 8 > v.fat_size)
		n = v.fat_size * 8 / v.bits - FIRST_CLUSTER;
	v.n_clusters = (uint32_t)(n < CLUSTERS_MAX ? n : CLUSTERS_MAX);
	v.root_cluster = b.is_32 ? b.root_cluster : FAT_VOLUME_ROOT_FIXED;
	if (b.signature == SIGNATURE_EXTENDED || b.signature == SIGNATURE_SHORT)
		v.serial_at = b.is_32 ? 67 : 39;
	if (b.info_sector && b.info_sector < b.reserved)
		v.info_at = (uint64_t)b.info_sector * b.sector_size;
	v.used = mem_alloc(v.n_clusters / 8 + 1);
	*ret = v;
	return true;
}

void fat_volume_done(struct fat_volume *v)
{
	free(v->used);
	v->used = NULL;
}

/* What the FAT says behind cluster; at least the end's mark where the chain ends. */
static uint32_t next_of(const struct fat_volume *v, uint32_t cluster)
{
	uint64_t bit = (uint64_t)cluster * v->bits;
	struct rd r = rd_of(
		diff_bytes_at(v->src, v->fat_at + bit / 8, v->bits == 12 ? 2 : v->bits / 8));
	uint32_t next = v->bits == 32 ? rd_u32le(&r) & 0x0fffffff : rd_u16le(&r);

	if (v->bits == 12)
		next = cluster & 1 ? next >> 4 : next & 0xfff;
	return next;
}

static bool is_end(const struct fat_volume *v, uint32_t cluster)
{
	return cluster >= (v->bits == 12 ? 0xff8u : v->bits == 16 ? 0xfff8u : 0x0ffffff8u);
}

static bool use(struct fat_volume *v, uint32_t cluster, struct err *e)
{
	uint32_t i = cluster - FIRST_CLUSTER;

	if (cluster < FIRST_CLUSTER || i >= v->n_clusters)
		return err_set(e, ERR_FORMAT, "FAT: a chain leads to cluster %u of %u", cluster,
			v->n_clusters);
	if (v->used[i / 8] >> (i % 8) & 1)
		return err_set(e, ERR_FORMAT, "FAT: cluster %u is used twice", cluster);
	v->used[i / 8] |= (uint8_t)(1u << (i % 8));
	return true;
}

bool fat_volume_chain(
	struct fat_volume *v, struct diff_list *l, uint32_t cluster, uint64_t size, struct err *e)
{
	while (size && !is_end(v, cluster)) {
		uint64_t n = size < v->cluster_size ? size : v->cluster_size;

		if (!use(v, cluster, e) ||
			!diff_list_piece(l,
				v->data_at + (uint64_t)(cluster - FIRST_CLUSTER) * v->cluster_size,
				n, e))
			return false;
		if (size != UINT64_MAX)
			size -= n;
		cluster = next_of(v, cluster);
	}
	return !size || size == UINT64_MAX ||
	       err_set(e, ERR_FORMAT, "FAT: a chain is %llu bytes shorter than its file",
		       (unsigned long long)size);
}
