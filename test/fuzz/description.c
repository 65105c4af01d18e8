#include "lock/description.h"

#include "fuzz.h"

static bool is_made_before(const struct description *d, struct str name, size_t place)
{
	for (size_t i = 0; i < place; i++)
		if (str_equal(d->components[d->build_order[i]].name, name))
			return true;
	return false;
}

/* In the order of building each component stands once, behind all that it needs. */
static void check_order(const struct description *d)
{
	for (size_t i = 0; i < d->n_components; i++) {
		const struct component *c = &d->components[d->build_order[i]];

		MUST(d->build_order[i] < d->n_components && !is_made_before(d, c->name, i));
		for (size_t k = 0; k < c->needs.n; k++)
			MUST(is_made_before(d, c->needs.items[k], i));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 << 20);
	struct err e = { 0 };
	struct description d;

	fuzz_taken = description_parse(&d, STR("."), span_make(data, size), a, &e);
	if (!fuzz_taken)
		return 0;
	/* An image may do without packages, but toolchains come from somewhere. */
	MUST(d.n_suites > 0);
	check_order(&d);
	return 0;
}
