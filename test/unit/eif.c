#include "measure/eif.h"

#include "base/hex.h"
#include "codec/cbor.h"
#include "codec/crc.h"
#include "image/eif_write.h"
#include "measure/eif_signature.h"
#include "test.h"

enum { MEMORY = 4 << 20, IMAGE_MAX = 1 << 20 };
static struct arena *a;

/* Contents that are told apart, and not the same size. */
static const char kernel[] = "a kernel";
static const char command_line[] = "console=ttyS0 panic=1";
static const char *const ramdisks[] = { "first ramdisk", "second", "third one" };

/* An image of the first n ramdisks. */
static void make(struct buf *out, size_t n)
{
	struct content contents[3];
	struct content_memory memory[4];
	struct eif_parts parts = { .ramdisks = contents,
		.n_ramdisks = n,
		.command_line = str_of(command_line),
		.identity = { .name = STR("test"), .kernel_version = STR("6.1") } };
	struct err e = { 0 };

	content_of_memory(&parts.kernel, &memory[3], str_span(str_of(kernel)));
	for (size_t i = 0; i < n; i++)
		content_of_memory(&contents[i], &memory[i], str_span(str_of(ramdisks[i])));
	*out = buf_init(IMAGE_MAX);
	CHECK_OK(eif_write(out, &parts, &e), e);
}

/* The definition: SHA-384 of 48 zeroes and the SHA-384 of the texts, one behind the other. */
static struct digest register_of(const char *const *texts, size_t n)
{
	uint8_t both[2 * SHA384_SIZE] = { 0 };
	char all[200] = "";
	size_t at = 0;
	struct digest d;

	for (size_t i = 0; i < n; i++) {
		memcpy(all + at, texts[i], strlen(texts[i]));
		at += strlen(texts[i]);
	}
	d = digest_of(DIGEST_SHA384, span_make(all, at));
	memcpy(both + SHA384_SIZE, d.bytes, SHA384_SIZE);
	return digest_of(DIGEST_SHA384, SPAN_OF(both));
}

static struct digest folded(struct span image, struct span certificate, unsigned reg)
{
	static const enum digest_alg bank = DIGEST_SHA384;
	struct event_list l;
	struct digest d = { 0 };
	struct err e = { 0 };
	struct eif f;

	event_list_init(&l, a, &bank, 1);
	CHECK_OK(eif_parse(&f, image, &e), e);
	CHECK_OK(eif_events(&l, &f, certificate, &e), e);
	CHECK(l.n == (certificate.p ? 4 : 3));
	event_fold(&l, reg, 0, &d);
	return d;
}

static void check_value(struct span image, unsigned reg, struct digest want)
{
	struct digest got = folded(image, span_make(NULL, 0), reg);

	CHECK(digest_equal(&got, &want));
}

static void writes_and_reads(void)
{
	for (size_t n = 1; n <= 3; n++) {
		CLEANUP(buf_done) struct buf b = { 0 };
		CLEANUP(buf_done) struct buf again = { 0 };
		struct err e = { 0 };
		struct eif f;

		make(&b, n);
		make(&again, n);
		CHECK(span_equal(buf_span(&b), buf_span(&again)));
		CHECK_OK(eif_parse(&f, buf_span(&b), &e), e);
		CHECK(f.n_sections == 3 + n && f.n_ramdisks == n && !f.signature.p);
		CHECK(f.flags == 0 && f.default_memory == 1 << 30 && f.default_processors == 2);
		CHECK(span_equal(f.kernel, str_span(str_of(kernel))));
		CHECK(span_equal(f.command_line, str_span(str_of(command_line))));
		CHECK(memmem(f.metadata.p, f.metadata.n, "\"BuildTime\": \"\"", 15));
		for (size_t i = 0; i < n; i++)
			CHECK(span_equal(f.ramdisks[i], str_span(str_of(ramdisks[i]))));
	}
}

static void registers(void)
{
	static const char *const all[] = { kernel, command_line, "first ramdisk", "second",
		"third one" };
	CLEANUP(buf_done) struct buf three = { 0 };
	CLEANUP(buf_done) struct buf one = { 0 };
	struct digest d, nothing = register_of(NULL, 0);
	char hex[2 * DIGEST_MAX + 1];

	make(&three, 3);
	check_value(buf_span(&three), 0, register_of(all, 5));
	check_value(buf_span(&three), 1, register_of(all, 3));
	check_value(buf_span(&three), 2, register_of(all + 3, 2));
	make(&one, 1);
	check_value(buf_span(&one), 0, register_of(all, 3));
	check_value(buf_span(&one), 1, register_of(all, 3));
	check_value(buf_span(&one), 2, nothing);
	/* What every image with one ramdisk has there. */
	digest_hex(&nothing, hex);
	CHECK(strncmp(hex, "21b9efbc184807662e966d34f3908213", 32) == 0);
	d = folded(buf_span(&one), str_span(str_of(all[3])), 8);
	nothing = register_of(all + 3, 1);
	CHECK(digest_equal(&d, &nothing));
}

/* Writes the CRC that fits, so that what else is wrong is found. */
static void mend(struct buf *b)
{
	uint32_t crc = crc_ieee_add(crc_ieee(span_make(b->p, EIF_CRC_AT)),
		span_make(b->p + EIF_HEADER_SIZE, b->n - EIF_HEADER_SIZE));

	for (unsigned i = 0; i < 4; i++)
		b->p[EIF_CRC_AT + i] = (uint8_t)(crc >> (24 - 8 * i));
}

/* Bytes at an offset of an image with two ramdisks, and what is said of it then. */
static const struct {
	size_t at;
	const char *hex, *says;
} changes[] = {
	{ 0, "2f", "no enclave image" },
	{ 4, "0003", "version 3" },
	{ 4, "0005", "version 5" },
	{ 6, "0002", "unknown flags 0x0002" },
	{ 26, "0021", "33 sections" },
	{ 26, "0000", "without a section" },
	{ 26, "0001", "without a ramdisk" },
	{ 26, "0004", "bytes behind the last section" },
	{ 26, "0006", "the section before it ends" },
	{ 28, "0000000000000225", "the section before it ends at 548" },
	{ 36, "00000000000001ff", "the section before it ends" },
	{ 284, "0000000000000007", "in the header 7" },
	{ 548, "0000", "unknown type 0" },
	{ 548, "0006", "unknown type 6" },
	{ 548, "0002", "before the kernel" },
	{ 550, "0001", "unknown flags" },
	{ 552, "ffffffffffffffff", "in the header 8" },
	{ 568, "0001", "behind the first section" },
	{ 568, "0003", "ramdisk before the command line" },
	{ 568, "0005", "metadata before the command line" },
};

static void refuses(void)
{
	for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
		CLEANUP(buf_done) struct buf b = { 0 };
		struct err e = { 0 };
		struct eif f;

		make(&b, 2);
		CHECK(hex_read(
			str_of(changes[i].hex), b.p + changes[i].at, strlen(changes[i].hex) / 2));
		mend(&b);
		CHECK(!eif_parse(&f, buf_span(&b), &e));
		CHECK(e.kind == ERR_FORMAT || e.kind == ERR_LIMIT);
		test_report(strstr(e.text, changes[i].says), __FILE__, __LINE__, e.text);
	}
}

/* Beyond the file, with header and section of one mind about it. */
static void beyond_the_file(void)
{
	CLEANUP(buf_done) struct buf b = { 0 };
	struct err e = { 0 };
	struct eif f;
	size_t last = 0;

	make(&b, 1);
	CHECK_OK(eif_parse(&f, buf_span(&b), &e), e);
	last = f.sections[3].at;
	b.p[284 + 3 * 8] = b.p[last + 4] = 1;
	mend(&b);
	CHECK_ERR(eif_parse(&f, buf_span(&b), &e), e, ERR_FORMAT);
	CHECK(strstr(e.text, "are left of the file"));
}

/* What may not stand where the two ramdisks do. */
static void wrong_places(void)
{
	static const struct {
		size_t section;
		enum eif_type type;
		const char *says;
	} places[] = {
		{ 3, EIF_SIGNATURE, "ramdisk behind the signature" },
		{ 4, EIF_METADATA, "metadata for the second time" },
		{ 4, EIF_COMMAND_LINE, "command line not behind the kernel" },
		{ 4, EIF_KERNEL, "kernel behind the first section" },
	};

	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		CLEANUP(buf_done) struct buf b = { 0 };
		struct err e = { 0 };
		struct eif f;

		make(&b, 2);
		CHECK_OK(eif_parse(&f, buf_span(&b), &e), e);
		b.p[f.sections[places[i].section].at + 1] = (uint8_t)places[i].type;
		mend(&b);
		CHECK_ERR(eif_parse(&f, buf_span(&b), &e), e, ERR_FORMAT);
		test_report(strstr(e.text, places[i].says), __FILE__, __LINE__, e.text);
	}
}

/* Every flipped bit and every length is refused; what is taken has the CRC of all of it. */
static void damage(void)
{
	CLEANUP(buf_done) struct buf b = { 0 };
	struct err e = { 0 };
	struct eif f;

	make(&b, 2);
	for (size_t n = 0; n < b.n; n++)
		CHECK(!eif_parse(&f, span_make(b.p, n), &e) && e.kind == ERR_FORMAT);
	for (size_t i = 0; i < b.n; i++) {
		b.p[i] ^= (uint8_t)(1u << i % 8);
		CHECK(!eif_parse(&f, buf_span(&b), &e));
		b.p[i] ^= (uint8_t)(1u << i % 8);
	}
	CHECK_OK(eif_parse(&f, buf_span(&b), &e), e);
	b.p[b.n - 1] ^= 1;
	CHECK_ERR(eif_parse(&f, buf_span(&b), &e), e, ERR_FORMAT);
	CHECK(strstr(e.text, "CRC"));
}

static void put_numbers(struct buf *b, struct span bytes, bool as_array)
{
	if (!as_array) {
		cbor_put_bytes(b, bytes);
		return;
	}
	cbor_put_array(b, bytes.n);
	for (size_t i = 0; i < bytes.n; i++)
		cbor_put_uint(b, bytes.p[i]);
}

/* As AWS's writer has it (arrays of numbers), and as byte strings. */
static void signature(void)
{
	static const char
		pem[] = "-----BEGIN CERTIFICATE-----\r\nZm9v\nYmFy\n-----END CERTIFICATE-----\n";

	for (int as_array = 0; as_array < 2; as_array++) {
		CLEANUP(buf_done) struct buf section = buf_init(4096);
		CLEANUP(buf_done) struct buf image = { 0 };
		struct err e = { 0 };
		struct eif_signature s = { 0 };
		struct eif f;

		cbor_put_array(&section, 1);
		cbor_put_map(&section, 2);
		cbor_put_text(&section, STR("signing_certificate"));
		put_numbers(&section, str_span(str_of(pem)), as_array);
		cbor_put_text(&section, STR("signature"));
		put_numbers(&section, str_span(str_of("signed")), as_array);
		make(&image, 1);
		CHECK_OK(eif_write_append(&image, EIF_SIGNATURE, buf_span(&section), &e), e);
		CHECK_OK(eif_parse(&f, buf_span(&image), &e), e);
		CHECK_OK(eif_signature_parse(&s, f.signature, a, &e), e);
		CHECK(span_equal(s.certificate, str_span(str_of("foobar"))));
		CHECK(span_equal(s.cose_sign1, str_span(str_of("signed"))));
		CHECK_ERR(eif_write_append(&image, EIF_SIGNATURE, buf_span(&section), &e), e,
			ERR_FORMAT);
		for (size_t n = 0; n < section.n; n++)
			CHECK_ERR(eif_signature_parse(&s, span_make(section.p, n), a, &e), e,
				ERR_FORMAT);
	}
}

/* An array of n signatures whose certificate begins with this number. */
static bool takes_signatures(uint64_t n, uint64_t number)
{
	static const char pem[] = "-----BEGIN CERTIFICATE-----\nZm9v\n-----END CERTIFICATE-----\n";
	CLEANUP(buf_done) struct buf section = buf_init(8192);
	struct eif_signature s;
	struct err e = { 0 };

	cbor_put_array(&section, n);
	for (uint64_t i = 0; i < n; i++) {
		cbor_put_map(&section, 2);
		cbor_put_text(&section, STR("signing_certificate"));
		cbor_put_array(&section, sizeof pem);
		cbor_put_uint(&section, number);
		for (size_t k = 0; k + 1 < sizeof pem; k++)
			cbor_put_uint(&section, (uint8_t)pem[k]);
		cbor_put_text(&section, STR("signature"));
		cbor_put_bytes(&section, span_make("s", 1));
	}
	return eif_signature_parse(&s, buf_span(&section), a, &e);
}

static void one_signature_of_bytes(void)
{
	CHECK(takes_signatures(1, 255));
	CHECK(!takes_signatures(1, 256));
	CHECK(!takes_signatures(0, 255));
	CHECK(!takes_signatures(2, 255));
}

static void payload(void)
{
	CLEANUP(buf_done) struct buf b = buf_init(4096);
	struct err e = { 0 };
	struct span value = { 0 };
	unsigned reg = 9;

	cbor_put_map(&b, 2);
	cbor_put_text(&b, STR("register_index"));
	cbor_put_uint(&b, 0);
	cbor_put_text(&b, STR("register_value"));
	put_numbers(&b, str_span(str_of("\xff\x01")), true);
	CHECK_OK(eif_signature_payload(&reg, &value, buf_span(&b), a, &e), e);
	CHECK(reg == 0 && span_equal(value, str_span(str_of("\xff\x01"))));
	b.p[b.n - 3] = 0x19; /* 255 becomes a number of two bytes */
	CHECK(!eif_signature_payload(&reg, &value, buf_span(&b), a, &e));
}

static void refuses_to_write(void)
{
	CLEANUP(buf_done) struct buf b = buf_init(IMAGE_MAX);
	CLEANUP(buf_done) struct buf little = buf_init(600);
	struct content_memory memory;
	struct content c;
	struct eif_parts parts = { .ramdisks = &c };
	struct err e = { 0 };

	content_of_memory(&c, &memory, str_span(str_of(kernel)));
	CHECK_ERR(eif_write(&b, &parts, &e), e, ERR_USAGE);
	parts.kernel = c;
	CHECK_ERR(eif_write(&b, &parts, &e), e, ERR_USAGE);
	parts.n_ramdisks = EIF_WRITE_RAMDISKS_MAX + 1;
	CHECK_ERR(eif_write(&b, &parts, &e), e, ERR_LIMIT);
	parts.n_ramdisks = 1;
	CHECK_ERR(eif_write(&little, &parts, &e), e, ERR_LIMIT);
}

int main(void)
{
	a = arena_new(MEMORY);
	writes_and_reads();
	registers();
	refuses();
	beyond_the_file();
	wrong_places();
	damage();
	signature();
	one_signature_of_bytes();
	payload();
	refuses_to_write();
	arena_free(a);
	return test_end();
}
