/*
 * Enclave images and their PCRs as another program made them, and images of the same parts as we write them. Skipped
 * without the files (test/vectors.h).
 */
#define ASSAY_MAY_ASK_THE_MACHINE
#include "measure/eif.h"

#include "base/hex.h"
#include "codec/cbor.h"
#include "codec/json.h"
#include "image/eif_write.h"
#include "measure/eif_signature.h"
#include "vectors.h"

static const struct {
	const char *name;
	size_t n_ramdisks;
} images[] = { { "one.eif", 1 }, { "two.eif", 2 }, { "three.eif", 3 } };

static const char *const parts_names[] = { "eif/kernel.bin", "eif/r1.bin", "eif/r2.bin",
	"eif/r3.bin" };

static void check_register(
	const struct event_list *l, unsigned reg, const struct json *row, const char *key)
{
	uint8_t want[SHA384_SIZE];
	struct digest got;
	struct err e = { 0 };

	event_fold(l, reg, 0, &got);
	CHECK_OK(json_get_hex(row, key, want, sizeof want, &e), e);
	CHECK(memcmp(got.bytes, want, sizeof want) == 0);
}

static void check_image(struct span file, const struct json *row, struct arena *a)
{
	static const enum digest_alg bank = DIGEST_SHA384;
	struct event_list l;
	struct err e = { 0 };
	struct eif f;

	event_list_init(&l, a, &bank, 1);
	CHECK_OK(eif_parse(&f, file, &e), e);
	CHECK_OK(eif_events(&l, &f, span_make(NULL, 0), &e), e);
	check_register(&l, EIF_PCR_IMAGE, row, "PCR0");
	check_register(&l, EIF_PCR_BOOT, row, "PCR1");
	check_register(&l, EIF_PCR_APPLICATION, row, "PCR2");
}

/* The row of an image of that name. */
static const struct json *row_of(const struct json *top, const char *name)
{
	const struct json *rows = json_get(top, "vectors");

	for (size_t i = 0; rows && i < rows->n; i++)
		if (str_is(json_get(&rows->items[i], "file")->text, name))
			return &rows->items[i];
	return NULL;
}

/* As the other program wrote them. */
static void read_images(const struct json *top, struct arena *a)
{
	for (size_t i = 0; i < ARRAY_LEN(images); i++) {
		char name[50];
		struct buf b CLEANUP(buf_done) = { 0 };

		snprintf(name, sizeof name, "eif/%s", images[i].name);
		b = vectors_load(name);
		check_image(buf_span(&b), row_of(top, images[i].name), a);
	}
}

/* The same parts, put together by us: other metadata, other file, the same registers. */
static void write_images(const struct json *top, struct arena *a)
{
	struct buf files[ARRAY_LEN(parts_names)];
	struct content_memory memory[ARRAY_LEN(parts_names)];
	struct content contents[ARRAY_LEN(parts_names)];
	struct str line = json_get(json_get(top, "inputs"), "cmdline")->text;

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		files[i] = vectors_load(parts_names[i]);
		content_of_memory(&contents[i], &memory[i], buf_span(&files[i]));
	}
	for (size_t i = 0; i < ARRAY_LEN(images); i++) {
		struct eif_parts parts = { .kernel = contents[0],
			.command_line = line,
			.ramdisks = contents + 1,
			.n_ramdisks = images[i].n_ramdisks };
		struct buf b CLEANUP(buf_done) = buf_init(VECTORS_FILE_MAX);
		struct err e = { 0 };

		CHECK_OK(eif_write(&b, &parts, &e), e);
		check_image(buf_span(&b), row_of(top, images[i].name), a);
	}
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		buf_done(&files[i]);
}

/* PCR 8 of the certificate, taken out of a signature section. */
static void certificate(const struct json *top, struct arena *a)
{
	static const enum digest_alg bank = DIGEST_SHA384;
	struct buf pem CLEANUP(buf_done) = vectors_load("eif/cert.pem");
	struct buf image CLEANUP(buf_done) = vectors_load("eif/one.eif");
	struct buf section CLEANUP(buf_done) = buf_init(1 << 16);
	struct eif_signature s = { 0 };
	struct event_list l;
	struct err e = { 0 };
	struct eif f;

	cbor_put_array(&section, 1);
	cbor_put_map(&section, 2);
	cbor_put_text(&section, STR("signing_certificate"));
	cbor_put_bytes(&section, buf_span(&pem));
	cbor_put_text(&section, STR("signature"));
	cbor_put_bytes(&section, span_make("", 0));
	CHECK_OK(eif_signature_parse(&s, buf_span(&section), a, &e), e);
	event_list_init(&l, a, &bank, 1);
	CHECK_OK(eif_parse(&f, buf_span(&image), &e), e);
	CHECK_OK(eif_events(&l, &f, s.certificate, &e), e);
	check_register(&l, EIF_PCR_CERTIFICATE, json_get(top, "PCR8"), "PCR8");
}

int main(void)
{
	struct arena *a;
	struct buf text;
	struct json top;
	struct err e = { 0 };

	if (!vectors_find("measurement"))
		return vectors_skip();
	a = arena_new(64 << 20);
	text = vectors_load("nitro-eif.json");
	CHECK_OK(json_parse(&top, buf_span(&text), a, &e), e);
	read_images(&top, a);
	write_images(&top, a);
	certificate(&top, a);
	buf_done(&text);
	arena_free(a);
	return test_end();
}
