/*
 * The disk image: one sparse file that holds the GPT, the root file system, its hash tree and the EFI system
 * partition, in this order. The root comes first because its hash stands in the command line of the kernel
 * image that lies in the ESP: each part is written once, when it is known, at an offset that does not depend
 * on what comes later.
 *
 *   0        protective MBR and primary GPT
 *   1 MiB    root (EROFS), read-only
 *   aligned  root-verity (hash tree), read-only
 *   aligned  ESP (FAT32)
 *   end      backup GPT; the whole is a multiple of 1 MiB
 *
 * Use: disk_plan, disk_begin, the three parts through disk_sinks, disk_finish, disk_digest.
 */
#ifndef ASSAY_IMAGE_DISK_H
#define ASSAY_IMAGE_DISK_H

#include "base/digest.h"
#include "base/err.h"
#include "image/gpt.h"
#include "tree/content.h"

enum { DISK_ROOT, DISK_VERITY, DISK_ESP, DISK_PARTS }; /* partition numbers 1, 2, 3 */

struct disk {
	struct gpt_partition parts[DISK_PARTS];
	uint8_t uuid[UUID_SIZE];
	uint64_t size;
};

/*
 * Sizes in bytes, multiples of 512. Offsets of root and verity do not depend on esp_size, so a plan with
 * esp_size 0 may be made for writing them before the ESP's size is known; disk_finish wants the whole plan.
 */
bool disk_plan(struct disk *ret, uint64_t root_size, uint64_t verity_size, uint64_t esp_size,
	struct err *e) MUST_CHECK;
/*
 * Sets the identifiers: root and verity partition UUIDs are the first and last 16 bytes of the root hash, as
 * the Discoverable Partitions Specification wants; disk and ESP are derived from esp_sha256, the digest of
 * the ESP (which holds the command line, hence all else).
 */
void disk_identify(struct disk *d, const uint8_t root_hash[static SHA256_SIZE],
	const uint8_t esp_sha256[static SHA256_SIZE]);

/* The partition table, for gpt_event_data; borrows d. */
struct gpt disk_gpt(const struct disk *d);

/* Empties the file, so that what is not written reads as zeroes. */
bool disk_begin(int fd, const char *name, struct err *e) MUST_CHECK;

/*
 * Writes one after the other from offset `at`, at most up to `end`; aligned 4096-byte blocks of zeroes stay
 * holes.
 */
struct disk_sink {
	struct sink sink;
	int fd;
	const char *name; /* of the file, for errors */
	uint64_t at, end;
};
void disk_sink_init(
	struct disk_sink *s, const struct disk *d, unsigned part, int fd, const char *name);

/* Sets the file's size and writes both tables. */
bool disk_finish(const struct disk *d, int fd, const char *name, struct err *e) MUST_CHECK;

/*
 * SHA-256 of the whole file, which is read again for it (its holes are not): the digest begins with the partition table,
 * whose identifiers follow from all that comes behind it.
 */
bool disk_digest(const struct disk *d, int fd, const char *name, uint8_t sha256[static SHA256_SIZE],
	struct err *e) MUST_CHECK;

#endif
