#include "lock/lock.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 << 20);
	struct err e = { 0 };
	CLEANUP(buf_done) struct buf out = buf_init(LOCK_SIZE_MAX);
	struct lock l;

	if (!lock_parse(&l, span_make(data, size), a, &e))
		return 0;
	fuzz_taken = true;
	lock_emit(&l, &out);
	MUST(span_equal(buf_span(&out), span_make(data, size)));
	for (size_t i = 0; i < l.n_packages; i++)
		MUST(l.packages[i].index < l.n_indexes &&
			!memmem(l.packages[i].path.p, l.packages[i].path.n, "/../", 4));
	for (size_t i = 0; i < l.n_sources; i++)
		MUST(l.sources[i].index < l.n_source_indexes && l.sources[i].n_files);
	return 0;
}
