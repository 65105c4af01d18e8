#include "image/identifier.h"

#include <string.h>

#include "base/hex.h"
#include "base/banned.h"

static void derive(uint8_t ret[static SHA256_SIZE], const char *label,
	const uint8_t digest[static SHA256_SIZE])
{
	struct hasher *h = hasher_new(DIGEST_SHA256);

	hasher_add(h, "assay/ID-", 9);
	hasher_add(h, label, strlen(label) + 1);
	hasher_add(h, digest, SHA256_SIZE);
	hasher_end(h, ret);
	hasher_free(h);
}

void identifier_uuid(
	uint8_t ret[static UUID_SIZE], const char *label, const uint8_t digest[static SHA256_SIZE])
{
	uint8_t hash[SHA256_SIZE];

	derive(hash, label, digest);
	memcpy(ret, hash, UUID_SIZE);
	ret[6] = (uint8_t)((ret[6] & 0x0f) | 0x80);
	ret[8] = (uint8_t)((ret[8] & 0x3f) | 0x80);
}

uint32_t identifier_u32(const char *label, const uint8_t digest[static SHA256_SIZE])
{
	uint8_t hash[SHA256_SIZE];
	uint32_t v;

	derive(hash, label, digest);
	v = (uint32_t)hash[0] | (uint32_t)hash[1] << 8 | (uint32_t)hash[2] << 16 |
	    (uint32_t)hash[3] << 24;
	return v ? v : 1;
}

void identifier_text(char ret[static UUID_TEXT_SIZE], const uint8_t uuid[static UUID_SIZE])
{
	static const uint8_t sizes[] = { 4, 2, 2, 2, 6 };
	size_t at = 0;
	char *p = ret;

	for (size_t i = 0; i < sizeof sizes; i++) {
		if (i)
			*p++ = '-';
		hex_write(p, uuid + at, sizes[i]);
		p += 2 * sizes[i];
		at += sizes[i];
	}
}
