#include "build/esp.h"

#include "image/identifier.h"
#include "image/stream.h"
#include "sys/file.h"
#include "base/banned.h"

#define BOOT_PATH "EFI/BOOT/BOOTX64.EFI"

void esp_done(struct esp *esp)
{
	fat_freep(&esp->fat);
}

bool esp_plan(
	struct esp *ret, const struct content *uki, const struct esp_shape *shape, struct err *e)
{
	struct fat_options options = { .volume_id = identifier_u32("esp", shape->unsigned_sha256),
		.time_unix = shape->time_unix,
		.size = shape->size };

	ret->file = (struct fat_file){ STR(BOOT_PATH), *uki };
	return fat_plan(&ret->fat, &ret->file, 1, &options, e);
}

bool esp_emit(
	const struct esp *esp, struct sink *to, uint8_t sha256[static SHA256_SIZE], struct err *e)
{
	CLEANUP(hasher_freep) struct hasher *hasher = hasher_new(DIGEST_SHA256);
	struct stream_hash hashing;

	stream_hash_init(&hashing, hasher, to);
	if (!fat_emit(esp->fat, &hashing.sink, e))
		return false;
	hasher_end(hasher, sha256);
	return true;
}

bool esp_is_at(bool *ret, const struct esp *esp, int fd, uint64_t at, struct err *e)
{
	CLEANUP(hasher_freep) struct hasher *hasher = hasher_new(DIGEST_SHA256);
	uint8_t want[SHA256_SIZE], got[SHA256_SIZE];

	if (!esp_emit(esp, NULL, want, e) ||
		!file_hash(hasher, fd, at, at + fat_size(esp->fat), "disk.img", e))
		return false;
	hasher_end(hasher, got);
	*ret = ct_equal(want, got, SHA256_SIZE);
	return true;
}
