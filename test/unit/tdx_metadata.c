#include "measure/tdx_metadata.h"

#include "../tdx_made.h"
#include "test.h"

enum { DESCRIPTOR = TDX_MADE_SIZE - TDX_MADE_AT, IMAGE_MAX = 1 << 20 };

static struct buf image(const struct tdx_made_section *s, uint32_t n)
{
	struct buf b = buf_init(IMAGE_MAX);

	tdx_made(&b, s, n);
	return b;
}

static void reads(void)
{
	struct buf b CLEANUP(buf_done) = image(tdx_made_ovmf, TDX_MADE_OVMF);
	const struct tdx_section *hob;
	struct tdx_metadata m;
	struct err e;

	CHECK(b.n == TDX_MADE_SIZE);
	CHECK_OK(tdx_metadata_parse(&m, buf_span(&b), &e), e);
	CHECK(m.n == TDX_MADE_OVMF);
	for (size_t i = 0; i < m.n; i++) {
		const struct tdx_made_section *want = &tdx_made_ovmf[i];
		const struct tdx_section *s = &m.sections[i];

		CHECK(s->type == want->type && s->attributes == want->attributes);
		CHECK(s->address == want->address && s->size == want->size);
		CHECK(s->data.n == want->raw);
		CHECK(!want->raw || s->data.p == b.p + want->at);
	}
	hob = tdx_metadata_find(&m, TDX_HOB);
	CHECK(hob && hob->address == 0x809000);
	CHECK(!tdx_metadata_find(&m, TDX_PAYLOAD));
}

/* One image with one word of one section or of the descriptor changed. */
static const struct broken {
	const char *what;
	int at; /* from the descriptor */
	uint32_t word;
	enum err_kind want;
} broken[] = {
	{ "GUID", -16, 1, ERR_FORMAT },
	{ "magic", 0, 1, ERR_FORMAT },
	{ "bytes", 4, 16 + 32 * 6 + 1, ERR_FORMAT },
	{ "version", 8, 2, ERR_USAGE },
	{ "more sections", 12, 7, ERR_FORMAT },
	{ "very many sections", 12, 0xffffffff, ERR_LIMIT },
	{ "data behind the image", 16, TDX_MADE_SIZE, ERR_FORMAT },
	{ "data at the end of numbers", 16, 0xffffffff, ERR_FORMAT },
	{ "more data than memory", 32, 0xb000, ERR_FORMAT },
	{ "address within a page", 24, 0xffff4001, ERR_FORMAT },
	{ "size within a page", 32, 0xc100, ERR_FORMAT },
	{ "size beyond all memory", 36, 0xffffffff, ERR_FORMAT },
	{ "very large", 36, 1, ERR_LIMIT },
	{ "type", 40, 7, ERR_USAGE },
	{ "attribute", 44, 4, ERR_USAGE },
	{ "measured but not there", 44, 3, ERR_FORMAT },
	{ "no code", 40, 3, ERR_FORMAT },
	{ "two of variables", 40, 1, ERR_FORMAT },
	{ "two sections share a page", 16 + 32 + 8, 0xffff1000, ERR_FORMAT },
	{ "the same, exactly", 16 + 32 + 8, 0xffff4000, ERR_FORMAT },
	{ "two lists of memory", 16 + 32 * 3 + 24, 2, ERR_FORMAT },
	{ "list of memory is measured", 16 + 32 * 4 + 28, 1, ERR_USAGE },
};

static void refuses(void)
{
	for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
		struct buf b CLEANUP(buf_done) = image(tdx_made_ovmf, TDX_MADE_OVMF);
		struct tdx_metadata m;
		struct err e = { 0 };
		bool ok;

		put_u32le(b.p + (DESCRIPTOR + broken[i].at), broken[i].word);
		ok = tdx_metadata_parse(&m, buf_span(&b), &e);
		if (ok || e.kind != broken[i].want)
			fprintf(stderr, "%s: %s\n", broken[i].what, ok ? "taken" : e.text);
		CHECK(!ok && e.kind == broken[i].want);
	}
}

/* A descriptor whose last section is cut off by the end of the image, and one that has no place for its GUID. */
static void refuses_cut(void)
{
	struct buf b CLEANUP(buf_done) = image(tdx_made_ovmf, TDX_MADE_OVMF);
	struct tdx_metadata m;
	struct err e;

	put_u32le(b.p + TDX_MADE_SIZE - 50 - 22, 40);
	CHECK_ERR(tdx_metadata_parse(&m, buf_span(&b), &e), e, ERR_FORMAT);
	put_u32le(b.p + TDX_MADE_SIZE - 50 - 22, TDX_MADE_SIZE - 8);
	CHECK_ERR(tdx_metadata_parse(&m, buf_span(&b), &e), e, ERR_FORMAT);
	b.p[TDX_MADE_SIZE - 50 - 18 + 2] ^= 1; /* another GUID */
	CHECK_ERR(tdx_metadata_parse(&m, buf_span(&b), &e), e, ERR_NOTFOUND);
	CHECK_ERR(tdx_metadata_parse(&m, span_make(b.p, 40), &e), e, ERR_NOTFOUND);
}

/* Pages that are added later take no part in the limit. */
static void takes_large_memory_later(void)
{
	struct tdx_made_section s[] = { tdx_made_ovmf[0],
		{ 0, 0, 0x100000000, 0x10000000000, TDX_PERM_MEMORY, TDX_SECTION_AUG } };
	struct buf b CLEANUP(buf_done) = image(s, 2);
	struct tdx_metadata m;
	struct err e;

	CHECK_OK(tdx_metadata_parse(&m, buf_span(&b), &e), e);
	s[1].attributes = 0;
	buf_done(&b);
	b = image(s, 2);
	CHECK_ERR(tdx_metadata_parse(&m, buf_span(&b), &e), e, ERR_LIMIT);
}

int main(void)
{
	reads();
	refuses();
	refuses_cut();
	takes_large_memory_later();
	return test_end();
}
