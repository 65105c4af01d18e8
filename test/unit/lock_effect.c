#include "build/lock_effect.h"

#include "locks_made.h"
#include "test.h"

/* STR as a constant initialiser. */
#define S(literal)                           \
	{                                    \
		literal, sizeof(literal) - 1 \
	}

enum { ARENA = 1 << 20 };

#define PCR(n) (1u << (n))
#define IMAGE (PCR(4) | PCR(5) | PCR(9) | PCR(11))

static struct locks_made before, after;
static const struct component_output to_root = { S("o"), S("root"), S("p"), 0755 };
static const struct component agent = {
	.name = S("agent"), .toolchain = S("c"), .outputs = &to_root, .n_outputs = 1
};

static struct description description(void)
{
	return (struct description){ .name = STR("made"),
		.kernel = STR("boot/vmlinuz-*"),
		.components = &agent,
		.n_components = 1 };
}

static struct shape_moves effect(const struct description *d, const char **because)
{
	static char text[200];
	struct arena *a = arena_new(ARENA);
	struct lock_change_list l;
	struct lock_effect f = { 0 };
	struct err e;

	CHECK_OK(lock_changes(&l, &before.lock, &after.lock, a, &e), e);
	CHECK_OK(lock_effect(&f, &before.lock, &after.lock, &l, d, NULL, a, &e), e);
	text[0] = 0;
	if (f.n)
		snprintf(text, sizeof text, "%.*s", STR_ARG(f.reasons[0].because));
	*because = text;
	arena_free(a);
	return f.moves;
}

static void by_sets(void)
{
	static const struct {
		const char *was, *is;
		uint32_t will, may;
		const char *because;
	} cases[] = {
		{ "a 1 image seed", "a 1 image seed", 0, 0, "" },
		{ "a 1 image seed", "a 2 image seed", IMAGE, 0, "1 package of the image" },
		{ "a 1 image seed", "a 1 image seed\nb 1 image seed\nc 1 image seed", IMAGE, 0,
			"2 packages of the image" },
		{ "a 1 toolchain:c seed", "a 2 toolchain:c seed", 0, IMAGE,
			"component agent is compiled again" },
		{ "a 1 firmware seed", "a 2 firmware seed", 0, PCR(0) | PCR(7) | IMAGE, "a" },
		{ "a 1 firmware,image seed", "a 2 firmware,image seed", IMAGE, PCR(0) | PCR(7),
			"a" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct description d = description();
		struct shape_moves m;
		const char *because;

		locks_made(&before, cases[i].was);
		locks_made(&after, cases[i].is);
		m = effect(&d, &because);
		CHECK(m.will == cases[i].will);
		CHECK(m.may == cases[i].may);
		CHECK(!strcmp(because, cases[i].because));
	}
}

/* Without dpkg's database nothing in the root need say a package's version. */
static void no_database(void)
{
	static const struct str globs[] = { { "var/lib/dpkg/**", 15 } };
	struct description d = description();
	const char *because;
	struct shape_moves m;

	locks_made(&before, "a 1 image seed");
	locks_made(&after, "a 2 image seed");
	d.exclude = (struct str_list){ globs, 1 };
	m = effect(&d, &because);
	CHECK(m.will == 0 && m.may == IMAGE);
}

static void dates_and_writers(void)
{
	struct description d = description();
	const char *because;
	struct shape_moves m;

	locks_made(&before, "a 1 image seed");
	locks_made(&after, "a 1 image seed");
	after.lock.source_date_epoch = 8;
	m = effect(&d, &because);
	CHECK(m.will == IMAGE && m.may == 0 && strstr(because, "newest Release"));
	after.lock.source_date_epoch = 7;
	after.lock.image_version = 2;
	m = effect(&d, &because);
	CHECK(m.will == IMAGE && strstr(because, "image-version"));
}

int main(void)
{
	by_sets();
	no_database();
	dates_and_writers();
	return test_end();
}
