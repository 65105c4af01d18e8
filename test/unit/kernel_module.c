/* A kernel module that is compressed is unpacked once, and gc leaves what came of it while it is in use. */
#include "rootfs/kernel_module.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/map.h"
#include "store/store_gc.h"

#include "store_made.h"

/* gzip of `text`. */
static const uint8_t packed[] = { 0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0xff, 0x4b,
	0x54, 0xc8, 0xcd, 0x4f, 0x29, 0xcd, 0x49, 0xd5, 0x51, 0x28, 0xcd, 0x2b, 0x48, 0x4c, 0xce,
	0x4e, 0x4d, 0xe1, 0x02, 0x00, 0x61, 0xe5, 0x45, 0x61, 0x13, 0x00, 0x00, 0x00 };
static const char text[] = "a module, unpacked\n";

static struct tree *tree_with_module(struct content_memory *m)
{
	struct tree *t = tree_new(1 << 20);
	struct node folder = {
		.path = STR(""), .kind = NODE_FOLDER, .mode = 0755, .origin = STR("x")
	};
	struct node file = {
		.path = STR("a.ko.gz"), .kind = NODE_FILE, .mode = 0644, .origin = STR("x")
	};
	struct err e = { 0 };

	content_of_memory(&file.content, m, SPAN_OF(packed));
	CHECK_OK(tree_add(t, &folder, &e), e);
	CHECK_OK(tree_add(t, &file, &e), e);
	CHECK_OK(tree_finish(t, 1700000000, &e), e);
	return t;
}

static void check_bytes(struct store *s, const struct tree *t)
{
	CLEANUP(buf_done) struct buf b = { 0 };
	struct err e = { 0 };

	CHECK_OK(kernel_module_bytes(s, t, STR("a.ko.gz"), &b, &e), e);
	CHECK(str_is(buf_str(&b), text));
}

static void gc_leaves_it(void)
{
	struct content_memory m;
	CLEANUP(tree_freep) struct tree *t = tree_with_module(&m);
	CLEANUP(map_freep) struct map *needed = map_new();
	struct store *s = open_store("a");
	struct store_gc_rule rule = { .needed = needed };
	struct store_gc_result r;
	uint8_t sha256[SHA256_SIZE];
	struct err e = { 0 };

	sha256_of(sha256, str_span(str_of(text)));
	check_bytes(s, t);
	CHECK(count(s, "results") == 1 && store_has(s, sha256));
	check_bytes(s, t);
	CHECK_OK(store_lock_alone(s, NULL, NULL, &e), e);
	CHECK_OK(store_gc(&r, s, &rule, &e), e);
	CHECK(store_has(s, sha256) && r.gone[STORE_OBJECTS].n == 0);
	check_bytes(s, t);
	/* Of a record that nobody has used, the object goes, and is made again. */
	rule.unused_since_unix = INT64_MAX;
	CHECK_OK(store_gc(&r, s, &rule, &e), e);
	CHECK(!store_has(s, sha256));
	check_bytes(s, t);
	CHECK(count(s, "results") == 1 && store_has(s, sha256));
	store_free(s);
}

int main(void)
{
	struct err e = { 0 };

	snprintf(top, sizeof top, "/tmp/kernel-module-XXXXXX");
	if (!mkdtemp(top))
		return 2;
	gc_leaves_it();
	CHECK_OK(file_remove_tree(AT_FDCWD, top, &e), e);
	return test_end();
}
