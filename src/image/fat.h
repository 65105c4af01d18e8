/*
 * A FAT32 volume for the EFI system partition (Microsoft "FAT: General Overview of On-Disk Format" 1.03),
 * 512-byte sectors, two FATs, backup boot sector, long names with short aliases. Firmware takes a volume for
 * FAT32 only when it has at least 65525 clusters, hence the smallest volume of about 34 MB.
 *
 * Folders are made as files need them. Everything is stored contiguously: folders first, then files, in the
 * order of their paths. All times are the one given.
 */
#ifndef ASSAY_IMAGE_FAT_H
#define ASSAY_IMAGE_FAT_H

#include "base/err.h"
#include "base/str.h"
#include "tree/content.h"

enum {
	FAT_SECTOR = 512,
	FAT_FILES_MAX = 512,
	FAT_NAME_MAX = 255,
	FAT_DEPTH_MAX = 16,
	FAT_LABEL_MAX = 11,
};
#define FAT_SIZE_MAX (UINT64_C(64) << 30)

struct fat_file {
	struct str
		path; /* "EFI/BOOT/BOOTX64.EFI": printable ASCII, names without " * : < > ? \ | and final dot or blank */
	struct content content;
};

struct fat_options {
	uint32_t volume_id;
	int64_t time_unix; /* UTC, kept within 1980 and 2107, whole two seconds */
	const char *label; /* upper case, at most FAT_LABEL_MAX; NULL: "ESP" */
	uint64_t
		size; /* of the volume, a multiple of 1 MiB; 0: the smallest that holds the files */
};

struct fat;

/*
 * Lays out the volume; files are borrowed while *ret lives, in any order. Fails: FORMAT for a path that is
 * not canonical or has characters as above, or two paths that differ only in case; LIMIT when they do not fit
 * or a file has 4 GiB.
 */
bool fat_plan(struct fat **ret, const struct fat_file *files, size_t n, const struct fat_options *o,
	struct err *e) MUST_CHECK;
void fat_free(struct fat *f);
void fat_freep(struct fat **f); /* for CLEANUP */
uint64_t fat_size(const struct fat *f);
/* Writes exactly fat_size bytes. */
bool fat_emit(const struct fat *f, struct sink *to, struct err *e) MUST_CHECK;

#endif
