#include "build/manifest_origin.h"

#include <unistd.h>

#include "build/reproduced.h"
#include "sys/file.h"
#include "test.h"

static struct lock_package packages[] = {
	{ .name = { "a", 1 }, .sha256 = { 1 } },
	{ .name = { "b", 1 }, .sha256 = { 2 } },
	{ .name = { "b", 1 }, .sha256 = { 3 } },
	{ .name = { "c", 1 }, .sha256 = { 4 } },
	{ .name = { "c", 1 }, .sha256 = { 5 } },
};
static const uint32_t in_image[] = { 0, 1, 3, 4 }, in_toolchain[] = { 2 };
static const struct lock_set sets[] = {
	{ { "image", 5 }, in_image, 4 },
	{ { "toolchain:t", 11 }, in_toolchain, 1 },
};
static const struct lock lock = {
	.packages = packages, .n_packages = ARRAY_LEN(packages), .sets = sets, .n_sets = 2
};

#define T(text) text, sizeof text - 1

static const struct {
	const char *origin, *bytes;
	size_t n;
	enum origin_class class;
} cases[] = {
	{ "component:x",
		T("\x7f"
		  "ELF"),
		ORIGIN_SOURCE },
	{ "description", T("x"), ORIGIN_SOURCE },
	{ "generated:users", T("x"), ORIGIN_SOURCE },
	{ "generated:dpkg", T("x"), ORIGIN_DISTRIBUTION },
	{ "scripts", T("x"), ORIGIN_DISTRIBUTION },
	{ "package:z", T("x"), ORIGIN_DISTRIBUTION },
	{ "overlay:o", T("#!/bin/sh\n\techo \xc3\xa4\n"), ORIGIN_SOURCE },
	{ "overlay:o", T(""), ORIGIN_SOURCE },
	{ "overlay:o",
		T("\x7f"
		  "ELF"),
		ORIGIN_OPAQUE },
	{ "overlay:o", T("text\0"), ORIGIN_OPAQUE },
	{ "overlay:o", T("\xff\xfe"), ORIGIN_OPAQUE },
	{ "overlay:o", T("\x1b[0m"), ORIGIN_OPAQUE },
	{ "something", T("x"), ORIGIN_OPAQUE },
	{ "", T("x"), ORIGIN_OPAQUE },
};

static enum origin_class class_of(
	const bool *reproduced, const char *origin, const void *bytes, size_t n)
{
	const struct manifest_origin_packages p = { &lock, reproduced };
	enum origin_class ret = ORIGIN_CLASSES;
	struct content_memory m;
	struct content c;
	struct err e = { 0 };

	content_of_memory(&c, &m, span_make(bytes, n));
	CHECK_OK(manifest_origin_class(&ret, &p, str_of(origin), &c, &e), e);
	return ret;
}

static void classes(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		test_report(class_of(NULL, cases[i].origin, cases[i].bytes, cases[i].n) ==
				    cases[i].class,
			__FILE__, (int)i, cases[i].origin);
}

/* Who is not looked for is none; of two in the image both must be; one of a toolchain is nobody's bytes. */
static void reproduced_ones(struct store *s)
{
	static const uint8_t statement[SHA256_SIZE] = { 9 };
	bool found[ARRAY_LEN(packages)] = { 0 };
	struct err e = { 0 };

	CHECK_OK(reproduced_put(s, packages[0].sha256, statement, &e), e);
	CHECK_OK(reproduced_put(s, packages[2].sha256, statement, &e), e);
	CHECK_OK(reproduced_put(s, packages[3].sha256, statement, &e), e);
	CHECK_OK(manifest_origin_look_up(found, s, &lock, &e), e);
	CHECK(found[0] && !found[1] && found[2] && found[3] && !found[4]);
	CHECK(class_of(NULL, "package:a", "x", 1) == ORIGIN_DISTRIBUTION);
	CHECK(class_of(found, "package:a", "x", 1) == ORIGIN_REPRODUCED);
	CHECK(class_of(found, "package:b", "x", 1) == ORIGIN_DISTRIBUTION);
	CHECK(class_of(found, "package:c", "x", 1) == ORIGIN_DISTRIBUTION);
	CHECK(class_of(found, "package:z", "x", 1) == ORIGIN_DISTRIBUTION);
}

int main(void)
{
	char path[] = "/tmp/assay-origin-XXXXXX";
	struct store *s = NULL;
	struct err e = { 0 };

	CHECK(mkdtemp(path) != NULL);
	CHECK_OK(store_open(&s, path, &e), e);
	classes();
	reproduced_ones(s);
	store_free(s);
	CHECK_OK(file_remove_tree(AT_FDCWD, path, &e), e);
	return test_end();
}
