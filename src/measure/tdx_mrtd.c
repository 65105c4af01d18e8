#include "measure/tdx_mrtd.h"

#include <string.h>

#include "base/buf.h"
#include "base/banned.h"

enum {
	RECORD = 128,
	ADDRESS_AT = 16,
	CHUNK = 256,
	CHUNKS = TDX_METADATA_PAGE / CHUNK,
};

/* What is hashed for one page; only addresses and bytes change from page to page. */
struct page {
	uint8_t add[RECORD];
	uint8_t extend[CHUNKS][RECORD + CHUNK];
};

static void page_init(struct page *p)
{
	*p = (struct page){ .add = "MEM.PAGE.ADD" };
	for (size_t i = 0; i < CHUNKS; i++)
		memcpy(p->extend[i], "MR.EXTEND", sizeof "MR.EXTEND" - 1);
}

static void set_bytes(struct page *p, uint64_t address, const struct tdx_section *s)
{
	size_t at = (size_t)(address - s->address);

	for (size_t i = 0; i < CHUNKS; i++, at += CHUNK) {
		size_t left = at < s->data.n ? s->data.n - at : 0;
		size_t n = left < CHUNK ? left : CHUNK;

		put_u64le(p->extend[i] + ADDRESS_AT, address + i * CHUNK);
		if (n)
			memcpy(p->extend[i] + RECORD, s->data.p + at, n);
		memset(p->extend[i] + RECORD + n, 0, CHUNK - n);
	}
}

static void add_pages(
	struct hasher *h, struct page *p, const struct tdx_section *s, bool add, bool extend)
{
	for (uint64_t done = 0; done < s->size; done += TDX_METADATA_PAGE) {
		if (add) {
			put_u64le(p->add + ADDRESS_AT, s->address + done);
			hasher_add(h, p->add, sizeof p->add);
		}
		if (extend) {
			set_bytes(p, s->address + done, s);
			hasher_add(h, p->extend, sizeof p->extend);
		}
	}
}

struct digest tdx_mrtd(const struct tdx_metadata *m, enum tdx_passes passes)
{
	CLEANUP(hasher_freep) struct hasher *h = hasher_new(DIGEST_SHA384);
	struct digest d = { .alg = DIGEST_SHA384 };
	struct page p;

	page_init(&p);
	for (size_t i = 0; i < m->n; i++) {
		const struct tdx_section *s = &m->sections[i];
		bool extend = s->attributes & TDX_SECTION_EXTEND;

		if (s->attributes & TDX_SECTION_AUG)
			continue;
		add_pages(h, &p, s, true, extend && passes == TDX_SINGLE_PASS);
		if (extend && passes == TDX_TWO_PASS)
			add_pages(h, &p, s, false, true);
	}
	hasher_end(h, d.bytes);
	return d;
}
