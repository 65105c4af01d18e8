#include "build/reproduced.h"

#include "base/hex.h"
#include "codec/json.h"
#include "base/banned.h"

#define FORMAT "assay.reproduced/1"

enum { RECORD_MAX = 4096 };

/* SHA-256("reproduced:" and the digest in hex). */
static void key_of(uint8_t ret[static SHA256_SIZE], const uint8_t deb_sha256[static SHA256_SIZE])
{
	CLEANUP(buf_done) struct buf b = buf_init(256);
	char hex[2 * SHA256_SIZE + 1];

	hex_write(hex, deb_sha256, SHA256_SIZE);
	buf_printf(&b, "reproduced:%s", hex);
	sha256_of(ret, buf_span(&b));
}

bool reproduced_put(struct store *s, const uint8_t deb_sha256[static SHA256_SIZE],
	const uint8_t statement_sha256[static SHA256_SIZE], struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(RECORD_MAX);
	struct json_out w = json_out_to(&b);
	uint8_t key[SHA256_SIZE];
	bool is;

	if (!reproduced_get(s, deb_sha256, &is, NULL, e))
		return false;
	if (is)
		return true;
	key_of(key, deb_sha256);
	json_object(&w);
	json_put_cstr(&w, "format", FORMAT);
	json_put_hex(&w, "package-sha256", span_make(deb_sha256, SHA256_SIZE));
	json_put_hex(&w, "statement-sha256", span_make(statement_sha256, SHA256_SIZE));
	json_end_object(&w);
	return store_result_put(s, key, buf_span(&b), e);
}

bool reproduced_get(const struct store *s, const uint8_t deb_sha256[static SHA256_SIZE], bool *is,
	uint8_t statement_sha256[SHA256_SIZE], struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(RECORD_MAX);
	CLEANUP(arena_freep) struct arena *a = arena_new(RECORD_MAX * 4);
	uint8_t key[SHA256_SIZE], package[SHA256_SIZE], statement[SHA256_SIZE];
	struct json v;

	key_of(key, deb_sha256);
	if (!store_result_get(s, key, &b, e)) {
		*is = false;
		return e->kind == ERR_NOTFOUND || e->kind == ERR_MISMATCH;
	}
	if (!json_parse(&v, buf_span(&b), a, e) || !json_check_format(&v, FORMAT, e) ||
		!json_get_hex(&v, "package-sha256", package, SHA256_SIZE, e) ||
		!json_get_hex(&v, "statement-sha256", statement, SHA256_SIZE, e))
		return err_wrap(e, "this store's record of a reproduced package");
	*is = ct_equal(package, deb_sha256, SHA256_SIZE);
	if (*is && statement_sha256)
		memcpy(statement_sha256, statement, SHA256_SIZE);
	return true;
}
