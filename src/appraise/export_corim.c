#include "appraise/export_corim.h"

#include "appraise/corim_read.h"
#include "appraise/export_words.h"
#include "base/hex.h"
#include "codec/cbor.h"
#include "trust/cose_sign1.h"
#include "base/banned.h"

enum { UUID_BYTES = 16, CORIM_META = 8, META_MAX = 4096, COMID_MAX = 64 << 10 };

/* Of 122 bits of a hash over what the tag is of; version 8, as RFC 9562 has it for names of one's own making. */
static void tag_id(uint8_t ret[static UUID_BYTES], const struct reference_values *v,
	const struct reference_shape *s)
{
	CLEANUP(hasher_freep) struct hasher *h = hasher_new(DIGEST_SHA256);
	uint8_t hash[SHA256_SIZE];

	hasher_add(h, "assay/corim-tag", sizeof "assay/corim-tag");
	hasher_add(h, v->manifest_sha256, SHA256_SIZE);
	hasher_add(h, s->name.p, s->name.n);
	hasher_end(h, hash);
	memcpy(ret, hash, UUID_BYTES);
	ret[6] = (uint8_t)((ret[6] & 0x0f) | 0x80);
	ret[8] = (uint8_t)((ret[8] & 0x3f) | 0x80);
}

/* The registry of RFC 6920 numbers them, all but SHA-1. */
static void put_digest(struct buf *b, const struct digest *d)
{
	cbor_put_array(b, 2);
	if (d->alg == DIGEST_SHA1)
		cbor_put_text(b, STR("sha-1"));
	else
		cbor_put_uint(b, d->alg == DIGEST_SHA256   ? CORIM_SHA256
				 : d->alg == DIGEST_SHA384 ? CORIM_SHA384
							   : CORIM_SHA512);
	cbor_put_bytes(b, span_make(d->bytes, digest_size(d->alg)));
}

static void put_digests(
	struct buf *b, const struct reference_shape *s, const struct reference_register *r)
{
	cbor_put_array(b, s->n_banks);
	for (size_t i = 0; i < s->n_banks; i++)
		put_digest(b, &r->values[i]);
}

/* Registers ascend, and so do their names in CBOR's order: by length first. */
static void put_registers(struct buf *b, const struct reference_shape *s)
{
	bool named = str_is(s->platform, "snp") || str_is(s->platform, "tdx");
	size_t n = 0;

	for (size_t i = 0; i < s->n_registers; i++)
		n += export_words_has_value(&s->registers[i]);
	cbor_put_map(b, n);
	for (size_t i = 0; i < s->n_registers; i++) {
		const struct reference_register *r = &s->registers[i];
		char name[EXPORT_WORDS_NAME];

		if (!export_words_has_value(r))
			continue;
		reference_register_name(name, s, r->reg);
		if (named)
			cbor_put_text(b, str_of(name));
		else
			cbor_put_uint(b, r->reg);
		put_digests(b, s, r);
	}
}

static void put_measurement(
	struct buf *b, const struct reference_values *v, const struct reference_shape *s)
{
	/* Its only value. */
	bool plain = str_is(s->platform, "snp") && export_words_has_value(&s->registers[0]);

	cbor_put_map(b, 2);
	cbor_put_uint(b, CORIM_MKEY);
	cbor_put_text(b, s->name);
	cbor_put_uint(b, CORIM_MVAL);
	cbor_put_map(b, plain ? 3 : 2);
	if (plain) {
		cbor_put_uint(b, CORIM_DIGESTS);
		put_digests(b, s, &s->registers[0]);
	}
	cbor_put_uint(b, CORIM_NAME);
	cbor_put_text(b, v->image);
	cbor_put_uint(b, CORIM_REGISTERS);
	put_registers(b, s);
}

static void put_comid(
	struct buf *b, const struct reference_values *v, const struct reference_shape *s)
{
	uint8_t id[UUID_BYTES];

	tag_id(id, v, s);
	cbor_put_map(b, 2);
	cbor_put_uint(b, CORIM_TAG_IDENTITY);
	cbor_put_map(b, 1);
	cbor_put_uint(b, 0);
	cbor_put_bytes(b, SPAN_OF(id));
	cbor_put_uint(b, CORIM_TRIPLES);
	cbor_put_map(b, 1);
	cbor_put_uint(b, CORIM_REFERENCE_TRIPLES);
	cbor_put_array(b, 1); /* one triple: environment, measurements */
	cbor_put_array(b, 2);
	cbor_put_map(b, 1);
	cbor_put_uint(b, CORIM_CLASS);
	cbor_put_map(b, 2);
	cbor_put_uint(b, CORIM_VENDOR);
	cbor_put_text(b, str_of(export_words_vendor(s)));
	cbor_put_uint(b, CORIM_MODEL);
	cbor_put_text(b, str_of(export_words_model(s)));
	cbor_put_array(b, 1);
	put_measurement(b, v, s);
}

static void put_id(struct buf *b, const struct reference_values *v)
{
	CLEANUP(buf_done) struct buf id = buf_init(COMID_MAX);

	buf_add_str(&id, v->image);
	buf_u8(&id, '/');
	hex_add(&id, SPAN_OF(v->manifest_sha256));
	cbor_put_text(b, buf_str(&id));
}

bool export_corim(struct buf *out, const struct reference_values *v, struct err *e)
{
	cbor_put_tag(out, CORIM_TAG);
	cbor_put_map(out, 2);
	cbor_put_uint(out, CORIM_ID);
	put_id(out, v);
	cbor_put_uint(out, CORIM_TAGS);
	cbor_put_array(out, v->n_shapes);
	for (size_t i = 0; i < v->n_shapes; i++) {
		CLEANUP(buf_done) struct buf comid = buf_init(COMID_MAX);

		put_comid(&comid, v, &v->shapes[i]);
		if (!buf_ok(&comid))
			return buf_full(&comid, "the CoMID of a shape", e);
		cbor_put_tag(out, CORIM_COMID_TAG);
		cbor_put_bytes(out, buf_span(&comid));
	}
	return buf_ok(out) || buf_full(out, "the CoRIM", e);
}

void export_corim_header(struct buf *out, int64_t alg, struct span kid, struct str signer)
{
	CLEANUP(buf_done) struct buf meta = buf_init(META_MAX);

	cbor_put_map(&meta, 1); /* signer: its name */
	cbor_put_uint(&meta, 0);
	cbor_put_map(&meta, 1);
	cbor_put_uint(&meta, 0);
	cbor_put_text(&meta, signer);
	cbor_put_map(out, 4);
	cbor_put_uint(out, COSE_ALG);
	cbor_put_int(out, alg);
	cbor_put_uint(out, COSE_CONTENT_TYPE);
	cbor_put_text(out, STR("application/rim+cbor"));
	cbor_put_uint(out, COSE_KID);
	cbor_put_bytes(out, kid);
	cbor_put_uint(out, CORIM_META);
	cbor_put_bytes(out, buf_span(&meta));
}
