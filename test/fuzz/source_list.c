#include "build/source_list.h"

#include "fuzz.h"

/* Whatever is taken leads nowhere but below its folder. */
static void check_path(struct str path)
{
	struct err e;

	MUST(tree_check_path(path, &e) && !str_starts(path, "/") && !str_starts(path, "../"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 << 20);
	struct err e = { 0 };
	struct source_list l;

	if (!source_list_parse(&l, span_make(data, size), a, &e))
		return 0;
	fuzz_taken = true;
	check_path(l.description);
	for (size_t i = 0; i < l.n_files; i++)
		check_path(l.files[i].path);
	for (size_t i = 0; i < l.n_links; i++)
		check_path(l.links[i].path);
	for (size_t i = 0; i < l.folders.n; i++)
		check_path(l.folders.items[i]);
	return 0;
}
