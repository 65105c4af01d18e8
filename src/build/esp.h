/*
 * The EFI system partition of an image: one file, the kernel image, where firmware looks for it. Its identifier and its
 * times follow from the unsigned kernel image and the build, so that a signature changes the file and nothing else.
 */
#ifndef ASSAY_BUILD_ESP_H
#define ASSAY_BUILD_ESP_H

#include "base/digest.h"
#include "image/fat.h"

struct esp_shape {
	uint8_t unsigned_sha256[SHA256_SIZE]; /* of the kernel image before it was signed */
	int64_t time_unix;                    /* SOURCE_DATE_EPOCH of the build */
	uint64_t size;                        /* as in fat_options; 0: the smallest */
};

/* Not to be moved once it is planned. */
struct esp {
	struct fat_file file;
	struct fat *fat;
};

/* *ret is for esp_done; borrows uki while it lives. Fails as fat_plan: LIMIT when uki does not fit into size. */
bool esp_plan(struct esp *ret, const struct content *uki, const struct esp_shape *shape,
	struct err *e) MUST_CHECK;
void esp_done(struct esp *esp); /* for CLEANUP; nothing to do for a zeroed one */

/* Writes fat_size(esp->fat) bytes to `to` (NULL: nowhere) and gives their SHA-256. */
bool esp_emit(const struct esp *esp, struct sink *to, uint8_t sha256[static SHA256_SIZE],
	struct err *e) MUST_CHECK;

/* Whether disk.img, open as fd, has this ESP at that offset, to the last byte. */
bool esp_is_at(bool *ret, const struct esp *esp, int fd, uint64_t at, struct err *e) MUST_CHECK;

#endif
