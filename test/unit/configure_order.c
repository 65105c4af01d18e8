#include "build/configure_order.h"

#include "test.h"

enum { MEMORY = 1 << 20, MOST = 8 };

/* One package: its name, the lines of its control file, and where it must come. */
struct item {
	const char *name, *fields;
	size_t batch, before;
};

static void order(const char *what, const struct item *items, size_t n, size_t n_batches)
{
	struct arena *a = arena_new(MEMORY);
	struct configure_order_item in[MOST];
	struct configure_order o = { 0 };
	struct err e = { 0 };

	for (size_t i = 0; i < n; i++) {
		in[i].name = str_of(items[i].name);
		in[i].control = str_span(
			arena_printf(a, "Package: %s\nVersion: 1\nArchitecture: all\n%s",
				items[i].name, items[i].fields));
	}
	CHECK_OK(configure_order_make(&o, in, n, a, &e), e);
	test_report(o.n_batches == n_batches, __FILE__, __LINE__, what);
	for (size_t i = 0; i < n && o.batch; i++) {
		test_report(o.batch[i] == items[i].batch, __FILE__, __LINE__, items[i].name);
		test_report(o.before[i] == items[i].before, __FILE__, __LINE__, items[i].name);
	}
	arena_free(a);
}

static void essential_first(void)
{
	const struct item items[] = {
		{ "dpkg", "Pre-Depends: libc:any (>= 2.3)\n", 0, 1 },
		{ "libc", "", 0, 1 },
		{ "lib-of-shell", "", 0, 1 },
		{ "plain", "Depends: shell\n", 1, 2 },
		{ "shell", "Essential: yes\nDepends: lib-of-shell | other, awk\n", 0, 1 },
		{ "mawk", "Provides: awk (= 1), nothing\n", 0, 1 },
	};

	order("essential packages and what they need are one batch", items, ARRAY_LEN(items), 2);
}

/* What needs b configured waits for it; b needs its own dependencies for that, and no more. */
static void pre_dependencies(void)
{
	const struct item items[] = {
		{ "dpkg", "", 0, 1 },
		{ "a", "Pre-Depends: b\nDepends: late\n", 2, 3 },
		{ "b", "Depends: c\n", 1, 2 },
		{ "c", "", 1, 2 },
		{ "late", "", 1, 4 },
		{ "top", "Pre-Depends: a\n", 3, 4 },
	};
	const struct item deep[] = {
		{ "dpkg", "", 0, 1 },
		{ "a", "Pre-Depends: b\n", 2, 3 },
		{ "b", "", 1, 2 },
		{ "top", "Pre-Depends: a\n", 3, 4 },
		{ "late", "", 1, 4 },
	};

	/* late is needed by a, which is needed by top. */
	struct item wider[ARRAY_LEN(items)];

	memcpy(wider, items, sizeof items);
	wider[4].before = 3;
	order("pre-dependencies, with all that they need", wider, ARRAY_LEN(wider), 4);
	order("one after the other", deep, ARRAY_LEN(deep), 4);
}

static void circle(void)
{
	const struct item items[] = {
		{ "dpkg", "", 0, 1 },
		{ "a", "Pre-Depends: b\n", 1, 2 },
		{ "b", "Pre-Depends: a\n", 1, 2 },
	};

	order("a circle is one batch", items, ARRAY_LEN(items), 2);
}

static void refused(void)
{
	struct arena *a = arena_new(MEMORY);
	const struct configure_order_item none[] = {
		{ STR("a"), str_span(STR("Package: a\n")) },
	};
	const struct configure_order_item bad[] = {
		{ STR("dpkg"), str_span(STR("no field\n")) },
	};
	struct configure_order o;
	struct err e = { 0 };

	CHECK_ERR(configure_order_make(&o, none, 1, a, &e), e, ERR_NOTFOUND);
	CHECK(strstr(e.text, "dpkg") && strstr(e.hint, "leave-out"));
	CHECK_ERR(configure_order_make(&o, bad, 1, a, &e), e, ERR_FORMAT);
	CHECK(strstr(e.text, "'dpkg'") != NULL);
	arena_free(a);
}

int main(void)
{
	essential_first();
	pre_dependencies();
	circle();
	refused();
	return test_end();
}
