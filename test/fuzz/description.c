#include "lock/description.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 << 20);
	struct err e = { 0 };
	struct description d;

	fuzz_taken = description_parse(&d, STR("."), span_make(data, size), a, &e);
	if (fuzz_taken)
		MUST(d.n_suites && d.packages.n);
	return 0;
}
