#include "trust/publication_index.h"

#include "fuzz.h"

/* Whatever is taken leads nowhere but below its folder, and is found again. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(PUBLICATION_INDEX_MEMORY_MAX);
	CLEANUP(buf_done) struct buf text = buf_init(PUBLICATION_INDEX_SIZE_MAX);
	struct publication_index p, q;
	struct err e = { 0 };

	if (!publication_index_parse(&p, span_make(data, size), a, &e))
		return 0;
	fuzz_taken = true;
	for (size_t i = 0; i < p.n_files; i++) {
		struct str path = p.files[i].path;

		MUST(path.n && path.p[0] != '/' && !str_starts(path, "../") &&
			!str_ends(path, "/..") && !memmem(path.p, path.n, "/../", 4));
		MUST(publication_index_find(&p, path) == &p.files[i]);
	}
	publication_index_emit(&text, &p);
	MUST(publication_index_parse(&q, buf_span(&text), a, &e));
	MUST(q.n_files == p.n_files && str_equal(q.name, p.name));
	return 0;
}
