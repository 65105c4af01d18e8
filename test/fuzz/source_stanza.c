/* A Sources index: every stanza of it that is a source package is one that a lock can hold. */
#include "lock/source_stanza.h"

#include "lock/lock_sources.h"

#include "fuzz.h"

static void check(const struct lock_source *src)
{
	MUST(src->name.n && src->version.n && src->n_files <= SOURCE_STANZA_FILES_MAX);
	MUST(src->directory.n && src->directory.p[0] != '/');
	for (size_t i = 0; i < src->n_files; i++) {
		const struct lock_file *f = &src->files[i];

		MUST(source_stanza_is_file(f->name) && !memchr(f->name.p, '/', f->name.n));
		MUST(i == 0 || str_compare(f[-1].name, f->name) < 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct control_stanza s;
	CLEANUP(arena_freep) struct arena *a = arena_new(16 << 20);
	struct control_reader r;
	struct lock_source src;
	struct err e = { 0 };
	const char *what;
	bool found = true;

	control_init(&r, span_make(data, size));
	while (control_next(&r, &s, &found, &e) && found) {
		if (!source_stanza_read(&src, &s, a, &e))
			continue;
		fuzz_taken = true;
		check(&src);
		MUST(source_stanza_agrees(&src, &src, &what));
	}
	return 0;
}
