#include "evidence/snp_certs.h"

#include "base/buf.h"
#include "test.h"

/* GUIDs in the order of their text, written down once more. */
#define VCEK "\x63\xda\x75\x8d\xe6\x64\x45\x64\xad\xc5\xf4\xb9\x3b\xe8\xac\xcd"
#define VLEK "\xa8\x07\x4b\xc2\xa2\x5a\x48\x3e\xaa\xe6\x39\xc0\x45\xa0\xb8\xa1"
#define ASK "\x4a\xb7\xb3\x79\xbb\xac\x4f\xe4\xa0\x2f\x05\xae\xf3\x27\xc7\x82"
#define ARK "\xc0\xb4\x06\xa4\xa8\x03\x49\x52\x97\x43\x3f\xb6\x01\x4c\xd0\xae"
#define CRL "\x92\xf8\x1b\xc3\x58\x11\x4d\x3d\x97\xff\xd1\x9f\x88\xdc\x67\xea"
#define OTHER "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10"
/* as EFI would store that of the VCEK: not how it is done here */
#define VCEK_EFI "\x8d\x75\xda\x63\x64\xe6\x64\x45\xad\xc5\xf4\xb9\x3b\xe8\xac\xcd"

struct entry {
	const char *guid;
	uint32_t at, size;
};

static void put(struct buf *b, const struct entry *entries, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		buf_add(b, entries[i].guid, 16);
		buf_u32le(b, entries[i].at);
		buf_u32le(b, entries[i].size);
	}
	buf_fill(b, 0, 24);
}

static void reads(void)
{
	static const char *const guids[] = { VCEK, VLEK, ASK, ARK, CRL, OTHER };
	CLEANUP(buf_done) struct buf b = buf_init(4096);
	struct entry entries[6];
	struct snp_certs c = { 0 };
	struct err e = { 0 };

	for (uint32_t i = 0; i < 6; i++)
		entries[i] = (struct entry){ guids[i], 168 + 10 * i, 10 - i };
	put(&b, entries, 6);
	for (int i = 0; i < 6; i++)
		buf_fill(&b, (uint8_t)('a' + i), 10);
	buf_fill(&b, 0, 500);
	CHECK_OK(snp_certs_parse(&c, buf_span(&b), &e), e);
	for (int i = 0; i < SNP_CERTS_KINDS; i++)
		CHECK(c.items[i].n == 10 - (size_t)i && c.items[i].p[0] == 'a' + i);
	CHECK(c.n_others == 1 && !strcmp(snp_certs_name(SNP_CERTS_VLEK), "VLEK"));
}

static void empty(void)
{
	static const uint8_t zeroes[4096];
	struct snp_certs c = { .n_others = 9 };
	struct err e = { 0 };

	CHECK_OK(snp_certs_parse(&c, (struct span){ 0 }, &e), e);
	CHECK(!c.items[0].p && c.n_others == 0);
	CHECK_OK(snp_certs_parse(&c, SPAN_OF(zeroes), &e), e);
	CHECK(!c.items[SNP_CERTS_VCEK].p);
	CHECK_OK(snp_certs_parse(&c, span_make(zeroes, 24), &e), e);
	CHECK_ERR(snp_certs_parse(&c, span_make(zeroes, 23), &e), e, ERR_FORMAT);
}

static void refuses(void)
{
	/* the whole is 24 (n + 1) + 100 bytes */
	static const struct {
		struct entry entries[2];
		size_t n;
		enum err_kind kind; /* NONE: taken */
	} cases[] = {
		{ { { VCEK, 48, 100 } }, 1, ERR_NONE },
		{ { { VCEK, 47, 100 } }, 1, ERR_FORMAT },
		{ { { VCEK, 48, 101 } }, 1, ERR_FORMAT },
		{ { { VCEK, 148, 1 } }, 1, ERR_FORMAT },
		{ { { VCEK, 147, 1 } }, 1, ERR_NONE },
		{ { { VCEK, 48, 0 } }, 1, ERR_FORMAT },
		{ { { VCEK, 0, 0 } }, 1, ERR_FORMAT },
		{ { { VCEK, UINT32_MAX, 1 } }, 1, ERR_FORMAT },
		{ { { VCEK, UINT32_MAX, UINT32_MAX } }, 1, ERR_LIMIT },
		{ { { VCEK, 48, SNP_CERTS_CERTIFICATE_MAX + 1 } }, 1, ERR_LIMIT },
		{ { { OTHER, 48, 101 } }, 1, ERR_FORMAT },
		{ { { VCEK, 72, 1 }, { VCEK, 73, 1 } }, 2, ERR_FORMAT },
		{ { { VCEK, 72, 1 }, { VLEK, 72, 1 } }, 2, ERR_NONE },
		{ { { OTHER, 72, 1 }, { OTHER, 73, 1 } }, 2, ERR_NONE },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(buf_done) struct buf b = buf_init(4096);
		struct snp_certs c = { 0 };
		struct err e = { 0 };
		bool ok;

		put(&b, cases[i].entries, cases[i].n);
		buf_fill(&b, 7, 100);
		ok = snp_certs_parse(&c, buf_span(&b), &e);
		CHECK(ok ? cases[i].kind == ERR_NONE : e.kind == cases[i].kind);
	}
}

static void limits(void)
{
	CLEANUP(buf_done) struct buf b = buf_init(SNP_CERTS_SIZE_MAX + 1);
	CLEANUP(buf_done) struct buf many = buf_init(4096);
	struct entry entries[SNP_CERTS_ENTRIES_MAX + 1];
	struct snp_certs c = { 0 };
	struct err e = { 0 };

	for (size_t n = SNP_CERTS_ENTRIES_MAX; n <= SNP_CERTS_ENTRIES_MAX + 1; n++) {
		many.n = 0;
		for (size_t i = 0; i < n; i++)
			entries[i] = (struct entry){ OTHER, 24 * (uint32_t)(n + 1), 1 };
		put(&many, entries, n);
		buf_u8(&many, 1);
		CHECK(snp_certs_parse(&c, buf_span(&many), &e) == (n == SNP_CERTS_ENTRIES_MAX));
	}
	CHECK(e.kind == ERR_LIMIT);
	put(&b, &(struct entry){ ASK, 48, SNP_CERTS_CERTIFICATE_MAX }, 1);
	buf_fill(&b, 1, SNP_CERTS_CERTIFICATE_MAX);
	CHECK_OK(snp_certs_parse(&c, buf_span(&b), &e), e);
	CHECK(c.items[SNP_CERTS_ASK].n == SNP_CERTS_CERTIFICATE_MAX);
	b.n = 0;
	buf_fill(&b, 0, SNP_CERTS_SIZE_MAX);
	CHECK_OK(snp_certs_parse(&c, buf_span(&b), &e), e);
	buf_u8(&b, 0);
	CHECK_ERR(snp_certs_parse(&c, buf_span(&b), &e), e, ERR_LIMIT);
}

/* A table that is cut anywhere before its end has none, and the order of bytes is that of the text. */
static void cut(void)
{
	const struct entry one = { VCEK, 48, 10 }, efi = { VCEK_EFI, 48, 10 };
	CLEANUP(buf_done) struct buf b = buf_init(4096);
	struct snp_certs c = { 0 };
	struct err e = { 0 };

	put(&b, &one, 1);
	buf_fill(&b, 1, 10);
	for (size_t n = 1; n < b.n; n++)
		CHECK_ERR(snp_certs_parse(&c, span_make(b.p, n), &e), e, ERR_FORMAT);
	b.n = 0;
	put(&b, &efi, 1);
	buf_fill(&b, 1, 10);
	CHECK_OK(snp_certs_parse(&c, buf_span(&b), &e), e);
	CHECK(!c.items[SNP_CERTS_VCEK].p && c.n_others == 1);
}

int main(void)
{
	reads();
	empty();
	refuses();
	limits();
	cut();
	return test_end();
}
