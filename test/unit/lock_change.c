#include "lock/lock_change.h"

#include "locks_made.h"
#include "test.h"

enum { ARENA = 1 << 20 };

static struct locks_made before, after;

static void changes(struct lock_change_list *ret, struct arena *a, const char *was, const char *is)
{
	struct err e;

	locks_made(&before, was);
	locks_made(&after, is);
	CHECK_OK(lock_changes(ret, &before.lock, &after.lock, a, &e), e);
}

/* One line a change: "MARK NAME SETS". */
static bool told(const struct lock_change_list *l, const char *want)
{
	struct buf b CLEANUP(buf_done) = buf_init(65536);

	for (size_t i = 0; i < l->n; i++) {
		const struct lock_change *c = &l->items[i];
		const struct lock_package *p = c->after ? c->after : c->before;

		buf_printf(&b, "%s %.*s", lock_change_name(c->kind), STR_ARG(p->name));
		for (size_t k = 0; k < c->sets.n; k++)
			buf_printf(&b, " %.*s", STR_ARG(c->sets.items[k]));
		buf_add_cstr(&b, "\n");
	}
	if (!str_is(buf_str(&b), want))
		fprintf(stderr, "told:\n%.*s", STR_ARG(buf_str(&b)));
	return str_is(buf_str(&b), want);
}

static void what_changes(void)
{
	static const struct {
		const char *was, *is, *want;
	} cases[] = {
		{ "a 1 image seed", "a 1 image seed", "" },
		{ "a 1 image seed", "a 2 image seed", "replaced a image\n" },
		{ "", "a 1 image,firmware seed", "added a firmware image\n" },
		{ "a 1 image seed\nb 1 toolchain:c seed", "a 1 image seed",
			"removed b toolchain:c\n" },
		{ "a 1 image seed", "a 1 image,toolchain:c seed", "moved a toolchain:c\n" },
		{ "a 1 image seed", "a 1 image dependency of b", "" },
		{ "a 1 image seed\na 2 toolchain:c seed", "a 2 toolchain:c,image seed",
			"removed a image\nmoved a image\n" },
		{ "a 1 image seed\nc 1 image seed", "b 1 image seed\nc 1.1 image seed",
			"removed a image\nadded b image\nreplaced c image\n" },
		{ "a 1 image seed", "a 2 firmware seed", "replaced a firmware image\n" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena *a = arena_new(ARENA);
		struct lock_change_list l;

		changes(&l, a, cases[i].was, cases[i].is);
		CHECK(told(&l, cases[i].want));
		arena_free(a);
	}
}

/* The same version with other bytes is another package. */
static void other_bytes(void)
{
	struct arena *a = arena_new(ARENA);
	struct lock_change_list l;
	struct err e;

	locks_made(&before, "a 1 image seed");
	locks_made(&after, "a 1 image seed");
	after.packages[0].sha256[0] ^= 1;
	CHECK_OK(lock_changes(&l, &before.lock, &after.lock, a, &e), e);
	CHECK(told(&l, "replaced a image\n"));
	arena_free(a);
}

int main(void)
{
	what_changes();
	other_bytes();
	return test_end();
}
