#include "build/input_tree.h"

#include <sys/stat.h>
#include <unistd.h>

#include "build/source_list.h"
#include "rootfs/entry.h"
#include "sys/file.h"
#include "test.h"

#define BY_HASH                                                 \
	"debian/dists/trixie/main/binary-amd64/by-hash/SHA256/" \
	"1bc04b5291c26a46d918139138b992d2de976d6851d0893b0476b85bfbdfc6e6"

static char place[] = "/tmp/assay-input-tree-XXXXXX";
static struct store *store;

/* A description in a/b, sources beside and above it, and what nobody names. */
static const char *const files[] = { "a/b/assay.yaml", "a/b/overlay/etc/one.conf",
	"a/b/overlay/run.sh", "a/b/secret", "a/src/x.c", "a/src/x.h", "a/src/deeper/y.c", "a/notes",
	"lib/z.c", "lib/z.key" };

static void lay_out(void)
{
	CLEANUP(file_closep) int dir = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct err e = { 0 };

	CHECK_OK(file_mkdirs(dir, "a/b/overlay/etc", &e), e);
	CHECK_OK(file_mkdirs(dir, "a/b/overlay/empty", &e), e);
	CHECK_OK(file_mkdirs(dir, "a/src/deeper", &e), e);
	CHECK_OK(file_mkdirs(dir, "lib", &e), e);
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		CHECK_OK(file_write(dir, files[i], str_span(str_of(files[i])), 0640, &e), e);
	CHECK(fchmodat(dir, "a/b/overlay/run.sh", 0700, 0) == 0);
	CHECK(symlinkat("../secret", dir, "a/b/overlay/etc/link") == 0);
}

struct made {
	struct inputs in;
	struct lock_suite suite;
	struct lock_index index;
	struct lock_package package;
	struct component components[2];
	struct str overlays[2];
	struct str globs[2];
	struct tree *t;
};

static void make(struct made *m, struct arena *a)
{
	struct err e = { 0 };

	*m = (struct made){ .suite = { .archive = STR("debian"), .suite = STR("trixie") },
		.index = { .component = STR("main"), .path = STR("main/binary-amd64/Packages.xz") },
		.package = { .name = STR("p"),
			.version = STR("1"),
			.architecture = STR("all"),
			.source = STR("p"),
			.source_version = STR("1"),
			.path = STR("pool/main/p/p_1_all.deb") },
		.globs = { STR("*.c"), STR("deeper/*") },
		.overlays = { STR("overlay"), STR("overlay/etc") },
		.t = tree_new(INPUT_TREE_MEMORY_MAX) };
	m->components[0] = (struct component){
		.name = STR("one"), .from = STR("../src"), .files = { m->globs, 2 }
	};
	m->components[1] = (struct component){
		.name = STR("two"), .from = STR("../../lib"), .files = { m->globs, 1 }
	};
	CHECK_OK(store_put(store, str_span(STR("release")), m->suite.release_sha256, &e), e);
	CHECK_OK(store_put(store, str_span(STR("index")), m->index.sha256, &e), e);
	CHECK_OK(store_put(store, str_span(STR("package")), m->package.sha256, &e), e);
	m->in.source_date_epoch = 1700000000;
	m->in.description = (struct description){ .name = STR("x"),
		.dir = arena_printf(a, "%s/a/b", place),
		.text = STR("a/b/assay.yaml"),
		.components = m->components,
		.n_components = 2,
		.overlays = { m->overlays, 1 } };
	m->in.lock = (struct lock){ .suites = &m->suite,
		.n_suites = 1,
		.indexes = &m->index,
		.n_indexes = 1,
		.packages = &m->package,
		.n_packages = 1 };
}

/* Exactly what is named; folders keep how they lie to each other. */
static void what_is_named(void)
{
	static const char *const there[] = { "a/b/assay.yaml", "a/b/assay.lock",
		"a/b/overlay/etc/one.conf", "a/b/overlay/etc/link", "a/b/overlay/run.sh",
		"a/b/overlay/empty", "a/src/x.c", "a/src/deeper/y.c", "lib/z.c" };
	static const char *const missing[] = { "a/b/secret", "a/src/x.h", "a/notes", "lib/z.key" };
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	const struct node *n;
	struct made m;
	struct err e = { 0 };

	make(&m, a);
	CHECK_OK(input_tree_make(m.t, &m.in, store, NULL, &e), e);
	for (size_t i = 0; i < ARRAY_LEN(there); i++) {
		char path[4096];

		snprintf(path, sizeof path, "source/%s", there[i]);
		test_report(tree_find(m.t, str_of(path)) != NULL, __FILE__, __LINE__, there[i]);
	}
	for (size_t i = 0; i < ARRAY_LEN(missing); i++) {
		char path[4096];

		snprintf(path, sizeof path, "source/%s", missing[i]);
		test_report(!tree_find(m.t, str_of(path)), __FILE__, __LINE__, missing[i]);
	}
	n = tree_find(m.t, STR("description"));
	CHECK(n && n->kind == NODE_LINK && str_is(n->target, "source/a/b"));
	n = tree_find(m.t, STR("source/a/b/overlay/run.sh"));
	CHECK(n && n->mode == 0755);
	n = tree_find(m.t, STR("source/lib/z.c"));
	CHECK(n && n->mode == 0644);
	tree_free(m.t);
}

/* sources.json has what lies in source/, no more and no less, and leads to the description. */
static void list_of_sources(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	CLEANUP(buf_done) struct buf text = { 0 };
	struct source_list l;
	const struct node *nodes;
	size_t n, n_below = 0;
	struct made m;
	struct err e = { 0 };

	make(&m, a);
	CHECK_OK(input_tree_make(m.t, &m.in, store, NULL, &e), e);
	CHECK_OK(entry_text(m.t, STR(SOURCE_LIST), SOURCE_LIST_SIZE_MAX, &text, &e), e);
	CHECK_OK(source_list_parse(&l, buf_span(&text), a, &e), e);
	nodes = tree_nodes(m.t, &n);
	for (size_t i = 0; i < n; i++)
		n_below += str_starts(nodes[i].path, "source/");
	CHECK(l.n_files + l.n_links + l.folders.n == n_below && l.n_links == 1);
	CHECK(str_is(l.description, "a/b"));
	for (size_t i = 0; i < l.n_files; i++)
		CHECK(l.files[i].executable == str_ends(l.files[i].path, "run.sh"));
	tree_free(m.t);
}

/* A link for each name that a mirror has, one object for each digest. */
static void names_of_a_mirror(void)
{
	static const char *const paths[] = { "debian/dists/trixie/InRelease",
		"debian/dists/trixie/main/binary-amd64/Packages.xz", BY_HASH,
		"debian/pool/main/p/p_1_all.deb" };
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	const struct node *nodes;
	size_t n, objects = 0;
	struct made m;
	struct err e = { 0 };

	make(&m, a);
	CHECK_OK(input_tree_make(m.t, &m.in, store, NULL, &e), e);
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		const struct node *link = tree_find(m.t, str_of(paths[i]));
		struct str to;

		test_report(link && link->kind == NODE_LINK, __FILE__, __LINE__, paths[i]);
		if (!link)
			continue;
		to = link->target;
		while (str_starts(to, "../"))
			to = str_make(to.p + 3, to.n - 3);
		CHECK(tree_find(m.t, to) && tree_find(m.t, to)->kind == NODE_FILE);
	}
	nodes = tree_nodes(m.t, &n);
	for (size_t i = 0; i < n; i++)
		objects += nodes[i].kind == NODE_FILE && str_starts(nodes[i].path, "objects/");
	CHECK(objects == 3);
	tree_free(m.t);
}

/* What lies in two overlays, or is a source, too, is there once. */
static void overlaps(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	struct str some[] = { STR("*"), STR("overlay/*") };
	struct made m;
	struct err e = { 0 };

	make(&m, a);
	m.in.description.overlays.n = 2;
	m.components[0].from = STR(".");
	m.components[0].files = (struct str_list){ some, 2 };
	m.components[1].from = STR("..");
	m.globs[0] = STR("src/*.c");
	CHECK_OK(input_tree_make(m.t, &m.in, store, NULL, &e), e);
	CHECK(tree_find(m.t, STR("description")) &&
		str_is(tree_find(m.t, STR("description"))->target, "source/b"));
	CHECK(tree_find(m.t, STR("source/src/x.c")) != NULL);
	CHECK(tree_find(m.t, STR("source/b/secret")) != NULL);
	tree_free(m.t);
}

/* Without what the signatures are about there is no tree, unless somebody counts. A package never may be missing. */
static void missing(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	struct made m;
	struct err e = { 0 };
	size_t n = 9;

	make(&m, a);
	memset(m.index.sha256, 7, SHA256_SIZE);
	CHECK_ERR(input_tree_make(m.t, &m.in, store, NULL, &e), e, ERR_NOTFOUND);
	tree_free(m.t);
	m.t = tree_new(INPUT_TREE_MEMORY_MAX);
	e = (struct err){ 0 };
	CHECK_OK(input_tree_make(m.t, &m.in, store, &n, &e), e);
	CHECK(n == 1);
	CHECK(!tree_find(m.t, STR("debian/dists/trixie/main")));
	CHECK(tree_find(m.t, STR("debian/dists/trixie/InRelease")) != NULL);
	tree_free(m.t);
	m.t = tree_new(INPUT_TREE_MEMORY_MAX);
	memset(m.package.sha256, 7, SHA256_SIZE);
	CHECK_ERR(input_tree_make(m.t, &m.in, store, &n, &e), e, ERR_NOTFOUND);
	tree_free(m.t);
}

/* A path of a lock leads nowhere but below its mirror's folder. */
static void hostile(void)
{
	static const char *const paths[] = { "../../x", "/etc/x", "pool//x", "pool/\nx" };
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);

	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		struct made m;
		struct err e = { 0 };

		make(&m, a);
		m.package.path = str_of(paths[i]);
		CHECK_ERR(input_tree_make(m.t, &m.in, store, NULL, &e), e, ERR_FORMAT);
		tree_free(m.t);
	}
}

int main(void)
{
	char path[sizeof place + 8];
	struct err e = { 0 };

	CHECK(mkdtemp(place) != NULL);
	snprintf(path, sizeof path, "%s/store", place);
	CHECK_OK(store_open(&store, path, &e), e);
	lay_out();
	what_is_named();
	list_of_sources();
	names_of_a_mirror();
	overlaps();
	missing();
	hostile();
	store_free(store);
	CHECK_OK(file_remove_tree(AT_FDCWD, place, &e), e);
	return test_end();
}
