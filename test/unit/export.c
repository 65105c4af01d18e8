/* The formats of others: what is written, and of CoRIM what is read again. */
#include "appraise/export_corim.h"

#include "appraise/corim_read.h"
#include "appraise/export_flat.h"
#include "appraise/export_rvps.h"
#include "appraise/export_words.h"
#include "base/hex.h"
#include "codec/json_base64.h"
#include "export_made.h"
#include "golden_text.h"

enum { TEXT = 1 << 20 };
static struct arena *a;

static const struct {
	const char *vendor, *model;
	const char *registers[EXPORT_MADE_REGISTERS];
} words[EXPORT_MADE_SHAPES] = {
	{ "TCG", "TPM 2.0", { "0", "4", "11" } },
	{ "AMD", "SEV-SNP", { "measurement" } },
	{ "Intel", "TDX", { "MRTD", "RTMR 0", "RTMR 1", "RTMR 2", "RTMR 3" } },
	{ "AWS", "Nitro Enclaves", { "0", "1", "2", "8" } },
};

static const struct corim_value *find(
	const struct corim *c, const char *shape, const char *reg, int64_t alg)
{
	for (size_t i = 0; i < c->n_values; i++)
		if (str_is(c->values[i].key, shape) && str_is(c->values[i].reg, reg) &&
			c->values[i].alg == alg)
			return &c->values[i];
	return NULL;
}

static void check_value(const struct corim *c, size_t shape, size_t k, enum digest_alg bank)
{
	struct digest want = export_made_value(shape, export_made[shape].registers[k], bank);
	const struct corim_value *v = find(c, export_made[shape].name, words[shape].registers[k],
		bank == DIGEST_SHA256 ? CORIM_SHA256 : CORIM_SHA384);

	if (!shape && !k) { /* it has no value */
		CHECK(!v);
		return;
	}
	CHECK(v && v->is_register &&
		span_equal(v->digest, span_make(want.bytes, digest_size(bank))));
	CHECK(v && str_is(v->vendor, words[shape].vendor) && str_is(v->model, words[shape].model));
}

/* Every register of every shape is there, with every bank, and nothing else. */
static void corim(void)
{
	CLEANUP(buf_done) struct buf b = buf_init(TEXT);
	struct reference_values v;
	struct corim c;
	struct err e = { 0 };

	export_make(&v, EXPORT_MADE_SHAPES, a);
	CHECK_OK(export_corim(&b, &v, &e), e);
	CHECK_OK(corim_read(&c, buf_span(&b), a, &e), e);
	CHECK(!c.is_signed && c.n_tags == EXPORT_MADE_SHAPES && c.n_triples == c.n_tags);
	CHECK(str_starts(c.id, "hello/5a5a5a"));
	CHECK(c.n_values == 2 * 2 + 1 + 1 + 5 + 4);
	for (size_t i = 0; i < EXPORT_MADE_SHAPES; i++)
		for (size_t k = 0; k < export_made[i].n_registers; k++)
			for (size_t n = 0; n < 2 && export_made[i].banks[n] != DIGEST_NONE; n++)
				check_value(&c, i, k, export_made[i].banks[n]);
	/* SNP's is there as a digest by itself, too. */
	CHECK(find(&c, "milan-2", "", CORIM_SHA384));
}

/* Version 8, of the variant of RFC 9562. */
static void check_uuid(const struct cbor *id)
{
	CHECK(id && id->bytes.n == 16);
	CHECK(id && id->bytes.p[6] >> 4 == 8 && id->bytes.p[8] >> 6 == 2);
}

/* In hexadecimal, lines of 32 bytes. */
static void tell(struct buf *told, const char *what, const struct buf *b)
{
	buf_printf(told, "%s\n", what);
	for (size_t at = 0; at < b->n; at += 32) {
		hex_add(told, span_make(b->p + at, b->n - at < 32 ? b->n - at : 32));
		buf_add_cstr(told, "\n");
	}
}

/* All bytes of every format, and that a buffer without room for the last of them is told. */
static void whole(void)
{
	static const enum digest_alg banks[] = { DIGEST_SHA1, DIGEST_SHA512 };
	struct buf told = buf_init(TEXT);
	CLEANUP(buf_done) struct buf b = buf_init(TEXT);
	CLEANUP(buf_done) struct buf other = buf_init(TEXT);
	CLEANUP(buf_done) struct buf h = buf_init(TEXT);
	struct reference_values v;
	struct err e = { 0 };

	export_make(&v, EXPORT_MADE_SHAPES, a);
	CHECK_OK(export_corim(&b, &v, &e), e);
	tell(&told, "CoRIM", &b);
	export_corim_header(&h, COSE_ES384, span_make("kid", 3), STR("me"));
	tell(&told, "header", &h);
	for (size_t max = b.n - 1; max <= b.n; max++) {
		CLEANUP(buf_done) struct buf small = buf_init(max);

		CHECK(export_corim(&small, &v, &e) == (max == b.n));
		CHECK(max == b.n || e.kind == ERR_LIMIT);
	}
	export_make(&v, 1, a);
	for (size_t i = 0; i < 2; i++) {
		((struct reference_shape *)(uintptr_t)v.shapes)->banks[i] = banks[i];
		for (size_t k = 0; k < v.shapes->n_registers; k++)
			((struct reference_register *)(uintptr_t)&v.shapes->registers[k])
				->values[i]
				.alg = banks[i];
	}
	CHECK_OK(export_corim(&other, &v, &e), e);
	tell(&told, "CoRIM, SHA-1 and SHA-512", &other);
	golden_text(&told, "export");
}

/* What a deterministic writer makes of what was read are the same bytes, in the CoMIDs, too. */
static void deterministic(void)
{
	CLEANUP(buf_done) struct buf b = buf_init(TEXT);
	CLEANUP(buf_done) struct buf again = buf_init(TEXT);
	struct reference_values v;
	const struct cbor *tags;
	struct err e = { 0 };
	struct cbor top = { 0 };

	export_make(&v, EXPORT_MADE_SHAPES, a);
	CHECK_OK(export_corim(&b, &v, &e), e);
	CHECK_OK(cbor_parse(&top, buf_span(&b), a, &e), e);
	cbor_put_value(&again, &top);
	CHECK(span_equal(buf_span(&b), buf_span(&again)));
	tags = cbor_get(&top.items[0], CORIM_TAGS);
	for (size_t i = 0; tags && i < tags->n; i++) {
		CLEANUP(buf_done) struct buf comid = buf_init(TEXT);
		struct span bytes = tags->items[i].items[0].bytes;
		struct cbor inner = { 0 };

		CHECK_OK(cbor_parse(&inner, bytes, a, &e), e);
		cbor_put_value(&comid, &inner);
		CHECK(span_equal(bytes, buf_span(&comid)));
		check_uuid(cbor_get(cbor_get(&inner, CORIM_TAG_IDENTITY), 0));
	}
}

static void header(void)
{
	CLEANUP(buf_done) struct buf h = buf_init(TEXT);
	CLEANUP(buf_done) struct buf manifest = buf_init(TEXT);
	CLEANUP(buf_done) struct buf whole = buf_init(TEXT);
	struct reference_values v;
	struct corim c;
	struct err e = { 0 };

	export_make(&v, 1, a);
	CHECK_OK(export_corim(&manifest, &v, &e), e);
	export_corim_header(&h, COSE_ES384, span_make("kid", 3), STR("me"));
	cose_sign1_emit(&whole, buf_span(&h), buf_span(&manifest), span_make("sig", 3));
	CHECK_OK(corim_read(&c, buf_span(&whole), a, &e), e);
	CHECK(c.is_signed && c.signature.alg == COSE_ES384 && c.n_tags == 1);
	CHECK(span_equal(c.signature.payload, buf_span(&manifest)));
	CHECK(str_is(cbor_str(cbor_get(&c.signature.protected_header, COSE_CONTENT_TYPE)),
		"application/rim+cbor"));
}

/* Another manifest, or another shape, is another tag. */
static void tag_ids(void)
{
	CLEANUP(buf_done) struct buf one = buf_init(TEXT);
	CLEANUP(buf_done) struct buf two = buf_init(TEXT);
	struct reference_values v;
	struct err e = { 0 };

	export_make(&v, 1, a);
	CHECK_OK(export_corim(&one, &v, &e), e);
	v.manifest_sha256[0] ^= 1;
	CHECK_OK(export_corim(&two, &v, &e), e);
	CHECK(one.n == two.n && !span_equal(buf_span(&one), buf_span(&two)));
}

#define A23 "a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0"

static void flat(void)
{
	static const char want[] = "{\n  \"measurements\": {\n"
				   "    \"4\": {\n      \"expected\": \"04" A23 "\"\n    },\n"
				   "    \"11\": {\n      \"expected\": \"0b" A23
				   "\"\n    }\n  }\n}\n";
	CLEANUP(buf_done) struct buf tpm = buf_init(TEXT);
	CLEANUP(buf_done) struct buf enclave = buf_init(TEXT);
	struct reference_values v;
	struct json top;
	struct err e = { 0 };

	export_make(&v, EXPORT_MADE_SHAPES, a);
	CHECK_OK(export_flat(&tpm, &v.shapes[0], &e), e);
	CHECK(str_is(buf_str(&tpm), want));
	CHECK_OK(export_flat(&enclave, &v.shapes[3], &e), e);
	CHECK_OK(json_parse(&top, buf_span(&enclave), a, &e), e);
	CHECK(json_get(json_get(&top, "Measurements"), "PCR8"));
	CHECK(json_get(&top, "Measurements")->n == 5);
}

static const struct json *payload_of(struct json *ret, const struct buf *message)
{
	struct span payload = { 0 };
	struct json top;
	struct err e = { 0 };

	CHECK_OK(json_parse(&top, buf_span(message), a, &e), e);
	CHECK(str_is(json_get(&top, "type")->text, "sample"));
	CHECK_OK(json_base64_get(&top, "payload", TEXT, &payload, a, &e), e);
	CHECK_OK(json_parse(ret, payload, a, &e), e);
	return ret;
}

/* Names as the policies have them; two shapes of one platform are two values of one name, equal ones are one. */
static void rvps(void)
{
	static const char *const names[] = { "tpm_pcr04", "tpm_pcr11", "snp_launch_measurement",
		"mr_td", "rtmr_0", "rtmr_1", "rtmr_2", "rtmr_3", "nitro_pcr0", "nitro_pcr1",
		"nitro_pcr2", "nitro_pcr8" };
	CLEANUP(buf_done) struct buf b = buf_init(TEXT);
	CLEANUP(buf_done) struct buf both = buf_init(TEXT);
	struct reference_shape shapes[3];
	struct reference_register other;
	struct reference_values v;
	const struct json *o;
	struct err e = { 0 };
	struct json top;

	export_make(&v, EXPORT_MADE_SHAPES, a);
	CHECK_OK(export_rvps(&b, &v, &e), e);
	o = payload_of(&top, &b);
	CHECK(o->n == ARRAY_LEN(names));
	for (size_t i = 0; i < ARRAY_LEN(names) && i < o->n; i++)
		CHECK(str_is(o->keys[i], names[i]) && o->items[i].n == 1);
	shapes[0] = shapes[1] = shapes[2] = v.shapes[1];
	other = v.shapes[1].registers[0];
	other.values[0].bytes[5] ^= 1;
	shapes[1].registers = &other;
	v.shapes = shapes;
	v.n_shapes = 3;
	CHECK_OK(export_rvps(&both, &v, &e), e);
	o = payload_of(&top, &both);
	CHECK(o->n == 1 && o->items[0].n == 2);
}

/* SHA-256 where there is one, wherever it stands; and what does not fit is told. */
static void banks_and_rooms(void)
{
	struct reference_shape s = { .banks = { DIGEST_SHA384, DIGEST_SHA256 }, .n_banks = 2 };
	CLEANUP(buf_done) struct buf small = buf_init(20);
	CLEANUP(buf_done) struct buf small_too = buf_init(20);
	struct reference_values v;
	struct err e = { 0 };

	CHECK(export_words_bank(&s) == 1);
	s.n_banks = 1;
	CHECK(export_words_bank(&s) == 0);
	export_make(&v, EXPORT_MADE_SHAPES, a);
	CHECK_ERR(export_rvps(&small, &v, &e), e, ERR_LIMIT);
	CHECK_ERR(export_flat(&small_too, &v.shapes[0], &e), e, ERR_LIMIT);
}

static void checks(void)
{
	struct reference_shape partly, unknown, empty = { .platform = STR("tpm") };
	struct reference_values v;
	struct err e = { 0 };

	export_make(&v, 1, a);
	CHECK_OK(export_words_check(&v.shapes[0], false, &e), e);
	unknown = partly = v.shapes[0];
	partly.firmware_only = true;
	CHECK_ERR(export_words_check(&partly, false, &e), e, ERR_USAGE);
	CHECK(strstr(e.hint, "--partly"));
	CHECK_OK(export_words_check(&partly, true, &e), e);
	unknown.platform = STR("sgx");
	CHECK_ERR(export_words_check(&unknown, false, &e), e, ERR_USAGE);
	CHECK_ERR(export_words_check(&empty, false, &e), e, ERR_USAGE);
}

int main(void)
{
	a = arena_new(64 << 20);
	corim();
	whole();
	deterministic();
	header();
	tag_ids();
	flat();
	rvps();
	checks();
	banks_and_rooms();
	arena_free(a);
	return test_end();
}
