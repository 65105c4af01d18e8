#include "build/lock_effect.h"

#include <unistd.h>

#include "locks_made.h"
#include "make_deb.h"
#include "store/store.h"
#include "sys/file.h"
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
static const struct component_output to_root = { S("o"), S("root"), S("p"), 0755, false };
static const struct component agent = {
	.name = S("agent"), .toolchain = S("c"), .outputs = &to_root, .n_outputs = 1
};

static const size_t first_only[] = { 0 };

static struct description description(void)
{
	return (struct description){ .name = STR("made"),
		.kernel = { .path = STR("boot/vmlinuz-*") },
		.components = &agent,
		.n_components = 1,
		.build_order = first_only };
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

/* A component of a source package: other files of it may give other bytes. */
static void another_source(void)
{
	static struct lock_source was = {
		.name = S("agent"), .version = S("1"), .format = S("1.0")
	};
	struct lock_source is = was;
	struct component c = agent;
	struct description d = description();
	const char *because;
	struct shape_moves m;

	c.source = (struct source_request){ .kind = SOURCE_DEBIAN, .name = STR("agent") };
	d.components = &c;
	locks_made(&before, "a 1 image seed");
	locks_made(&after, "a 1 image seed");
	before.lock.sources = &was;
	after.lock.sources = &is;
	before.lock.n_sources = after.lock.n_sources = 1;
	m = effect(&d, &because);
	CHECK(m.will == 0 && m.may == 0);
	is.version = STR("2");
	m = effect(&d, &because);
	CHECK(m.will == 0 && m.may == IMAGE);
	CHECK(!strcmp(because, "component agent has another source"));
}

/* What stands on a component that is built again is built again, wherever its outputs end. */
static void through_needs(void)
{
	static const struct str libc[] = { S("libc") }, kernel[] = { S("kernel") };
	static const struct component_output to_build = { S("o"), S("build"), S(""), 0, false };
	static const size_t order[] = { 2, 0, 1, 3 };
	static const struct component all[] = {
		{ .name = S("kernel"),
			.toolchain = S("d"),
			.needs = { libc, 1 },
			.outputs = &to_build,
			.n_outputs = 1 },
		{ .name = S("packed"),
			.toolchain = S("d"),
			.needs = { kernel, 1 },
			.outputs = &to_root,
			.n_outputs = 1 },
		{ .name = S("libc"), .toolchain = S("c"), .outputs = &to_build, .n_outputs = 1 },
		{ .name = S("other"), .toolchain = S("d"), .outputs = &to_build, .n_outputs = 1 },
	};
	struct description d = description();
	struct shape_moves m;
	const char *because;

	d.components = all;
	d.n_components = ARRAY_LEN(all);
	d.build_order = order;
	d.stub.component = STR("other");
	locks_made(&before, "a 1 toolchain:c seed");
	locks_made(&after, "a 2 toolchain:c seed");
	m = effect(&d, &because);
	CHECK(m.will == 0 && m.may == IMAGE &&
		!strcmp(because, "component packed is compiled again"));
	d.kernel.component = STR("kernel");
	effect(&d, &because);
	CHECK(!strcmp(because, "component kernel is compiled again"));
	d.kernel.component = STR("");
	d.firmware_code.component = STR("libc");
	m = effect(&d, &because);
	CHECK(m.may == (PCR(0) | PCR(7) | IMAGE) &&
		!strcmp(because, "component libc is compiled again"));
}

static char top[] = "/tmp/assay-lock-effect-XXXXXX";

static struct store *open_store(const char *name)
{
	struct store *s = NULL;
	struct err e = { 0 };
	char path[100];

	snprintf(path, sizeof path, "%s/%s", top, name);
	CHECK_OK(store_open(&s, path, &e), e);
	return s;
}

/* Packages of both sets that have all that a package can have: as many reasons as there can be. */
static void everything_in_each(void)
{
	static const struct tar_line all[] = {
		{ "./", '5', 0755, NULL, NULL },
		{ "./code", '0', 0644, "c", NULL },
		{ "./kernel", '0', 0644, "k", NULL },
		{ "./stub", '0', 0644, "s", NULL },
		{ "./vars", '0', 0644, "v", NULL },
	};
	static const struct str modules[] = { S("m") };
	struct store *s CLEANUP(store_freep) = open_store("everything");
	struct buf deb CLEANUP(buf_done) = make_deb(all, ARRAY_LEN(all), ".xz");
	struct arena *a CLEANUP(arena_freep) = arena_new(ARENA);
	struct description d = { .firmware_code = { .path = STR("code") },
		.firmware_vars = { .path = STR("vars") },
		.stub = { .path = STR("stub") },
		.kernel = { .path = STR("kernel") },
		.initrd_modules = { modules, 1 } };
	struct lock_change_list l;
	struct lock_effect f = { 0 };
	uint8_t sha256[SHA256_SIZE];
	struct err e = { 0 };

	CHECK_OK(store_put(s, buf_span(&deb), sha256, &e), e);
	locks_made(&before, "");
	locks_made(&after, "a 1 firmware,image x\nb 1 firmware,image x\nc 1 firmware,image x\n"
			   "d 1 firmware,image x\ne 1 firmware,image x\nf 1 firmware,image x\n"
			   "g 1 firmware,image x\nh 1 firmware,image x\ni 1 firmware,image x");
	for (size_t i = 0; i < after.lock.n_packages; i++) {
		memcpy(after.packages[i].sha256, sha256, SHA256_SIZE);
		after.packages[i].size = deb.n;
	}
	CHECK_OK(lock_changes(&l, &before.lock, &after.lock, a, &e), e);
	CHECK(l.n == 9);
	CHECK_OK(lock_effect(&f, &before.lock, &after.lock, &l, &d, s, a, &e), e);
	CHECK(f.n == 5 * 9 + 1);
}

/* Whoever asks what a lock means has the lock already: a package that cannot be read is one that is not known. */
static void a_damaged_package_is_unknown(void)
{
	struct store *s CLEANUP(store_freep) = open_store("damaged");
	struct arena *a CLEANUP(arena_freep) = arena_new(ARENA);
	struct description d = description();
	struct lock_change_list l;
	struct lock_effect f = { 0 };
	struct err e = { 0 };

	locks_made(&before, "a 1 firmware seed");
	locks_made(&after, "a 2 firmware seed");
	before.packages[0].size = STR("no package").n;
	CHECK_OK(store_put(s, str_span(STR("no package")), before.packages[0].sha256, &e), e);
	CHECK_OK(lock_changes(&l, &before.lock, &after.lock, a, &e), e);
	CHECK_OK(lock_effect(&f, &before.lock, &after.lock, &l, &d, s, a, &e), e);
	CHECK(f.moves.will == 0 && f.moves.may == (PCR(0) | PCR(7) | IMAGE));
}

int main(void)
{
	struct err e;

	CHECK(mkdtemp(top) != NULL);
	everything_in_each();
	a_damaged_package_is_unknown();
	CHECK_OK(file_remove_tree(AT_FDCWD, top, &e), e);
	by_sets();
	no_database();
	dates_and_writers();
	another_source();
	through_needs();
	return test_end();
}
