/*
 * The folder of a finished image, as its manifest.json describes it: which files there should be, and what of them decides
 * the rest. The manifest always names the unsigned kernel image; a signed copy of the image has the same manifest.
 */
#ifndef ASSAY_BUILD_FINISHED_H
#define ASSAY_BUILD_FINISHED_H

#include "appraise/origin_class.h"
#include "appraise/shape_qemu_vtpm.h"
#include "base/arena.h"
#include "base/digest.h"
#include "build/esp.h"
#include "lock/description_platforms.h"

#define FINISHED_DISK "disk.img"
#define FINISHED_UKI "uki.efi"
#define FINISHED_MANIFEST "manifest.json"
#define FINISHED_VALUES "reference-values.json"

struct finished {
	uint8_t uki[SHA256_SIZE], disk[SHA256_SIZE], root_hash[SHA256_SIZE], esp[SHA256_SIZE];
	uint64_t disk_size, esp_at;
	struct esp_shape esp_shape;
	struct shape_firmware firmware;                          /* text from the arena */
	struct str platform_firmware[DESCRIPTION_PLATFORMS_MAX]; /* "firmware/NAME.fd" */
	size_t n_platform_firmware;
	struct origin_class_shares measured; /* bytes by where they come from */
	uint8_t manifest[SHA256_SIZE];       /* of manifest.json itself */
};

/* folder is open. Fails: NOTFOUND, FORMAT, LIMIT, IO. */
bool finished_read(struct finished *ret, int folder, struct arena *a, struct err *e) MUST_CHECK;

/*
 * Opens a folder that `assay build` wrote; the descriptor or -1. Fails IO with a hint.
 */
int finished_open(const char *path, struct err *e) MUST_CHECK;

#endif
