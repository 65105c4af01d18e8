/* A .buildinfo file: what is taken names packages, variables and a path that are no more than that; and a changelog. */
#include "lock/buildinfo.h"

#include "lock/changelog.h"
#include "lock/source_stanza.h"

#include "fuzz.h"

static void check(const struct buildinfo *b)
{
	MUST(source_stanza_is_name(b->source) && b->version.n &&
		b->n_installed <= BUILDINFO_PACKAGES_MAX);
	MUST(b->environment.n <= BUILDINFO_ENVIRONMENT_MAX);
	MUST(!b->path.n || (b->path.p[0] == '/' && !memmem(b->path.p, b->path.n, "/../", 4)));
	for (size_t i = 0; i < b->n_installed; i++)
		MUST(source_stanza_is_name(b->installed[i].name));
	for (size_t i = 0; i < b->environment.n; i++)
		MUST(str_find(b->environment.items[i], '=') < b->environment.items[i].n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(16 << 20);
	struct str text = str_make((const char *)data, size);
	struct changelog_entry entry;
	struct buildinfo b;
	struct err e = { 0 };

	if (buildinfo_parse(&b, str_span(text), a, &e)) {
		fuzz_taken = true;
		check(&b);
	}
	if (changelog_newest(&entry, text, &e)) {
		fuzz_taken = true;
		MUST(entry.text.n <= size && str_ends(entry.text, "\n"));
	}
	return 0;
}
