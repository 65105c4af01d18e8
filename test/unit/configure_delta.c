#include "build/configure_delta.h"

#include <sys/stat.h>
#include <unistd.h>

#include "box/box_listing.h"
#include "build/configure_leftover.h"
#include "build/configure_read.h"
#include "rootfs/entry.h"
#include "sys/file.h"
#include "test.h"

enum { MEMORY = 16 << 20, DAY = 19675 };

static char folder[64];
static struct store *store;

static bool put(struct tree *t, const char *path, const char *text, struct err *e)
{
	return entry_file(t, str_of(path), str_span(str_of(text)), 0644, "package:a", e);
}

/* What the packages hold. */
static struct tree *before(void)
{
	struct tree *t = tree_new(MEMORY);
	struct err e = { 0 };

	CHECK_OK(entry_folder(t, STR(""), "package:a", &e) && put(t, "dev/null", "", &e) &&
			 put(t, "etc/changed", "before", &e) && put(t, "etc/gone", "gone", &e) &&
			 put(t, "etc/kept", "kept", &e) && put(t, "etc/mode", "mode", &e) &&
			 put(t, "usr/folder/below", "below", &e) &&
			 put(t, "var/log/shipped", "shipped", &e) && tree_finish(t, 1700000000, &e),
		e);
	return t;
}

/* What the box left: one line an entry, with its bytes. */
static const struct {
	const char *path;
	enum node_kind kind;
	uint32_t mode, uid;
	const char *text; /* content or target */
} after[] = {
	{ "", NODE_FOLDER, 0755, 0, "" },
	{ "etc", NODE_FOLDER, 0755, 0, "" },
	{ "etc/changed", NODE_FILE, 0644, 0, "after" },
	{ "etc/kept", NODE_FILE, 0644, 0, "kept" },
	{ "etc/mode", NODE_FILE, 04711, 9, "mode" },
	{ "etc/new", NODE_FOLDER, 0700, 0, "" },
	{ "etc/new/link", NODE_LINK, 0700, 0, "../x" },
	{ "etc/shadow", NODE_FILE, 0640, 0, "root:*:20780:0:99999:7:::\nodd\nb:!::0:::::\n" },
	{ "etc/shadow-", NODE_FILE, 0600, 0, "old" },
	{ "run", NODE_FOLDER, 0755, 0, "" },
	{ "run/x", NODE_FOLDER, 0755, 0, "" },
	{ "run/x/y", NODE_FIFO, 0644, 0, "" },
	{ "usr", NODE_FOLDER, 0755, 0, "" },
	{ "usr/folder", NODE_LINK, 0777, 0, "elsewhere" },
	{ "var", NODE_FOLDER, 0755, 0, "" },
	{ "var/log", NODE_FOLDER, 0755, 0, "" },
	{ "var/log/dpkg.log", NODE_FILE, 0644, 0, "now" },
	{ "var/log/private", NODE_FOLDER, 0700, 0, "" },
	{ "var/log/shipped", NODE_FILE, 0644, 0, "shipped" },
};

static void leave(int out)
{
	CLEANUP(buf_done) struct buf list = buf_init(MEMORY);
	CLEANUP(buf_done) struct buf data = buf_init(MEMORY);
	struct err e = { 0 };

	box_listing_begin(&list);
	for (size_t i = 0; i < ARRAY_LEN(after); i++) {
		struct node n = { .path = str_of(after[i].path),
			.kind = after[i].kind,
			.mode = after[i].mode,
			.uid = after[i].uid };

		if (n.kind == NODE_LINK)
			n.target = str_of(after[i].text);
		if (n.kind == NODE_FILE) {
			n.content.size = strlen(after[i].text);
			buf_add_cstr(&data, after[i].text);
		}
		box_listing_add(&list, &n);
	}
	box_listing_end(&list);
	CHECK_OK(file_replace(out, BOX_LISTING_LIST, buf_span(&list), 0600, &e), e);
	CHECK_OK(file_replace(out, BOX_LISTING_DATA, buf_span(&data), 0600, &e), e);
}

static const struct {
	const char *path;
	enum configure_change change;
	unsigned what;
} wanted[] = {
	{ "etc/changed", CONFIGURE_CHANGED, CONFIGURE_CONTENT },
	{ "etc/gone", CONFIGURE_REMOVED, 0 },
	{ "etc/mode", CONFIGURE_CHANGED, CONFIGURE_MODE | CONFIGURE_OWNER },
	{ "etc/new", CONFIGURE_ADDED, 0 },
	{ "etc/new/link", CONFIGURE_ADDED, 0 },
	{ "etc/shadow", CONFIGURE_ADDED, 0 },
	{ "run", CONFIGURE_ADDED, 0 },
	{ "usr/folder", CONFIGURE_CHANGED, CONFIGURE_KIND },
	{ "usr/folder/below", CONFIGURE_REMOVED, 0 },
	{ "var/log/private", CONFIGURE_ADDED, 0 },
};

static void check_delta(const struct configure_delta *d)
{
	CHECK(d->n == ARRAY_LEN(wanted));
	for (size_t i = 0; i < d->n && i < ARRAY_LEN(wanted); i++) {
		const struct configure_entry *c = &d->entries[i];

		test_report(str_is(c->node.path, wanted[i].path) && c->change == wanted[i].change &&
				    c->what == wanted[i].what,
			__FILE__, __LINE__, wanted[i].path);
	}
}

static void check_text(const struct tree *t, const char *path, const char *origin, const char *text)
{
	CLEANUP(buf_done) struct buf b = { 0 };
	struct err e = { 0 };
	const struct node *n = tree_find(t, str_of(path));

	CHECK(n && str_is(n->origin, origin));
	CHECK(entry_text(t, str_of(path), MEMORY, &b, &e) && str_is(buf_str(&b), text));
}

static void check_applied(const struct tree *was, const struct configure_delta *d)
{
	CLEANUP(tree_freep) struct tree *t = tree_new(MEMORY);
	const struct node *n;
	struct err e = { 0 };

	CHECK_OK(configure_delta_apply(t, was, d, &e), e);
	CHECK_OK(tree_finish(t, 1700000000, &e), e);
	check_text(t, "etc/changed", "scripts", "after");
	check_text(t, "etc/kept", "package:a", "kept");
	check_text(t, "etc/shadow", "scripts", "root:*:19675:0:99999:7:::\nodd\nb:!::0:::::\n");
	check_text(t, "dev/null", "package:a", "");
	CHECK(!tree_find(t, STR("etc/gone")) && !tree_find(t, STR("usr/folder/below")));
	n = tree_find(t, STR("etc/mode"));
	CHECK(n && n->mode == 04711 && n->uid == 9);
	n = tree_find(t, STR("usr/folder"));
	CHECK(n && n->kind == NODE_LINK && str_is(n->target, "elsewhere"));
}

static void records(const struct tree *was, const struct configure_delta *d, struct arena *a)
{
	CLEANUP(buf_done) struct buf text = buf_init(MEMORY);
	CLEANUP(buf_done) struct buf again = buf_init(MEMORY);
	struct configure_delta back = { 0 };
	struct err e = { 0 };
	uint64_t size = 0;

	for (size_t i = 0; i < d->n; i++)
		size += d->entries[i].node.content.size;
	CHECK_OK(configure_record_emit(&text, d, &e), e);
	CHECK_OK(configure_record_parse(&back, buf_span(&text), store, a, &e), e);
	check_delta(&back);
	check_applied(was, &back);
	CHECK_OK(configure_record_emit(&again, &back, &e), e);
	CHECK(span_equal(buf_span(&text), buf_span(&again)));
	/* Every byte of it changed: refused, or another list, but nothing beyond the contents is read. */
	for (size_t i = 0; i < text.n; i++) {
		struct arena *own = arena_new(MEMORY);

		text.p[i] ^= 1;
		e = (struct err){ 0 };
		if (configure_record_parse(&back, buf_span(&text), store, own, &e))
			for (size_t k = 0; k < back.n; k++)
				CHECK(back.entries[k].node.content.at +
						back.entries[k].node.content.size <=
					size);
		text.p[i] ^= 1;
		arena_free(own);
	}
}

static void changes(void)
{
	CLEANUP(tree_freep) struct tree *was = before();
	struct arena *a = arena_new(MEMORY);
	struct configure_delta d = { 0 };
	struct err e = { 0 };
	int out = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	leave(out);
	CHECK_OK(configure_read(&d, store, was, out, DAY, a, &e), e);
	check_delta(&d);
	check_applied(was, &d);
	records(was, &d, a);
	close(out);
	arena_free(a);
}

static void leftovers(void)
{
	static const struct {
		const char *path;
		enum node_kind kind;
		bool dropped;
	} cases[] = {
		{ "etc/passwd-", NODE_FILE, true },
		{ "etc/passwd", NODE_FILE, false },
		{ "etc/ssh/ssh_host_rsa_key.pub", NODE_FILE, true },
		{ "etc/ssh/sshd_config", NODE_FILE, false },
		{ "etc/sub/file-", NODE_FILE, false },
		{ "run", NODE_FOLDER, false },
		{ "run/a", NODE_FOLDER, true },
		{ "var/log/a/b", NODE_FILE, true },
		{ "var/log/a", NODE_FOLDER, false },
		{ "var/lib/dpkg/status-old", NODE_FILE, true },
		{ "var/lib/dpkg/status", NODE_FILE, false },
		{ "usr/bin/x.dpkg-new", NODE_FILE, true },
		{ "var/cache/ldconfig/aux-cache", NODE_FILE, true },
	};
	static const struct {
		const char *text;
		bool key;
	} keys[] = {
		{ "-----BEGIN PRIVATE KEY-----\n", true },
		{ "text\n-----BEGIN OPENSSH PRIVATE KEY-----\r\nabc", true },
		{ "-----BEGIN CERTIFICATE-----\n", false },
		{ "echo -----BEGIN PRIVATE KEY-----\n", false },
		{ "", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		test_report(configure_leftover_drops(str_of(cases[i].path), cases[i].kind) ==
				    cases[i].dropped,
			__FILE__, __LINE__, cases[i].path);
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		test_report(
			configure_leftover_is_key(str_span(str_of(keys[i].text))) == keys[i].key,
			__FILE__, __LINE__, keys[i].text);
}

int main(void)
{
	struct err e = { 0 };

	strcpy(folder, "/tmp/assay-configure-XXXXXX");
	CHECK(mkdtemp(folder) != NULL);
	CHECK_OK(store_open(&store, folder, &e), e);
	leftovers();
	changes();
	store_free(store);
	CHECK_OK(file_remove_tree(AT_FDCWD, folder, &e), e);
	return test_end();
}
