/*
 * Inside of diff/fat_read: the geometry of a FAT volume that we did not write, and its chains of clusters.
 */
#ifndef ASSAY_DIFF_FAT_VOLUME_H
#define ASSAY_DIFF_FAT_VOLUME_H

#include "diff/diff_list.h"

enum { FAT_VOLUME_ROOT_FIXED = 1 /* the root's cluster where the root is no chain */ };

struct fat_volume {
	const struct diff_bytes *src;
	unsigned bits; /* of an entry of the FAT: 12, 16 or 32 */
	uint32_t sector_size, cluster_size;
	uint64_t fat_at, fat_size;   /* the first one */
	uint64_t root_at, root_size; /* FAT12 and FAT16 */
	uint32_t root_cluster;       /* FAT32; else FAT_VOLUME_ROOT_FIXED */
	uint64_t data_at;            /* of cluster 2 */
	uint32_t n_clusters;
	uint64_t size;      /* of the volume */
	uint64_t serial_at; /* of volume id, label and type behind each other; 0: none */
	uint64_t info_at;   /* FAT32's sector with free clusters; 0: none */
	uint8_t *used;      /* a bit for each cluster; owned */
};

/* FORMAT for what is no volume. *ret borrows src; the caller ends with fat_volume_done. */
bool fat_volume_open(
	struct fat_volume *ret, const struct diff_bytes *src, struct err *e) MUST_CHECK;
void fat_volume_done(struct fat_volume *v); /* for CLEANUP */
/*
 * The chain from cluster on to l as pieces: size bytes of it, or all of it where size is UINT64_MAX. Marks the clusters as
 * used; FORMAT for one that is already, which a loop is too, and for a chain that is too short.
 */
bool fat_volume_chain(struct fat_volume *v, struct diff_list *l, uint32_t cluster, uint64_t size,
	struct err *e) MUST_CHECK;

#endif
