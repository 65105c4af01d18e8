#include "image/identifier.h"

#include "base/hex.h"
#include "test.h"

int main(void)
{
	uint8_t digest[SHA256_SIZE] = { 1, 2, 3 }, uuid[UUID_SIZE], other[UUID_SIZE];
	uint8_t want[SHA256_SIZE], text[9 + 5 + SHA256_SIZE] = "assay/ID-disk";
	char written[UUID_TEXT_SIZE];

	/* The definition, by hand. */
	memcpy(text + 14, digest, sizeof digest);
	sha256_of(want, SPAN_OF(text));
	identifier_uuid(uuid, "disk", digest);
	CHECK(memcmp(uuid, want, 6) == 0 && uuid[7] == want[7]);
	CHECK(memcmp(uuid + 9, want + 9, 7) == 0);
	CHECK(uuid[6] >> 4 == 8 && uuid[8] >> 6 == 2);
	CHECK((uuid[6] & 15) == (want[6] & 15) && (uuid[8] & 63) == (want[8] & 63));

	identifier_uuid(other, "esp", digest);
	CHECK(memcmp(uuid, other, sizeof uuid) != 0);
	digest[31] = 1;
	identifier_uuid(other, "disk", digest);
	CHECK(memcmp(uuid, other, sizeof uuid) != 0);
	CHECK(identifier_u32("a", digest) != identifier_u32("b", digest));

	for (size_t i = 0; i < sizeof uuid; i++)
		uuid[i] = (uint8_t)(i * 17);
	identifier_text(written, uuid);
	CHECK(strcmp(written, "00112233-4455-6677-8899-aabbccddeeff") == 0);
	return test_end();
}
