/*
 * For tests of components: a store with a toolchain of one package, made here from test/step_tool.c, which is built beside the
 * test; sources in src/; and a component that joins two of them.
 */
#ifndef ASSAY_TEST_COMPONENT_MADE_H
#define ASSAY_TEST_COMPONENT_MADE_H

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "build/component.h"
#include "make_deb.h"
#include "sys/file.h"
#include "test.h"

/* As STR, for storage that is initialised before the program runs. */
#define S(literal)                           \
	{                                    \
		literal, sizeof(literal) - 1 \
	}
#define STEP(args)                            \
	{                                     \
		{                             \
			args, ARRAY_LEN(args) \
		}                             \
	}

enum { EPOCH = 1700000000 };

static char folder[] = "/tmp/assay-component-XXXXXX";
static struct store *store;
static struct arena *memory;
static uint8_t tool_sha256[SHA256_SIZE];

static const char *at(const char *name)
{
	static char paths[8][512];
	static unsigned next;
	char *p = paths[next++ % 8];

	snprintf(p, sizeof paths[0], "%s/%s", folder, name);
	return p;
}

static void put(const char *name, const char *text)
{
	struct err e = { 0 };

	CHECK_OK(file_write(AT_FDCWD, at(name), str_span(str_of(text)), 0644, &e), e);
}

static void make_toolchain(const char *tool)
{
	CLEANUP(buf_done) struct buf tar = buf_init(MAKE_DEB_MAX), program = { 0 }, deb = { 0 };
	static const struct tar_line folders[] = {
		{ "./", '5', 0755, NULL, NULL },
		{ "./usr/", '5', 0755, NULL, NULL },
		{ "./usr/bin/", '5', 0755, NULL, NULL },
		{ "./usr/bin/linked", '2', 0777, NULL, "tool" },
	};
	struct err e = { 0 };

	CHECK_OK(file_read(AT_FDCWD, tool, MAKE_DEB_MAX, &program, &e), e);
	for (size_t i = 0; i < ARRAY_LEN(folders); i++)
		make_tar_line(&tar, &folders[i]);
	make_tar_header(&tar, "./usr/bin/tool", '0', 04755, program.n, NULL);
	make_tar_data(&tar, program.p, program.n);
	buf_fill(&tar, 0, 1024);
	deb = make_deb_of_tar(buf_span(&tar), "");
	CHECK_OK(store_put(store, buf_span(&deb), tool_sha256, &e), e);
}

/* A lock with that one package as toolchain "t". */
static struct lock lock_of(void)
{
	static struct lock_package package;
	static const uint32_t first = 0;
	static const struct lock_set set = { S("toolchain:t"), &first, 1 };

	package = (struct lock_package){ .name = STR("tool"), .version = STR("1") };
	memcpy(package.sha256, tool_sha256, SHA256_SIZE);
	return (struct lock){
		.source_date_epoch = EPOCH,
		.packages = &package,
		.n_packages = 1,
		.sets = &set,
		.n_sets = 1,
	};
}

static bool build_how(struct component_result *ret, const struct component *c,
	const struct component_how *how, struct component_failure *failure, struct err *e)
{
	const struct description d = { .dir = str_of(folder) };
	const struct lock l = lock_of();

	return component_build(ret, store, &l, &d, c, EPOCH, how, memory, failure, e);
}

static bool build(struct component_result *ret, const struct component *c,
	struct component_failure *failure, struct err *e)
{
	return build_how(ret, c, NULL, failure, e);
}

static const struct str globs[] = { S("*.c"), S("sub/**"), S("a.c") };
static const struct str join_args[] = { S("tool"), S("join"), S("/out/joined"), S("a.c"),
	S("sub/deep/b.h") };
static const struct str join_link_args[] = { S("linked"), S("join"), S("/out/joined"), S("a.c"),
	S("sub/deep/b.h") };
static const struct argument_list joining[] = { STEP(join_args) };
static const struct component_output outputs[] = { { S("joined"), S("root"), S("usr/bin/x"), 0755,
	false } };

static struct component plain(void)
{
	return (struct component){
		.name = STR("plain"),
		.toolchain = STR("t"),
		.from = STR("src"),
		.files = { globs, ARRAY_LEN(globs) },
		.steps = joining,
		.n_steps = 1,
		.outputs = outputs,
		.n_outputs = 1,
	};
}

static void set_up(void)
{
	char tool[4096];
	ssize_t n = readlink("/proc/self/exe", tool, sizeof tool - sizeof "step-tool");
	struct err e = { 0 };

	CHECK(n > 0);
	tool[n > 0 ? n : 0] = 0;
	memcpy(strrchr(tool, '/') + 1, "step-tool", sizeof "step-tool");

	CHECK(mkdtemp(folder) != NULL);
	CHECK_OK(store_open(&store, at("store"), &e), e);
	memory = arena_new(64 << 20);
	make_toolchain(tool);
	CHECK_OK(file_mkdirs(AT_FDCWD, at("src/sub/deep"), &e), e);
	CHECK_OK(file_mkdirs(AT_FDCWD, at("src/sub/.git"), &e), e);
	put("src/a.c", "first\n");
	put("src/sub/deep/b.h", "second\n");
	put("src/sub/.git/HEAD", "never\n");
	put("src/hidden.h", "not named\n");
	CHECK(chmod(at("src/a.c"), 0664) == 0);
}

static void check_content(const struct component_result *r, const char *want)
{
	char text[4096] = "";
	struct err e = { 0 };

	CHECK(r->n_products == 1 && r->products[0].content.size == strlen(want));
	if (r->n_products != 1 || r->products[0].content.size >= sizeof text)
		return;
	CHECK_OK(content_read(
			 &r->products[0].content, 0, text, (size_t)r->products[0].content.size, &e),
		e);
	CHECK(!strcmp(text, want));
}

#endif
