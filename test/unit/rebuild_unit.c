#include "build/rebuild_unit.h"

#include "test.h"

enum { ARENA_MAX = 4 << 20 };

#define S(text)                       \
	{                             \
		text, sizeof text - 1 \
	}
#define P(n, v, arch, s, sv)                                                            \
	{                                                                               \
		.name = S(n), .version = S(v), .architecture = S(arch), .source = S(s), \
		.source_version = S(sv)                                                 \
	}

static const struct lock_package packages[] = {
	P("dmsetup", "2:1.02-1+b4", "amd64", "lvm2", "2.03-1"),
	P("docs", "1.0-1", "all", "tool", "1.0-1"),
	P("lib", "1.0-1", "amd64", "tool", "1.0-1"),
	P("lib-dev", "1.0-1+b1", "amd64", "tool", "1.0-1"),
	P("native", "3+b2", "amd64", "native", "3+b2"),
	P("tool", "1.0-1", "amd64", "tool", "1.0-1"),
};
static const uint32_t all[] = { 0, 1, 2, 3, 4, 5 };
static const struct lock_set sets[] = { { S("image"), all, 6 } };
static const struct lock lock = {
	.packages = packages, .n_packages = 6, .sets = sets, .n_sets = 1
};

static void of_set(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	struct rebuild_unit *u;
	struct err e = { 0 };
	size_t n = 0;

	CHECK_OK(rebuild_unit_list(&u, &n, &lock, "image", (struct str_list){ 0 }, a, &e), e);
	CHECK(n == 5);
	if (n != 5)
		return;
	CHECK(str_is(u[0].name, "lvm2_2.03-1+b4_amd64") && str_is(u[0].version, "2.03-1+b4"));
	CHECK(str_is(u[1].name, "native_3+b2_amd64") && !u[1].binnmu.n);
	CHECK(str_is(u[2].name, "tool_1.0-1_amd64") && u[2].n == 2);
	CHECK(str_is(u[2].packages[1]->name, "tool"));
	CHECK(str_is(u[3].name, "tool_1.0-1_all") && u[3].all);
	CHECK(str_is(u[4].name, "tool_1.0-1+b1_amd64"));
}

static void named(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	const struct str twice[] = { STR("tool"), STR("tool"), STR("lib") },
			 none[] = { STR("lvm2") };
	struct rebuild_unit *u;
	struct err e = { 0 };
	size_t n = 0;

	CHECK_OK(
		rebuild_unit_list(&u, &n, &lock, "image", (struct str_list){ twice, 3 }, a, &e), e);
	CHECK(n == 1 && u[0].n == 2);
	CHECK_ERR(rebuild_unit_list(&u, &n, &lock, "image", (struct str_list){ none, 1 }, a, &e), e,
		ERR_NOTFOUND);
	CHECK(strstr(e.hint, "dmsetup") != NULL);
}

static void versions(void)
{
	CHECK(str_is(
		rebuild_unit_upstream(STR("1:1.3.dfsg+really1.3.1-1")), "1.3.dfsg+really1.3.1"));
	CHECK(str_is(rebuild_unit_upstream(STR("1.0-2-3")), "1.0-2"));
	CHECK(str_is(rebuild_unit_upstream(STR("13.24")), "13.24"));
	CHECK(str_is(rebuild_unit_no_epoch(STR("2:1-1")), "1-1"));
}

int main(void)
{
	of_set();
	named();
	versions();
	return test_end();
}
