/*
 * Inside of image/fat: the laid-out volume as fat_layout.c makes it and fat.c writes it.
 */
#ifndef ASSAY_IMAGE_FAT_LAYOUT_H
#define ASSAY_IMAGE_FAT_LAYOUT_H

#include "image/fat.h"
#include "image/fat_name.h"

enum {
	FAT_ENTRY_SIZE = 32,
	FAT_FIRST_CLUSTER = 2,
	FAT_COPIES = 2,
	/* Fewer than 65525 are FAT16 to every reader; Microsoft advises a distance of 16. */
	FAT_CLUSTERS_MIN = 65525 + 16,
	FAT_CLUSTERS_MAX = 0x0ffffff5,
};

struct fat_node {
	struct str name;
	char alias[FAT_NAME_ALIAS_SIZE];
	const struct fat_file *file;                            /* NULL: a folder */
	uint32_t parent, first_child, last_child, next_sibling; /* 0: none, the root is nobody's */
	uint32_t cluster, n_clusters;                           /* 0, 0: an empty file */
};

struct fat {
	struct fat_node *nodes; /* the root first, each before what it holds */
	size_t n_nodes;
	uint32_t sectors, reserved_sectors, fat_sectors, cluster_sectors;
	uint32_t n_clusters, used_clusters;
	uint32_t volume_id;
	int64_t time_unix;
	char label[FAT_LABEL_MAX]; /* blank padded */
};

#endif
