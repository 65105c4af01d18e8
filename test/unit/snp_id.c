/* Layouts by their offsets, and what another tool made of two keys, where those values are (ASSAY_VECTORS). */
#define ASSAY_MAY_ASK_THE_MACHINE
#include "measure/snp_id.h"

#include <unistd.h>

#include "base/hex.h"
#include "codec/json.h"
#include "sys/file.h"
#include "test.h"

/* Public points of the keys that the vectors name. */
static const struct {
	const char *name, *x, *y;
} keys[] = {
	{ "id", "b20fd1a1c2bd2b65183a76e2390ac805f6d8e5e2af725e5a8e93cf87ec029f9d45eb326b04b92beb714e14fa986f8a9a",
		"2c94a0b8ab30cc76352675944876891e954ff6ef5826a6231ba6d6d7f6ebfb68ce330e1e59394efb7080883ddc69364b" },
	{ "author",
		"06811fc62409bf2d9ae51c07423254d893c6c23fbf164af3383b0f813a627e6168d9067a7f4bd97990588c18411210a0",
		"32b420a22656d271dcfd4e25668c72fd58bb5f6851fe472f9d160f880b14df4c3623068962cde4d608e737342da912c9" },
};

static struct snp_id counted(void)
{
	struct snp_id id = { .svn = 0, .policy = SNP_ID_POLICY_DEFAULT };

	for (size_t i = 0; i < sizeof id.digest; i++)
		id.digest[i] = (uint8_t)i;
	return id;
}

static bool is_zero(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i])
			return false;
	return true;
}

static struct snp_id_numbers numbers(uint8_t first)
{
	struct snp_id_numbers n;

	for (size_t i = 0; i < SNP_ID_NUMBER_SIZE; i++) {
		n.first[i] = (uint8_t)(first + i);
		n.second[i] = (uint8_t)(first + 100 + i);
	}
	return n;
}

static void block(void)
{
	struct snp_id id = counted();
	uint8_t out[SNP_ID_BLOCK_SIZE];

	memset(id.family, 0xfa, 16);
	memset(id.image, 0x1a, 16);
	id.svn = 0x01020304;
	id.policy = 0x1122334455667788;
	snp_id_block(out, &id);
	CHECK(out[0] == 0 && out[47] == 47 && out[48] == 0xfa && out[63] == 0xfa);
	CHECK(out[64] == 0x1a && out[79] == 0x1a);
	CHECK(!memcmp(out + 80, "\x01\0\0\0\x04\x03\x02\x01\x88\x77\x66\x55\x44\x33\x22\x11", 16));
}

/* At `at`: two numbers of 72 bytes, turned round. */
static bool has_numbers(const uint8_t *at, uint8_t first)
{
	return at[0] == (uint8_t)(first + 47) && at[47] == first && is_zero(at + 48, 24) &&
	       at[72] == (uint8_t)(first + 147) && at[119] == (uint8_t)(first + 100) &&
	       is_zero(at + 120, 24);
}

static void auth(void)
{
	const struct snp_id_signer id = { numbers(1), numbers(2) },
				   author = { numbers(3), numbers(4) };
	uint8_t out[SNP_ID_AUTH_SIZE];

	snp_id_auth(out, &id, &author);
	CHECK(!memcmp(out, "\1\0\0\0\1\0\0\0", 8) && is_zero(out + 8, 56));
	CHECK(has_numbers(out + 0x40, 2) && is_zero(out + 0x40 + 144, 512 - 144));
	CHECK(!memcmp(out + 0x240, "\2\0\0\0", 4) && has_numbers(out + 0x244, 1));
	CHECK(is_zero(out + 0x244 + 144, 0x680 - 0x244 - 144));
	CHECK(has_numbers(out + 0x680, 4) && is_zero(out + 0x680 + 144, 512 - 144));
	CHECK(!memcmp(out + 0x880, "\2\0\0\0", 4) && has_numbers(out + 0x884, 3));
	CHECK(is_zero(out + 0x884 + 144, sizeof out - 0x884 - 144));
	snp_id_auth(out, &id, NULL);
	CHECK(has_numbers(out + 0x244, 1) && is_zero(out + 0x680, sizeof out - 0x680));
}

static bool load(struct buf *b)
{
	static const char *const places[] = { "../shared/vectors", "../../shared/vectors" };
	const char *given = getenv("ASSAY_VECTORS");
	struct err e;

	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		char path[4096];

		snprintf(path, sizeof path, "%s/measurement/snp-id-block.json",
			given ? given : places[i]);
		if (access(path, R_OK) == 0)
			return file_read(AT_FDCWD, path, 1 << 20, b, &e);
	}
	return false;
}

static void check_hex(const struct json *o, const char *key, const uint8_t *got, size_t n)
{
	const struct json *want = json_get(o, key);
	char hex[2 * SNP_ID_BLOCK_SIZE + 1];

	hex_write(hex, got, n);
	CHECK(want && str_is(want->text, hex));
}

static void vectors(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	CLEANUP(buf_done) struct buf text = buf_init(0);
	struct snp_id id = counted();
	uint8_t out[SNP_ID_BLOCK_SIZE], key[SNP_ID_KEY_SIZE];
	struct json doc;
	struct err e;

	if (!load(&text)) {
		test_skip("vectors", "nothing at ../shared/vectors or ASSAY_VECTORS");
		return;
	}
	CHECK_OK(json_parse(&doc, buf_span(&text), a, &e), e);
	snp_id_block(out, &id);
	check_hex(&doc, "id_block_for_ld_00..2f", out, sizeof out);
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		struct snp_id_numbers n;

		CHECK(hex_read(str_of(keys[i].x), n.first, 48) &&
			hex_read(str_of(keys[i].y), n.second, 48));
		snp_id_key(key, &n);
		check_hex(json_get(&doc, keys[i].name), "key_digest_sha384",
			digest_of(DIGEST_SHA384, SPAN_OF(key)).bytes, SHA384_SIZE);
	}
}

int main(void)
{
	block();
	auth();
	vectors();
	return test_end();
}
