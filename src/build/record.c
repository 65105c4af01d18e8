#include "build/record.h"

#include "codec/json.h"
#include "base/banned.h"

enum { RECORD_MAX = 65536 };

#define BUILD_LABEL "assay/build-record/1"
#define PCR0_LABEL "assay/observed-pcr0/1"

/* SHA-256(label 00 digests): records of different kinds cannot be taken for each other. */
static void key_of(uint8_t ret[static SHA256_SIZE], const char *label, struct span digest)
{
	CLEANUP(buf_done) struct buf b = buf_init(256);

	buf_add(&b, label, strlen(label) + 1);
	buf_add(&b, digest.p, digest.n);
	sha256_of(ret, buf_span(&b));
}

static void build_key(uint8_t ret[static SHA256_SIZE],
	const uint8_t manifest_sha256[static SHA256_SIZE],
	const uint8_t reference_values_sha256[static SHA256_SIZE])
{
	uint8_t both[2 * SHA256_SIZE];

	memcpy(both, manifest_sha256, SHA256_SIZE);
	memcpy(both + SHA256_SIZE, reference_values_sha256, SHA256_SIZE);
	key_of(ret, BUILD_LABEL, SPAN_OF(both));
}

bool record_put_build(struct store *s, const uint8_t manifest_sha256[static SHA256_SIZE],
	const uint8_t reference_values_sha256[static SHA256_SIZE], struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(RECORD_MAX);
	struct json_out w = json_out_to(&b);
	uint8_t key[SHA256_SIZE];

	build_key(key, manifest_sha256, reference_values_sha256);
	json_object(&w);
	json_put_cstr(&w, "format", BUILD_LABEL);
	json_put_hex(&w, "manifest-sha256", span_make(manifest_sha256, SHA256_SIZE));
	json_put_hex(
		&w, "reference-values-sha256", span_make(reference_values_sha256, SHA256_SIZE));
	json_end_object(&w);
	return store_result_put(s, key, buf_span(&b), e);
}

bool record_has_build(const struct store *s, const uint8_t manifest_sha256[static SHA256_SIZE],
	const uint8_t reference_values_sha256[static SHA256_SIZE], bool *built, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(RECORD_MAX);
	CLEANUP(arena_freep) struct arena *a = arena_new(RECORD_MAX * 4);
	uint8_t key[SHA256_SIZE], manifest[SHA256_SIZE], values[SHA256_SIZE];
	struct json v;

	build_key(key, manifest_sha256, reference_values_sha256);
	if (!store_result_get(s, key, &b, e)) {
		*built = false;
		return e->kind == ERR_NOTFOUND;
	}
	if (!json_parse(&v, buf_span(&b), a, e) || !json_check_format(&v, BUILD_LABEL, e) ||
		!json_get_hex(&v, "manifest-sha256", manifest, SHA256_SIZE, e) ||
		!json_get_hex(&v, "reference-values-sha256", values, SHA256_SIZE, e))
		return err_wrap(e, "this store's record of a build");
	*built = ct_equal(manifest, manifest_sha256, SHA256_SIZE) &&
		 ct_equal(values, reference_values_sha256, SHA256_SIZE);
	return true;
}

bool record_put_pcr0(struct store *s, const uint8_t firmware_sha256[static SHA256_SIZE],
	const struct digest pcr0[static RECORD_PCR0_BANKS], struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(RECORD_MAX);
	struct json_out w = json_out_to(&b);
	uint8_t key[SHA256_SIZE];

	key_of(key, PCR0_LABEL, span_make(firmware_sha256, SHA256_SIZE));
	json_object(&w);
	json_put_cstr(&w, "format", PCR0_LABEL);
	json_put_hex(&w, "firmware-sha256", span_make(firmware_sha256, SHA256_SIZE));
	for (size_t i = 0; i < RECORD_PCR0_BANKS; i++)
		json_put_hex(&w, digest_name(pcr0[i].alg),
			span_make(pcr0[i].bytes, digest_size(pcr0[i].alg)));
	json_end_object(&w);
	return store_result_put(s, key, buf_span(&b), e);
}

bool record_get_pcr0(const struct store *s, const uint8_t firmware_sha256[static SHA256_SIZE],
	bool *known, struct digest pcr0[static RECORD_PCR0_BANKS], struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(RECORD_MAX);
	CLEANUP(arena_freep) struct arena *a = arena_new(RECORD_MAX * 4);
	struct digest found[RECORD_PCR0_BANKS] = { { DIGEST_SHA256, { 0 } },
		{ DIGEST_SHA384, { 0 } } };
	uint8_t key[SHA256_SIZE];
	struct json v;

	key_of(key, PCR0_LABEL, span_make(firmware_sha256, SHA256_SIZE));
	if (!store_result_get(s, key, &b, e)) {
		*known = false;
		/* A damaged record is one that is not there: the firmware is observed again, the new one replaces it. */
		return e->kind == ERR_NOTFOUND || e->kind == ERR_MISMATCH;
	}
	if (!json_parse(&v, buf_span(&b), a, e) || !json_check_format(&v, PCR0_LABEL, e) ||
		!json_get_hex(&v, "sha256", found[0].bytes, SHA256_SIZE, e) ||
		!json_get_hex(&v, "sha384", found[1].bytes, SHA384_SIZE, e))
		return err_wrap(e, "this store's record of an observed firmware");
	memcpy(pcr0, found, sizeof found);
	*known = true;
	return true;
}
