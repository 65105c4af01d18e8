/*
 * From finished trees to the files of an image: disk and kernel image (UKI), in one pass over the
 * contents. The root file system streams through dm-verity into the disk; its hash goes into the command line, the
 * command line into the UKI, the UKI into the EFI system partition, and the digest of that into the identifiers of the
 * disk.
 */
#ifndef ASSAY_BUILD_ARTEFACTS_H
#define ASSAY_BUILD_ARTEFACTS_H

#include "base/buf.h"
#include "image/disk.h"
#include "lock/description.h"
#include "tree/tree.h"

enum { ARTEFACTS_COMMAND_LINE_MAX = 4096 };

/* What an image is made of. Everything is borrowed. */
struct artefacts_inputs {
	const struct description *description;
	const struct tree *root;   /* finished */
	const struct tree *initrd; /* finished */
	struct content kernel, stub;
	struct str kernel_version; /* for .uname; empty: none */
	struct str os_release;
	int64_t source_date_epoch;
};

struct artefacts {
	struct disk disk;
	int folder;  /* borrowed */
	int disk_fd; /* of the written disk, which has its name only when it is published */
	uint64_t disk_device, disk_inode;
	int64_t disk_modified_ns; /* when its last byte was written */
	bool published;
	uint8_t root_tree_sha256[SHA256_SIZE], root_hash[SHA256_SIZE], salt[SHA256_SIZE];
	uint8_t initrd_tree_sha256[SHA256_SIZE], initrd_sha256[SHA256_SIZE];
	uint64_t initrd_size;
	uint8_t esp_sha256[SHA256_SIZE], uki_sha256[SHA256_SIZE];
	struct buf uki;          /* the whole file */
	struct buf gpt;          /* what the firmware hashes of the partition table */
	struct buf command_line; /* as in .cmdline */
};

/* Also removes a disk that was not published. A zeroed *a has nothing to release. */
void artefacts_done(struct artefacts *a);

/* Makes the disk, in the folder, and the UKI, in memory. *ret is for artefacts_done, and not touched on failure. */
bool artefacts_write(struct artefacts *ret, const struct artefacts_inputs *in, int folder,
	struct err *e) MUST_CHECK;
/* SHA-256 of the disk, which takes a while; may run beside artefacts_publish. */
bool artefacts_disk_digest(
	const struct artefacts *a, uint8_t sha256[static SHA256_SIZE], struct err *e) MUST_CHECK;
/* disk.img and uki.efi get their names in the folder, each whole or not at all. */
bool artefacts_publish(struct artefacts *a, struct err *e) MUST_CHECK;
/* disk.img is the file that was written, and nobody has written to it since. */
bool artefacts_disk_stands(const struct artefacts *a);

/*
 * A disk whose only part that matters is an ESP with a UKI of the same stub, kernel and initrd, and the command line
 * `words`: for boots that observe and never reach a root.
 */
bool artefacts_write_observer(const struct artefacts_inputs *in, const char *words, int folder,
	const char *name, struct err *e) MUST_CHECK;

#endif
