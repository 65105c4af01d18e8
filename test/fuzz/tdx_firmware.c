/* A TDVF image from outside: its sections, MRTD in both orders, the list of memory for three sizes. */
#include "measure/tdx_metadata.h"

#include "base/rd.h"
#include "fuzz.h"
#include "measure/tdx_hob.h"
#include "measure/tdx_mrtd.h"

enum { HASHED_MAX = 1 << 20, HEADER = 56, RESOURCE = 48 };

/* Ranges follow each other without gap up to the end of low memory, and the rest is above 4 GiB. */
static void covers_all(struct span hob, uint64_t memory)
{
	uint64_t at = 0, total = 0;
	struct rd r = rd_of(hob);

	MUST(hob.n >= HEADER && (hob.n - HEADER) % RESOURCE == 0);
	rd_skip(&r, HEADER);
	while (rd_left(&r)) {
		uint64_t start, size;

		rd_skip(&r, RESOURCE - 16);
		start = rd_u64le(&r);
		size = rd_u64le(&r);
		MUST(size && (start == at || start == (uint64_t)1 << 32));
		at = start + size;
		total += size;
	}
	MUST(total == memory);
}

static void check_sections(const struct tdx_metadata *m, struct span image)
{
	for (size_t i = 0; i < m->n; i++) {
		const struct tdx_section *s = &m->sections[i];

		MUST(s->type < TDX_SECTION_TYPES && s->data.n <= s->size);
		MUST(!s->data.n ||
			(s->data.p >= image.p && s->data.p + s->data.n <= image.p + image.n));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint64_t memories[] = { 64 << 20, (uint64_t)1 << 31, (uint64_t)5 << 30 };
	struct span image = span_make(data, size);
	struct tdx_metadata m;
	uint64_t hashed = 0;
	struct err e = { 0 };

	if (!tdx_metadata_parse(&m, image, &e))
		return 0;
	check_sections(&m, image);
	for (size_t i = 0; i < m.n; i++)
		if (!(m.sections[i].attributes & TDX_SECTION_AUG))
			hashed += m.sections[i].size;
	MUST(hashed <= TDX_METADATA_MEMORY_MAX);
	if (hashed <= HASHED_MAX) {
		struct digest one = tdx_mrtd(&m, TDX_SINGLE_PASS), two = tdx_mrtd(&m, TDX_TWO_PASS);

		MUST(one.alg == DIGEST_SHA384 && two.alg == DIGEST_SHA384);
	}
	for (size_t i = 0; i < sizeof memories / sizeof *memories; i++) {
		CLEANUP(buf_done) struct buf hob = buf_init(TDX_HOB_MEASURED_MAX);

		if (!tdx_hob(&hob, &m, memories[i], &e))
			continue;
		MUST(buf_ok(&hob));
		covers_all(buf_span(&hob), memories[i]);
		fuzz_taken = true;
	}
	return 0;
}
