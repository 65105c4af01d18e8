#include "codec/pe.h"

#include "pe_made.h"
#include "test.h"

enum { CERTIFICATES = 32 };

static const uint8_t linux_bytes[700] = { 1, 2, 3 }, text_bytes[3] = { 7, 8, 9 };

static struct buf make(bool plus)
{
	const struct pe_made_section sections[] = { { ".text", SPAN_OF(text_bytes) },
		{ ".linux", SPAN_OF(linux_bytes) }, { ".bss", { NULL, 0 } } };

	return pe_made(plus, sections, 3);
}

/* The obvious second way: a copy of the file without the twelve bytes and without the certificate table. */
static struct digest obvious(struct span file, bool plus, size_t certificates, enum digest_alg alg)
{
	struct buf b = buf_init(PE_MADE_MAX);
	size_t entry = PE_MADE_OPTIONAL_AT + (plus ? 112u : 96u) + 32;
	struct digest d;

	buf_add(&b, file.p, PE_MADE_OPTIONAL_AT + 64);
	buf_add(&b, file.p + PE_MADE_OPTIONAL_AT + 68, entry - (PE_MADE_OPTIONAL_AT + 68));
	buf_add(&b, file.p + entry + 8, file.n - certificates - (entry + 8));
	d = digest_of(alg, buf_span(&b));
	buf_done(&b);
	return d;
}

static void finds_sections(bool plus)
{
	struct buf b = make(plus);
	const struct pe_section *s;
	struct span bytes;
	struct pe pe;
	struct err e;

	CHECK_OK(pe_parse(&pe, buf_span(&b), &e), e);
	CHECK(pe.plus == plus && pe.n_sections == 3 && pe.headers_size == PE_MADE_HEADERS);
	s = pe_section(&pe, ".linux");
	CHECK(s && s->virtual_size == 700 && s->data.n == 1024 && s->at == 1536);
	if (s) {
		CHECK_OK(pe_section_bytes(&bytes, s, &e), e);
		CHECK(span_equal(bytes, SPAN_OF(linux_bytes)));
	}
	s = pe_section(&pe, ".bss");
	CHECK(s && !s->data.n);
	CHECK(!pe_section(&pe, ".lin") && !pe_section(&pe, ".linuxx"));
	buf_done(&b);
}

static void hashes_as_firmware_does(bool plus)
{
	static const enum digest_alg algs[] = { DIGEST_SHA1, DIGEST_SHA256, DIGEST_SHA384,
		DIGEST_SHA512 };
	struct buf b = make(plus);
	struct digest got, want, odd;
	struct err e;

	for (size_t i = 0; i < ARRAY_LEN(algs); i++) {
		want = obvious(buf_span(&b), plus, 0, algs[i]);
		CHECK_OK(pe_authenticode(&got, buf_span(&b), algs[i], &e), e);
		CHECK(digest_equal(&got, &want));
	}
	/* Bytes behind the sections count, and are not padded to 8. */
	buf_u8(&b, 0x77);
	want = obvious(buf_span(&b), plus, 0, DIGEST_SHA256);
	CHECK_OK(pe_authenticode(&odd, buf_span(&b), DIGEST_SHA256, &e), e);
	CHECK(digest_equal(&odd, &want));
	buf_done(&b);
}

/* A certificate table and its entry do not change the hash of a file whose size is a multiple of 8. */
static void signing_changes_nothing(bool plus)
{
	struct buf b = make(plus);
	uint8_t *entry = b.p + PE_MADE_OPTIONAL_AT + (plus ? 112 : 96) + 32;
	struct digest before, after;
	struct err e;

	CHECK_OK(pe_authenticode(&before, buf_span(&b), DIGEST_SHA256, &e), e);
	put_u32le(entry, (uint32_t)b.n);
	put_u32le(entry + 4, CERTIFICATES);
	put_u32le(b.p + PE_MADE_OPTIONAL_AT + 64, 0);
	buf_fill(&b, 0xce, CERTIFICATES);
	CHECK_OK(pe_authenticode(&after, buf_span(&b), DIGEST_SHA256, &e), e);
	CHECK(digest_equal(&before, &after));
	/* One byte behind the table could hide what is not hashed. */
	buf_u8(&b, 0);
	CHECK_ERR(pe_authenticode(&after, buf_span(&b), DIGEST_SHA256, &e), e, ERR_FORMAT);
	buf_done(&b);
}

static void other_magic_is_refused(void)
{
	static const size_t places[] = { 0, 1, PE_MADE_PE_AT, PE_MADE_PE_AT + 1, PE_MADE_PE_AT + 2,
		PE_MADE_PE_AT + 3 };
	struct buf b = make(true);

	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		struct pe pe;
		struct err e = { 0 };

		b.p[places[i]] ^= 1;
		CHECK_ERR(pe_parse(&pe, buf_span(&b), &e), e, ERR_FORMAT);
		CHECK(strstr(e.text, i < 2 ? "no MZ header" : "no PE signature"));
		b.p[places[i]] ^= 1;
	}
	buf_done(&b);
}

/* A table over a section or over the headers would leave them out of the hash. */
static void certificates_cover_nothing_else(void)
{
	struct buf b = make(true), bare = pe_made(true, NULL, 0);
	size_t entry = PE_MADE_OPTIONAL_AT + 112 + 32;
	struct pe pe;
	struct err e;

	put_u32le(b.p + entry, (uint32_t)b.n - 8);
	put_u32le(b.p + entry + 4, 8);
	CHECK_ERR(pe_parse(&pe, buf_span(&b), &e), e, ERR_FORMAT);
	CHECK_OK(pe_parse(&pe, buf_span(&bare), &e), e);
	put_u32le(bare.p + entry, (uint32_t)bare.n - 8);
	put_u32le(bare.p + entry + 4, 8);
	CHECK_ERR(pe_parse(&pe, buf_span(&bare), &e), e, ERR_FORMAT);
	buf_done(&b);
	buf_done(&bare);
}

/* Sections are hashed in the order of the file, whatever the table's order is. */
static void table_order_does_not_matter(void)
{
	struct buf b = make(true);
	uint8_t row[40], *table = b.p + PE_MADE_TABLE_AT;
	struct digest got, want;
	struct err e;

	memcpy(row, table, sizeof row);
	memcpy(table, table + 40, sizeof row);
	memcpy(table + 40, row, sizeof row);
	want = obvious(buf_span(&b), true, 0, DIGEST_SHA256);
	CHECK_OK(pe_authenticode(&got, buf_span(&b), DIGEST_SHA256, &e), e);
	CHECK(digest_equal(&got, &want));
	buf_done(&b);
}

/* A gap between sections: EDK2 counts the tail from the sum of sizes, so the last bytes of the section count twice. */
static void a_gap_counts_as_in_edk2(void)
{
	struct buf b = make(true), want = buf_init(PE_MADE_MAX);
	size_t entry = PE_MADE_OPTIONAL_AT + 112 + 32;
	struct digest got, slow;
	struct err e;

	put_u32le(b.p + PE_MADE_TABLE_AT + 16,
		0); /* .text has no raw data: its 512 bytes are a gap */
	buf_add(&want, b.p, PE_MADE_OPTIONAL_AT + 64);
	buf_add(&want, b.p + PE_MADE_OPTIONAL_AT + 68, entry - (PE_MADE_OPTIONAL_AT + 68));
	buf_add(&want, b.p + entry + 8, PE_MADE_HEADERS - (entry + 8));
	buf_add(&want, b.p + PE_MADE_HEADERS + 512, 1024);
	buf_add(&want, b.p + b.n - 512, 512);
	slow = digest_of(DIGEST_SHA256, buf_span(&want));
	CHECK_OK(pe_authenticode(&got, buf_span(&b), DIGEST_SHA256, &e), e);
	CHECK(digest_equal(&got, &slow));
	buf_done(&b);
	buf_done(&want);
}

static void every_truncation_is_refused(bool plus)
{
	struct buf b = make(plus);
	size_t accepted = 0;
	struct pe pe;
	struct err e;

	for (size_t n = 0; n < b.n; n++) {
		uint8_t *copy = malloc(
			n ? n : 1); /* exactly n bytes: a sanitizer sees any step beyond */

		memcpy(copy, b.p, n);
		accepted += pe_parse(&pe, span_make(copy, n), &e);
		free(copy);
	}
	CHECK(accepted == 0);
	buf_done(&b);
}

/* Any 4 bytes of the headers set to extremes: refused or parsed, and if parsed hashed without harm. */
static void flipped_headers_do_no_harm(bool plus)
{
	static const uint32_t values[] = { 0, 1, 0x7fffffff, 0x80000000u, 0xffffffffu, 1024, 2048 };
	struct buf b = make(plus);
	struct digest d;
	struct err e;
	size_t taken = 0;

	for (size_t at = 0; at < PE_MADE_TABLE_AT + 120; at++)
		for (size_t i = 0; i < ARRAY_LEN(values); i++) {
			uint8_t keep[4];

			memcpy(keep, b.p + at, 4);
			put_u32le(b.p + at, values[i]);
			taken += pe_authenticode(&d, buf_span(&b), DIGEST_SHA1, &e);
			memcpy(b.p + at, keep, 4);
		}
	CHECK(taken > 0);
	buf_done(&b);
}

static void twins(void)
{
	static const struct {
		size_t at;
		uint32_t value;
		enum err_kind kind;
	} cases[] = {
		{ 0, 0x5a4e, ERR_FORMAT },                       /* MZ */
		{ 60, 32, ERR_FORMAT },                          /* PE header in the MZ header */
		{ PE_MADE_PE_AT, 0x4551, ERR_FORMAT },           /* PE */
		{ PE_MADE_PE_AT + 4, 0x00618664, ERR_LIMIT },    /* 97 sections */
		{ PE_MADE_OPTIONAL_AT, 0x1107020b, ERR_NONE },   /* linker version: of no concern */
		{ PE_MADE_OPTIONAL_AT, 0x11110107, ERR_FORMAT }, /* ROM image */
		{ PE_MADE_OPTIONAL_AT + 60, 400, ERR_FORMAT },   /* headers end in the table */
		{ PE_MADE_OPTIONAL_AT + 60, 3000, ERR_FORMAT },  /* headers over sections */
		{ PE_MADE_OPTIONAL_AT + 60, 0x7fffffff, ERR_FORMAT }, /* headers beyond the file */
		{ PE_MADE_OPTIONAL_AT + 108, 17, ERR_LIMIT },         /* directories */
		{ PE_MADE_OPTIONAL_AT + 148, 8, ERR_FORMAT },     /* certificates without a place */
		{ PE_MADE_TABLE_AT, 0, ERR_FORMAT },              /* no name */
		{ PE_MADE_TABLE_AT + 4, 0x78000000, ERR_FORMAT }, /* name with a hole */
		{ PE_MADE_TABLE_AT + 12, 512, ERR_FORMAT },       /* loaded over the headers */
		{ PE_MADE_TABLE_AT + 12, 8192, ERR_FORMAT },      /* both at one address */
		{ PE_MADE_TABLE_AT + 16, 513, ERR_FORMAT },       /* into the next section */
		{ PE_MADE_TABLE_AT + 20, 512, ERR_FORMAT },       /* raw data in the headers */
		{ PE_MADE_TABLE_AT + 20, 0xffffff00u, ERR_FORMAT }, /* raw data beyond the file */
		{ PE_MADE_TABLE_AT + 56, 1025, ERR_FORMAT },        /* the last one too */
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf b = make(true);
		struct err e = { 0 };
		struct pe pe;
		bool ok;

		put_u32le(b.p + cases[i].at, cases[i].value);
		ok = pe_parse(&pe, buf_span(&b), &e);
		if (e.kind != cases[i].kind || ok != (cases[i].kind == ERR_NONE))
			fprintf(stderr, "case %zu: %s\n", i, e.text);
		CHECK(e.kind == cases[i].kind && ok == (cases[i].kind == ERR_NONE));
		buf_done(&b);
	}
}

static void memory_beyond_the_file_is_no_content(void)
{
	struct buf b = make(true);
	struct span bytes;
	struct pe pe;
	struct err e;

	put_u32le(b.p + PE_MADE_TABLE_AT + 48, 1025);
	CHECK_OK(pe_parse(&pe, buf_span(&b), &e), e);
	CHECK_ERR(pe_section_bytes(&bytes, pe_section(&pe, ".linux"), &e), e, ERR_FORMAT);
	buf_done(&b);
}

int main(void)
{
	for (int plus = 0; plus < 2; plus++) {
		finds_sections(plus);
		hashes_as_firmware_does(plus);
		signing_changes_nothing(plus);
		every_truncation_is_refused(plus);
		flipped_headers_do_no_harm(plus);
	}
	table_order_does_not_matter();
	a_gap_counts_as_in_edk2();
	other_magic_is_refused();
	certificates_cover_nothing_else();
	memory_beyond_the_file_is_no_content();
	twins();
	return test_end();
}
