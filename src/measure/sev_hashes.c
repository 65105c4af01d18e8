#include "measure/sev_hashes.h"

#include <string.h>

#include "base/buf.h"
#include "base/banned.h"

enum { GUID = 16, HEAD = GUID + 2, ENTRY = HEAD + SHA256_SIZE, USED = HEAD + 3 * ENTRY };

/* 9438d606-4f22-4cc9-b479-a793d411fd21 and so on, as they stand in memory. */
static const uint8_t table_guid[GUID] = { 0x06, 0xd6, 0x38, 0x94, 0x22, 0x4f, 0xc9, 0x4c, 0xb4,
	0x79, 0xa7, 0x93, 0xd4, 0x11, 0xfd, 0x21 };
/* 97d02dd8-bd20-4c94-aa78-e7714d36ab2a */
static const uint8_t command_line_guid[GUID] = { 0xd8, 0x2d, 0xd0, 0x97, 0x20, 0xbd, 0x94, 0x4c,
	0xaa, 0x78, 0xe7, 0x71, 0x4d, 0x36, 0xab, 0x2a };
/* 44baf731-3a2f-4bd7-9af1-41e29169781d */
static const uint8_t initrd_guid[GUID] = { 0x31, 0xf7, 0xba, 0x44, 0x2f, 0x3a, 0xd7, 0x4b, 0x9a,
	0xf1, 0x41, 0xe2, 0x91, 0x69, 0x78, 0x1d };
/* 4de79437-abd2-427f-b835-d5b172d2045b */
static const uint8_t kernel_guid[GUID] = { 0x37, 0x94, 0xe7, 0x4d, 0xd2, 0xab, 0x7f, 0x42, 0xb8,
	0x35, 0xd5, 0xb1, 0x72, 0xd2, 0x04, 0x5b };

void sev_hashes_of(
	struct sev_hashes *ret, struct span kernel, struct span initrd, struct str command_line)
{
	struct hasher *h = hasher_new(DIGEST_SHA256);

	hasher_add(h, command_line.p, command_line.n);
	hasher_add(h, "", 1);
	hasher_end(h, ret->command_line);
	hasher_free(h);
	sha256_of(ret->initrd, initrd);
	sha256_of(ret->kernel, kernel);
}

static void put_head(uint8_t *at, const uint8_t guid[static GUID], uint16_t size)
{
	memcpy(at, guid, GUID);
	put_u16le(at + GUID, size);
}

static void put_entry(uint8_t *table, size_t i, const uint8_t guid[static GUID],
	const uint8_t hash[static SHA256_SIZE])
{
	uint8_t *at = table + HEAD + i * ENTRY;

	put_head(at, guid, ENTRY);
	memcpy(at + HEAD, hash, SHA256_SIZE);
}

void sev_hashes_table(uint8_t table[static SEV_HASHES_SIZE], const struct sev_hashes *h)
{
	memset(table, 0, SEV_HASHES_SIZE);
	put_head(table, table_guid, USED);
	put_entry(table, 0, command_line_guid, h->command_line);
	put_entry(table, 1, initrd_guid, h->initrd);
	put_entry(table, 2, kernel_guid, h->kernel);
}
