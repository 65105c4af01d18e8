#include "appraise/reference_values.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 << 20);
	struct err e = { 0 };
	CLEANUP(buf_done) struct buf out = buf_init(64 << 20);
	struct reference_values v, again;

	if (!reference_values_parse(&v, span_make(data, size), a, &e))
		return 0;
	fuzz_taken = true;
	reference_values_emit(&v, &out);
	MUST(buf_ok(&out) && reference_values_parse(&again, buf_span(&out), a, &e));
	MUST(again.n_shapes == v.n_shapes);
	return 0;
}
