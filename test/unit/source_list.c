#include "build/source_list.h"

#include "sys/file.h"
#include "test.h"

enum { MEMORY = 16 << 20 };

#define D0 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" /* of nothing */
#define FILE_OF(path) \
	"{\"path\": \"" path "\", \"executable\": false, \"size\": 0, \"sha256\": \"" D0 "\"}"
#define LIST(description, files, links, folders)                            \
	"{\"format\": \"assay.sources/1\", \"description\": \"" description \
	"\", \"files\": [" files "], \"links\": [" links "], \"folders\": [" folders "]}"

static struct store *store;

static bool parse(struct source_list *l, const char *text, struct arena *a, struct err *e)
{
	*e = (struct err){ 0 };
	return source_list_parse(l, str_span(str_of(text)), a, e);
}

/* Written, read, laid out, and written again: the same. */
static void there_and_back(void)
{
	static const char text[] = LIST("a", FILE_OF("a/assay.yaml") "," FILE_OF("b/x.c"),
		"{\"path\": \"a/l\", \"target\": \"/etc/passwd\"}", "\"a\", \"b\", \"b/empty\"");
	CLEANUP(arena_freep) struct arena *a = arena_new(MEMORY);
	CLEANUP(buf_done) struct buf out = buf_init(4096), again = buf_init(4096);
	CLEANUP(tree_freep) struct tree *t = tree_new(MEMORY), *sources = tree_new(MEMORY);
	struct source_list l, m;
	size_t n;
	struct err e;

	CHECK_OK(parse(&l, text, a, &e), e);
	CHECK_OK(source_list_tree(t, &l, store, &e), e);
	CHECK(tree_find(t, STR("source/b/x.c")) && tree_find(t, STR("source/a/l")));
	for (size_t i = (tree_nodes(t, &n), 0); i < n; i++) {
		struct node node = tree_nodes(t, &n)[i];

		if (!str_starts(node.path, "source"))
			continue;
		node.path = node.path.n > 7 ? str_make(node.path.p + 7, node.path.n - 7) : STR("");
		CHECK_OK(tree_add(sources, &node, &e), e);
	}
	CHECK_OK(tree_finish(sources, 0, &e), e);
	source_list_emit(sources, STR("a"), &out);
	CHECK_OK(source_list_parse(&m, buf_span(&out), a, &e), e);
	CHECK(m.n_files == 2 && m.n_links == 1 && m.folders.n == 3 && str_is(m.description, "a"));
	source_list_emit(sources, m.description, &again);
	CHECK(span_equal(buf_span(&out), buf_span(&again)));
}

/* Refused when it is read. */
static void bad_form(void)
{
	static const char *const texts[] = {
		LIST("../x", "", "", ""),
		LIST("/x", "", "", ""),
		LIST("", FILE_OF("../x"), "", ""),
		LIST("", FILE_OF("/x"), "", ""),
		LIST("", FILE_OF("x/../../y"), "", ""),
		LIST("", FILE_OF("x//y"), "", ""),
		LIST("", FILE_OF(""), "", ""),
		LIST("", FILE_OF("x\\ny"), "", ""),
		LIST("", "", "{\"path\": \"../x\", \"target\": \"y\"}", ""),
		LIST("", "", "{\"path\": \"x\"}", ""),
		LIST("", "", "", "\"../x\""),
		LIST("", "", "", "\"\""),
		LIST("", "", "", "7"),
		LIST("", "7", "", ""),
		"{\"format\": \"assay.sources/2\"}",
	};
	struct source_list l;
	struct err e;

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		CLEANUP(arena_freep) struct arena *a = arena_new(MEMORY);

		test_report(!parse(&l, texts[i], a, &e) && e.kind == ERR_FORMAT, __FILE__, __LINE__,
			texts[i]);
	}
}

/* Refused when it is laid out. */
static void bad_tree(void)
{
	static const struct {
		enum err_kind kind;
		const char *text;
	} lists[] = {
		{ ERR_MISMATCH, LIST("", FILE_OF("x") "," FILE_OF("x"), "", "") },
		{ ERR_MISMATCH,
			LIST("", FILE_OF("x"), "{\"path\": \"x\", \"target\": \"y\"}", "") },
		{ ERR_FORMAT, LIST("", FILE_OF("x/y"), "", "") },
		{ ERR_FORMAT, LIST("", FILE_OF("x") "," FILE_OF("x/y"), "", "") },
		{ ERR_FORMAT,
			LIST("", FILE_OF("x/y"), "{\"path\": \"x\", \"target\": \"/tmp\"}", "") },
		{ ERR_FORMAT, LIST("", "", "{\"path\": \"x\", \"target\": \"\"}", "") },
	};

	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		CLEANUP(arena_freep) struct arena *a = arena_new(MEMORY);
		CLEANUP(tree_freep) struct tree *t = tree_new(MEMORY);
		struct source_list l;
		struct err e;

		CHECK_OK(parse(&l, lists[i].text, a, &e), e);
		test_report(!source_list_tree(t, &l, store, &e) && e.kind == lists[i].kind,
			__FILE__, __LINE__, lists[i].text);
	}
}

/* No beginning of a list is one, no flipped bit does harm. */
static void damaged(void)
{
	static const char text[] = LIST(
		"a", FILE_OF("a/x"), "{\"path\": \"l\", \"target\": \"y\"}", "\"a\"");
	char copy[sizeof text];
	struct source_list l;
	struct err e;

	for (size_t n = 0; n < sizeof text - 1; n++) {
		CLEANUP(arena_freep) struct arena *a = arena_new(MEMORY);

		CHECK_ERR(source_list_parse(&l, span_make(text, n), a, &e), e, ERR_FORMAT);
	}
	for (size_t i = 0; i < 8 * (sizeof text - 1); i++) {
		CLEANUP(arena_freep) struct arena *a = arena_new(MEMORY);

		memcpy(copy, text, sizeof text);
		copy[i / 8] ^= (char)(1 << i % 8);
		if (!source_list_parse(&l, span_make(copy, sizeof text - 1), a, &e))
			CHECK(e.kind == ERR_FORMAT || e.kind == ERR_LIMIT);
	}
}

static void too_much(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(SOURCE_LIST_MEMORY_MAX);
	CLEANUP(buf_done) struct buf b = buf_init(SOURCE_LIST_SIZE_MAX);
	struct source_list l;
	struct err e;

	buf_add_cstr(&b, "{\"format\": \"assay.sources/1\", \"description\": \"\", \"files\": [");
	for (int i = 0; i < 5; i++)
		buf_printf(&b,
			"%s{\"path\": \"%d\", \"executable\": true, \"size\": 536870912, \"sha256\": \"" D0
			"\"}",
			i ? "," : "", i);
	buf_add_cstr(&b, "], \"links\": [], \"folders\": []}");
	CHECK_ERR(source_list_parse(&l, buf_span(&b), a, &e), e, ERR_LIMIT);
	b.n = 0;
	buf_add_cstr(&b,
		"{\"format\": \"assay.sources/1\", \"description\": \"\", \"files\": [], \"links\": [], \"folders\": [\"x\"");
	for (int i = 0; i < SOURCE_LIST_ENTRIES_MAX; i++)
		buf_add_cstr(&b, ",\"x\"");
	buf_add_cstr(&b, "]}");
	CHECK_ERR(source_list_parse(&l, buf_span(&b), a, &e), e, ERR_LIMIT);
}

/* What a description may name: folders that were sent. */
static void folders_of_a_description(void)
{
	static const struct {
		bool ok;
		const char *from;
	} cases[] = { { true, "." }, { true, "overlay" }, { true, "../lib" }, { true, "../lib/." },
		{ true, "overlay/../../lib" }, { false, "/etc" }, { false, "../../etc" },
		{ false, ".."
			 "/.." },
		{ false, "missing" }, { false, "way" }, { false, "way/etc" },
		{ false, "assay.yaml" }, { false, "missing/../overlay" } };
	CLEANUP(arena_freep) struct arena *a = arena_new(MEMORY);
	CLEANUP(tree_freep) struct tree *t = tree_new(MEMORY);
	struct source_list l;
	struct err e;

	CHECK_OK(parse(&l,
			 LIST("a", FILE_OF("a/assay.yaml"),
				 "{\"path\": \"a/way\", \"target\": \"/\"}",
				 "\"a\", \"a/overlay\", \"lib\""),
			 a, &e),
		e);
	CHECK_OK(source_list_tree(t, &l, store, &e), e);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct component c = { .from = str_of(cases[i].from) };
		struct description d = { .components = &c, .n_components = 1 };
		struct description o = { .overlays = { &c.from, 1 } };

		test_report(source_list_holds(&l, t, &d, &e) == cases[i].ok, __FILE__, __LINE__,
			cases[i].from);
		test_report(source_list_holds(&l, t, &o, &e) == cases[i].ok, __FILE__, __LINE__,
			cases[i].from);
	}
}

int main(void)
{
	char place[] = "/tmp/assay-source-list-XXXXXX";
	uint8_t sha256[SHA256_SIZE];
	struct err e = { 0 };

	CHECK(mkdtemp(place) != NULL);
	CHECK_OK(store_open(&store, place, &e), e);
	CHECK_OK(store_put(store, span_make("", 0), sha256, &e), e);
	there_and_back();
	bad_form();
	bad_tree();
	damaged();
	too_much();
	folders_of_a_description();
	store_free(store);
	CHECK_OK(file_remove_tree(AT_FDCWD, place, &e), e);
	return test_end();
}
