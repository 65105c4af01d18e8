/*
 * Components with a toolchain of one package, made here: test/step_tool.c, which is built beside this test.
 */
#define ASSAY_MAY_ASK_THE_MACHINE
#include "build/component.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/mem.h"
#include "build/component_source.h"
#include "build/sysroot.h"
#include "box/box_view.h"
#include "lock/description_component.h"
#include "sys/file.h"
#include "component_made.h"

static const struct str list_args[] = { S("linked"), S("list"), S("/out/list"), S("/src") };
static const struct str fail_args[] = { S("tool"), S("fail"), S("100") };
static const struct str link_args[] = { S("tool"), S("link"), S("/etc/passwd"), S("/out/joined") };
static const struct str other_args[] = { S("tool"), S("link"), S("x"), S("/out/other") };
static const struct argument_list joining_link[] = { STEP(join_link_args) },
				  listing[] = { STEP(list_args) },
				  failing[] = { STEP(list_args), STEP(fail_args) },
				  linking[] = { STEP(link_args) }, nothing[] = { STEP(other_args) };
static const struct str hole_args[] = { S("tool"), S("hole"), S("/out/joined"), S("700000") };
static const struct argument_list making_hole[] = { STEP(hole_args) };
static const struct component_output twice[] = {
	{ S("joined"), S("root"), S("one"), 0644, false },
	{ S("joined"), S("root"), S("two"), 0644, false },
};
static const struct component_output list_output[] = { { S("list"), S("root"), S("list"), 0644,
	false } };

static void sources(void)
{
	const struct component_source *list;
	const struct str_list named = { globs, ARRAY_LEN(globs) };
	const struct str missing[] = { STR("*.c"), STR("nothing/*.c") };
	const struct str_list bad = { missing, 2 };
	const struct str outside[] = { STR("../x") };
	const struct str_list out = { outside, 1 };
	struct err e = { 0 };
	size_t n = 0;

	CHECK_OK(component_source_collect(&list, &n, store, at("src"), &named, memory, &e), e);
	CHECK(n == 2 && str_is(list[0].path, "a.c") && str_is(list[1].path, "sub/deep/b.h"));
	CHECK(n == 2 && list[0].size == 6 && !list[0].executable);
	CHECK_ERR(component_source_collect(&list, &n, store, at("src"), &bad, memory, &e), e,
		ERR_NOTFOUND);
	CHECK(strstr(e.text, "'nothing/*.c' matches nothing") != NULL);
	CHECK_ERR(component_source_collect(&list, &n, store, at("src"), &out, memory, &e), e,
		ERR_FORMAT);
	CHECK_ERR(component_source_collect(&list, &n, store, at("none"), &named, memory, &e), e,
		ERR_NOTFOUND);
	CHECK(symlink("a.c", at("src/link.c")) == 0);
	CHECK_ERR(component_source_collect(&list, &n, store, at("src"), &named, memory, &e), e,
		ERR_FORMAT);
	CHECK(unlink(at("src/link.c")) == 0);
}

static void built_and_cached(void)
{
	const struct component c = plain();
	struct component_result first, again;
	struct err e = { 0 };

	CHECK_OK(build(&first, &c, NULL, &e), e);
	CHECK(!first.cached && first.n_sources == 2 && first.products[0].output == outputs);
	check_content(&first, "first\nsecond\n");
	CHECK_OK(build(&again, &c, NULL, &e), e);
	CHECK(again.cached && !memcmp(first.derivation, again.derivation, SHA256_SIZE));
	check_content(&again, "first\nsecond\n");

	/* What git, an umask or a clock leave does not change the derivation; an x bit and a byte do. */
	CHECK(chmod(at("src/a.c"), 0600) == 0 && utimensat(AT_FDCWD, at("src/a.c"), NULL, 0) == 0);
	put("src/hidden.h", "changed\n");
	CHECK_OK(build(&again, &c, NULL, &e), e);
	CHECK(again.cached);
	CHECK(chmod(at("src/a.c"), 0700) == 0);
	CHECK_OK(build(&again, &c, NULL, &e), e);
	CHECK(!again.cached && memcmp(first.derivation, again.derivation, SHA256_SIZE) != 0);
	CHECK(chmod(at("src/a.c"), 0644) == 0);
	put("src/a.c", "other\n");
	CHECK_OK(build(&again, &c, NULL, &e), e);
	CHECK(!again.cached);
	check_content(&again, "other\nsecond\n");
	put("src/a.c", "first\n");
}

/* A fresh build runs its steps again, tells the digests of what they gave, and leaves no record. */
static void fresh(void)
{
	struct component_how how = { .fresh = true, .scratch = at("scratch"), .log = at("log") };
	struct component c = plain();
	struct component_result plainly, r;
	CLEANUP(buf_done) struct buf log = { 0 };
	struct err e = { 0 };

	CHECK_OK(build(&plainly, &c, NULL, &e), e);
	CHECK_OK(file_mkdirs(AT_FDCWD, how.scratch, &e), e);
	CHECK_OK(build_how(&r, &c, &how, NULL, &e), e);
	CHECK(!r.cached && !memcmp(r.derivation, plainly.derivation, SHA256_SIZE));
	CHECK(!memcmp(
		r.products[0].content.sha256, plainly.products[0].content.sha256, SHA256_SIZE));
	CHECK(access(at("scratch/src/a.c"), F_OK) == 0);
	CHECK_OK(file_read(AT_FDCWD, how.log, 65536, &log, &e), e);
	CHECK_OK(file_remove_tree(AT_FDCWD, how.scratch, &e), e);

	/* What the store has is not looked at, and what it has not is not left there. */
	put("src/a.c", "fresh\n");
	how.scratch = NULL;
	CHECK_OK(build_how(&r, &c, &how, NULL, &e), e);
	check_content(&r, "fresh\nsecond\n");
	CHECK_OK(build_how(&r, &c, &how, NULL, &e), e);
	CHECK(!r.cached);
	CHECK_OK(build(&r, &c, NULL, &e), e);
	CHECK(!r.cached);
	CHECK_OK(build(&r, &c, NULL, &e), e);
	CHECK(r.cached);
	put("src/a.c", "first\n");
}

static void seen_by_steps(void)
{
	struct component c = plain();
	struct component_result r;
	struct err e = { 0 };

	c.steps = listing;
	c.outputs = list_output;
	CHECK_OK(build(&r, &c, NULL, &e), e);
	check_content(&r, ". 40755 1700000000\na.c 100644 1700000000\nsub 40755 1700000000\n");
}

static const struct str tree_args[] = { S("tool"), S("tree"), S("/out/made") };
static const struct argument_list treeing[] = { STEP(tree_args) };
static const struct component_output tree_outputs[] = { { S("made/usr"), S("root"), S("usr"), 0,
								true },
	{ S("made"), S("initrd"), S("."), 0, true },
	{ S("made/usr/bin/run"), S("root"), S("run"), 0755, false } };

static void check_products(const struct component_result *r)
{
	static const char *const want[] = { "root usr 0 755 ", "root usr/bin 0 755 ",
		"root usr/bin/run 1 755 ", "root usr/empty 0 755 ", "root usr/link 2 777 bin/run",
		"initrd  0 755 ", "initrd usr 0 755 ", "initrd usr/bin 0 755 ",
		"initrd usr/bin/run 1 755 ", "initrd usr/empty 0 755 ",
		"initrd usr/link 2 777 bin/run", "root run 1 755 " };

	CHECK(r->n_products == ARRAY_LEN(want));
	for (size_t i = 0; i < r->n_products && i < ARRAY_LEN(want); i++) {
		const struct component_product *p = &r->products[i];
		char got[256];

		snprintf(got, sizeof got, "%.*s %.*s %d %o %.*s", STR_ARG(p->output->to),
			STR_ARG(p->path), (int)p->kind, (unsigned)p->mode, STR_ARG(p->target));
		test_report(!strcmp(got, want[i]), __FILE__, (int)i, got);
	}
}

/* Made, and read back from the record: the same products in the same order. */
static void trees(void)
{
	struct component c = plain();
	struct component_result r;
	struct err e = { 0 };

	c.steps = treeing;
	c.outputs = tree_outputs;
	c.n_outputs = 3;
	CHECK_OK(build(&r, &c, NULL, &e), e);
	CHECK(!r.cached);
	check_products(&r);
	CHECK_OK(build(&r, &c, NULL, &e), e);
	CHECK(r.cached);
	check_products(&r);
	c.outputs = tree_outputs + 2; /* one of them alone is another derivation */
	c.n_outputs = 1;
	CHECK_OK(build(&r, &c, NULL, &e), e);
	CHECK(!r.cached && r.n_products == 1);
	c.outputs = (const struct component_output[]){ { S("made/usr/bin/run"), S("root"), S("x"),
		0, true } };
	CHECK_ERR(build(&r, &c, NULL, &e), e, ERR_FORMAT);
	c.outputs = (const struct component_output[]){ { S("made/usr"), S("root"), S("x"), 0755,
		false } };
	CHECK_ERR(build(&r, &c, NULL, &e), e, ERR_FORMAT);
	c.outputs = (const struct component_output[]){ { S("made/usr/link"), S("root"), S("x"), 0,
		true } };
	CHECK_ERR(build(&r, &c, NULL, &e), e, ERR_FORMAT);
}

/* What the box does not fix is part of the derivation; what it may use is not. */
static void released(void)
{
	static const struct str clock[] = { S("clock") }, both[] = { S("pids"), S("clock") },
				turned[] = { S("clock"), S("pids") };
	struct component c = plain();
	struct component_result plainly, one, two, three;
	struct err e = { 0 };

	CHECK_OK(build(&plainly, &c, NULL, &e), e);
	c.limits = (struct component_limits){ 1000, 1 << 30, 1 << 30, 60 };
	CHECK_OK(build(&one, &c, NULL, &e), e);
	CHECK(one.cached && !memcmp(one.derivation, plainly.derivation, SHA256_SIZE));
	c.release = (struct str_list){ clock, 1 };
	CHECK_OK(build(&one, &c, NULL, &e), e);
	c.release = (struct str_list){ both, 2 };
	CHECK_OK(build(&two, &c, NULL, &e), e);
	c.release = (struct str_list){ turned, 2 };
	CHECK_OK(build(&three, &c, NULL, &e), e);
	CHECK(!one.cached && !two.cached && three.cached);
	CHECK(memcmp(one.derivation, plainly.derivation, SHA256_SIZE) != 0);
	CHECK(memcmp(one.derivation, two.derivation, SHA256_SIZE) != 0);
}

/* The list of the description and that of the box are one. */
static void channels(void)
{
	size_t n = 0;

	for (; description_component_channels[n]; n++)
		CHECK(n < BOX_N_CHANNELS && !strcmp(description_component_channels[n],
						    box_channel_name((enum box_channel)n)));
	CHECK(n == BOX_N_CHANNELS);
}

static void failures(void)
{
	struct component c = plain();
	struct component_result r;
	struct component_failure failure = { 0 };
	CLEANUP(buf_done) struct buf log = { 0 };
	struct err e = { 0 };

	c.steps = failing;
	c.n_steps = 2;
	CHECK_ERR(build(&r, &c, &failure, &e), e, ERR_MISMATCH);
	CHECK(strstr(e.text, "step 2 of component 'plain' (tool) failed with exit code 7") != NULL);
	CHECK(strstr(e.hint, failure.log) != NULL);
	CHECK(str_starts(buf_str(&failure.tail), "line 71\n"));
	CHECK(str_ends(buf_str(&failure.tail), "\nline 100\n"));
	CHECK_OK(file_read(AT_FDCWD, failure.log, 65536, &log, &e), e);
	CHECK(str_starts(buf_str(&log), "line 1\n"));
	buf_done(&failure.tail);

	c.n_steps = 1;
	c.steps = linking;
	CHECK_ERR(build(&r, &c, NULL, &e), e, ERR_IO);
	c.steps = nothing;
	CHECK_ERR(build(&r, &c, NULL, &e), e, ERR_NOTFOUND);
	CHECK(strstr(e.text, "the steps left no '/out/joined'") != NULL);
	c = plain();
	c.toolchain = STR("other");
	CHECK_ERR(build(&r, &c, NULL, &e), e, ERR_NOTFOUND);
	CHECK(strstr(e.text, "the lock has no set 'toolchain:other'") != NULL);
	c = plain();
	c.n_steps = 0;
	CHECK_ERR(build(&r, &c, NULL, &e), e, ERR_LIMIT);
}

/* Holes take no room in the box, but outputs are whole. */
static void holes(void)
{
	struct component c = plain();
	struct component_result r;
	struct err e = { 0 };

	c.steps = making_hole;
	c.outputs = twice;
	c.n_outputs = ARRAY_LEN(twice);
	c.limits.disk = 1000000;
	CHECK_ERR(build(&r, &c, NULL, &e), e, ERR_LIMIT);
	CHECK(strstr(e.text, "larger than 1000000 bytes together") != NULL);
	c.limits.disk = 2000000;
	CHECK_OK(build(&r, &c, NULL, &e), e);
}

/* A result of other bytes under the same derivation is reported, not replaced. */
static void other_bytes(void)
{
	static const char record[] =
		"{\"format\": \"assay.component/1\", \"outputs\": [{\"from\": \"joined\", \"size\": 1, \"sha256\": \"%064d\"}]}";
	struct component c = plain();
	struct component_result r;
	char text[512];
	struct err e = { 0 };
	int n;

	put("src/a.c", "third\n");
	c.steps = joining_link;
	CHECK_OK(build(&r, &c, NULL, &e), e);
	n = snprintf(text, sizeof text, record, 1);
	CHECK_ERR(store_result_put(store, r.derivation, span_make(text, (size_t)n), &e), e,
		ERR_MISMATCH);
	put("src/a.c", "first\n");
}

static void laid_out(void)
{
	const struct lock l = lock_of();
	CLEANUP(mem_free) char *first = NULL;
	CLEANUP(mem_free) char *again = NULL;
	char path[4096], target[64];
	struct stat st;
	struct err e = { 0 };

	CHECK_OK(sysroot_of_set(&first, store, &l, "toolchain:t", &e), e);
	CHECK_OK(sysroot_of_set(&again, store, &l, "toolchain:t", &e), e);
	CHECK(first && again && !strcmp(first, again));
	snprintf(path, sizeof path, "%s/usr/bin/tool", first);
	CHECK(stat(path, &st) == 0 && (st.st_mode & 07777) == 0755 && st.st_mtime == 1000000000);
	CHECK(truncate(path, 0) == 0); /* as a crash may leave it: made again */
	mem_free(&again);
	CHECK_OK(sysroot_of_set(&again, store, &l, "toolchain:t", &e), e);
	CHECK(stat(path, &st) == 0 && st.st_size > 0);
	snprintf(path, sizeof path, "%s/bin", first);
	CHECK(readlink(path, target, sizeof target) == 7 && !memcmp(target, "usr/bin", 7));
	snprintf(path, sizeof path, "%s/usr/lib64", first);
	CHECK(stat(path, &st) == 0 && S_ISDIR(st.st_mode));
}

int main(void)
{
	struct err e = { 0 };

	set_up();
	sources();
	laid_out();
	built_and_cached();
	fresh();
	trees();
	released();
	channels();
	seen_by_steps();
	failures();
	holes();
	other_bytes();
	store_free(store);
	arena_free(memory);
	CHECK_OK(file_remove_tree(AT_FDCWD, folder, &e), e);
	return test_end();
}
