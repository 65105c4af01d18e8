#include "evidence/bundle.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 << 20);
	struct err e = { 0 };
	CLEANUP(buf_done) struct buf out = buf_init(16 << 20);
	struct bundle b, again;

	if (!bundle_parse(&b, span_make(data, size), a, &e))
		return 0;
	fuzz_taken = true;
	MUST(b.n_banks > 0 && b.n_banks <= BUNDLE_BANKS_MAX && b.quote.p);
	MUST(b.ek_chain.n <= BUNDLE_CERTIFICATES_MAX && b.ak_chain.n <= BUNDLE_CERTIFICATES_MAX);
	if (bundle_emit(&b, &out, &e))
		MUST(bundle_parse(&again, buf_span(&out), a, &e) && again.n_banks == b.n_banks);
	return 0;
}
