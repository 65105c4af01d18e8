#include "template/template.h"

#include <sys/stat.h>
#include <unistd.h>

#include "lock/description.h"
#include "rootfs/entry.h"
#include "sys/file.h"
#include "template/template_text.h"
#include "tree/list.h"
#include "test.h"
#include "elf_made.h"

static char root[] = "/tmp/assay-test-template-XXXXXX";
static int dir = -1;

/* ---- texts ---- */

static void texts(void)
{
	static const char *const names[] = { "one", "two", NULL };
	static const struct template_word words[] = { { "@A@", { "x", 1 } }, { "@B@", { "", 0 } },
		{ 0 } };
	static const struct {
		const char *text, *one, *two;
	} cases[] = {
		{ "", "", "" },
		{ "plain\n", "plain\n", "plain\n" },
		{ "no end", "no end\n", "no end\n" },
		{ "a@A@b@B@c@A@\n", "axbcx\n", "axbcx\n" },
		{ "@A@@A@", "xx\n", "xx\n" },
		{ "@A @C@ getty@.service\n", "@A @C@ getty@.service\n", "@A @C@ getty@.service\n" },
		{ "one|@A@\ntwo|b\n\n", "x\n\n", "b\n\n" },
		{ "  one|a\nthree|a\nrun: |\n", "  one|a\nthree|a\nrun: |\n",
			"  one|a\nthree|a\nrun: |\n" },
		{ "one|two|a\n", "two|a\n", "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(buf_done) struct buf one = buf_init(1000), two = buf_init(1000);

		template_text_fill(&one, str_of(cases[i].text), "one", names, words);
		template_text_fill(&two, str_of(cases[i].text), "two", names, words);
		CHECK(str_is(buf_str(&one), cases[i].one));
		CHECK(str_is(buf_str(&two), cases[i].two));
	}
}

/* ---- what a folder holds ---- */

static struct template_request service(const char *port)
{
	return (struct template_request){ .kind = TEMPLATE_SERVICE,
		.binary = "app",
		.ports = { port },
		.n_ports = port ? 1 : 0 };
}

static struct buf text_of(const struct tree *t, const char *path)
{
	struct buf b = { 0 };
	struct err e;

	CHECK_OK(entry_text(t, str_of(path), TEMPLATE_PROGRAM_MAX, &b, &e), e);
	return b;
}

static bool has(const struct tree *t, const char *path, const char *text)
{
	CLEANUP(buf_done) struct buf b = text_of(t, path);

	return b.n && memmem(b.p, b.n, text, strlen(text));
}

static void check_components(const struct description *d, const struct tree *t, struct arena *a)
{
	CHECK(d->n_components == 2);
	for (size_t i = 0; i < d->n_components; i++)
		for (size_t k = 0; k < d->components[i].files.n; k++) {
			CLEANUP(tree_list_done) struct tree_list found = { 0 };

			tree_list(t,
				arena_printf(a, "%.*s/%.*s", STR_ARG(d->components[i].from),
					STR_ARG(d->components[i].files.items[k])),
				&found);
			CHECK(found.n > 5);
		}
}

/* No mark and no word of the template's own is left. */
static bool is_filled(struct str text)
{
	for (size_t i = 1; i + 1 < text.n; i++)
		if ((text.p[i] == '@' && text.p[i + 1] >= 'A' && text.p[i + 1] <= 'Z') ||
			(text.p[i] == '|' && text.p[i - 1] != ' '))
			return false;
	return true;
}

static void check_description(const struct template_made *m, const char *name, size_t n_ports)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(16 << 20);
	CLEANUP(buf_done) struct buf text = text_of(m->tree, "assay.yaml");
	struct description d = { 0 };
	struct err e;

	CHECK_OK(description_parse(&d, STR("."), buf_span(&text), a, &e), e);
	CHECK(str_is(d.name, name) && str_is(d.hostname, name) && str_is(m->name, name));
	CHECK(d.ports.n == n_ports && str_is(d.ports.items[0], "8080/tcp"));
	CHECK(d.n_platforms == 1 && d.n_suites == 3);
	check_components(&d, m->tree, a);
	for (size_t i = 0; i < d.overlays.n; i++) {
		const struct node *n = tree_find(m->tree, d.overlays.items[i]);

		CHECK(n && n->kind == NODE_FOLDER);
	}
	CHECK(is_filled(buf_str(&text)));
}

static void every_template(void)
{
	struct template_request r = { 0 };
	uint8_t one[SHA256_SIZE], two[SHA256_SIZE];
	struct err e;

	for (int kind = TEMPLATE_SYSTEMD; kind <= TEMPLATE_SERVICE; kind++) {
		struct template_made m = { 0 }, again = { 0 };

		r = kind == TEMPLATE_SERVICE
			    ? service("8000/tcp")
			    : (struct template_request){ .kind = (enum template_kind)kind };
		CHECK_OK(template_make(&m, &r, &e), e);
		CHECK_OK(template_make(&again, &r, &e), e);
		check_description(&m, kind == TEMPLATE_SERVICE ? "app" : "machine",
			kind == TEMPLATE_SERVICE ? 2 : 1);
		tree_digest(m.tree, one);
		tree_digest(again.tree, two);
		CHECK(!memcmp(one, two, sizeof one));
		CHECK(tree_find(m.tree, STR("guest/init.c")) &&
			tree_find(m.tree, STR("attester/attester/attester_main.c")) &&
			tree_find(m.tree, STR("attester/base/banned.h")));
		CHECK(!tree_find(m.tree, STR("service")) == (kind != TEMPLATE_SERVICE));
		CHECK(!tree_find(m.tree, STR("overlay/etc/inittab")) == (kind != TEMPLATE_MINIMAL));
		tree_free(m.tree);
		tree_free(again.tree);
	}
}

static void minimal(void)
{
	struct template_request r = { .kind = TEMPLATE_MINIMAL, .name = "small" };
	struct template_made m = { 0 };
	struct err e;

	CHECK_OK(template_make(&m, &r, &e), e);
	check_description(&m, "small", 1);
	CHECK(tree_find(m.tree, STR("overlay/etc/assay/start"))->mode == 0755);
	CHECK(tree_find(m.tree, STR("overlay/etc/inittab"))->mode == 0644);
	tree_free(m.tree);
}

/* ---- the user's program ---- */

#define UNIT "overlay/etc/systemd/system/app.service"
#define PLACED "service/usr/local/bin/app"

static void units(void)
{
	static const struct {
		const char *exec, *port, *want;
	} cases[] = {
		{ NULL, NULL, "\nExecStart=/usr/local/bin/app\n" },
		{ "app", "8000/tcp", "\nExecStart=/usr/local/bin/app\n" },
		{ " app  --to   x ", NULL, "\nExecStart=/usr/local/bin/app --to x\n" },
		{ "app 100% $HOME", NULL, "\nExecStart=/usr/local/bin/app 100%% $$HOME\n" },
		{ NULL, "80/tcp", "\nAmbientCapabilities=CAP_NET_BIND_SERVICE\n" },
		{ NULL, "1024/udp", "\nAmbientCapabilities=\n" },
	};
	struct err e;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct template_request r = service(cases[i].port);
		struct template_made m = { 0 };

		r.exec = cases[i].exec;
		CHECK_OK(template_make(&m, &r, &e), e);
		CHECK(has(m.tree, UNIT, cases[i].want));
		CHECK(tree_find(m.tree, STR(PLACED))->mode == 0755 && !m.interpreter.n);
		check_description(&m, "app", cases[i].port ? 2 : 1);
		tree_free(m.tree);
	}
}

static void folders(void)
{
	struct template_request r = {
		.kind = TEMPLATE_SERVICE, .app = "tree", .exec = "bin/run --fast"
	};
	struct template_made m = { 0 };
	struct err e;

	CHECK_OK(template_make(&m, &r, &e), e);
	check_description(&m, "run", 1);
	CHECK(str_is(m.interpreter, "/usr/bin/python3"));
	CHECK(has(m.tree, UNIT, "\nExecStart=/bin/run --fast\n"));
	CHECK(has(m.tree, "service/share/data", "data") && tree_find(m.tree, STR("service/empty")));
	CHECK(tree_find(m.tree, STR("service/share/data"))->mode == 0644);
	CHECK(tree_find(m.tree, STR("service/bin/link"))->kind == NODE_LINK);
	tree_free(m.tree);
	r.exec = "bin/dynamic";
	CHECK_OK(template_make(&m, &r, &e), e);
	CHECK(str_is(m.interpreter, "/lib/ld"));
	tree_free(m.tree);
	r.exec = "bin/link";
	CHECK_OK(template_make(&m, &r, &e), e);
	tree_free(m.tree);
}

static const struct {
	struct template_request r;
	enum err_kind kind;
	const char *text;
} refusals[] = {
	{ { .kind = TEMPLATE_SERVICE }, ERR_USAGE, "needs a program" },
	{ { .kind = TEMPLATE_SERVICE, .binary = "app", .app = "tree", .exec = "x" }, ERR_USAGE,
		"two programs" },
	{ { .kind = TEMPLATE_SERVICE, .binary = "dynamic" }, ERR_MISMATCH,
		"is not static: it asks for '/lib/ld'" },
	{ { .kind = TEMPLATE_SERVICE, .binary = "arm" }, ERR_MISMATCH, "another processor" },
	{ { .kind = TEMPLATE_SERVICE, .binary = "text" }, ERR_FORMAT, "no program for the image" },
	{ { .kind = TEMPLATE_SERVICE, .binary = "a b" }, ERR_USAGE,
		"cannot be the program's name" },
	{ { .kind = TEMPLATE_SERVICE, .binary = "App" }, ERR_USAGE, "'App' is no name" },
	{ { .kind = TEMPLATE_SERVICE, .binary = "none" }, ERR_NOTFOUND, "none" },
	{ { .kind = TEMPLATE_SERVICE, .binary = "tree" }, ERR_USAGE, "is a folder" },
	{ { .kind = TEMPLATE_SERVICE, .binary = "app", .exec = "other" }, ERR_USAGE, "'other'" },
	{ { .kind = TEMPLATE_SERVICE, .binary = "app", .exec = "app 'x'" }, ERR_USAGE, "a quote" },
	{ { .kind = TEMPLATE_SERVICE, .binary = "app", .exec = "app ; y" }, ERR_USAGE, "';'" },
	{ { .kind = TEMPLATE_SERVICE, .binary = "app", .exec = "app x\ny" }, ERR_USAGE, "--exec" },
	{ { .kind = TEMPLATE_SERVICE, .binary = "app", .name = "A" }, ERR_USAGE, "'A' is no name" },
	{ { .kind = TEMPLATE_SERVICE, .app = "tree" }, ERR_USAGE, "--app needs --exec" },
	{ { .kind = TEMPLATE_SERVICE, .app = "tree", .exec = "bin/none" }, ERR_NOTFOUND,
		"bin/none" },
	{ { .kind = TEMPLATE_SERVICE, .app = "tree", .exec = "/bin/run" }, ERR_USAGE, "no path" },
	{ { .kind = TEMPLATE_SERVICE, .app = "tree", .exec = "bin/../run" }, ERR_USAGE, "no path" },
	{ { .kind = TEMPLATE_SERVICE, .app = "tree", .exec = "share/data" }, ERR_USAGE,
		"not executable" },
	{ { .kind = TEMPLATE_SERVICE, .app = "tree", .exec = "bin/rubbish" }, ERR_FORMAT,
		"no program for the image" },
	{ { .kind = TEMPLATE_SERVICE, .app = "missing", .exec = "x" }, ERR_IO, "missing" },
	{ { .kind = TEMPLATE_MINIMAL, .binary = "app" }, ERR_USAGE, "'minimal' takes no program" },
	{ { .exec = "x" }, ERR_USAGE, "'systemd' takes no program" },
	{ { .ports = { "8000/tcp" }, .n_ports = 1 }, ERR_USAGE, "'systemd' takes no program" },
};

static void refused(void)
{
	static const char *const ports[] = { "8000", "8000/sctp", "0/tcp", "65536/tcp", "a/tcp",
		"08/tcp", "8080/tcp", "1/tcp\n", "" };
	struct template_made m;
	struct err e;

	for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
		e = (struct err){ 0 };
		CHECK_ERR(template_make(&m, &refusals[i].r, &e), e, refusals[i].kind);
		if (!strstr(e.text, refusals[i].text))
			fprintf(stderr, "got '%s'\n", e.text);
		CHECK(strstr(e.text, refusals[i].text));
	}
	for (size_t i = 0; i < ARRAY_LEN(ports); i++) {
		struct template_request r = service(ports[i]);

		CHECK_ERR(template_make(&m, &r, &e), e, ERR_USAGE);
		CHECK(e.hint[0]);
	}
	{
		struct template_request r = service("8000/tcp");

		r.ports[r.n_ports++] = "8000/tcp";
		CHECK_ERR(template_make(&m, &r, &e), e, ERR_USAGE);
	}
}

/* ---- files ---- */

static void put(const char *path, struct span bytes, mode_t mode)
{
	struct err e;

	CHECK_OK(file_write(dir, path, bytes, mode, &e), e);
}

static void make_files(void)
{
	CLEANUP(buf_done)
	struct buf fixed = buf_init(ELF_MADE_MAX), dynamic = buf_init(ELF_MADE_MAX);
	struct err e;

	elf_made_header(&fixed, 2, 1, 0, 0);
	elf_made_program(&fixed, 1, 0, ELF_MADE_HEADER + ELF_MADE_PROGRAM);
	elf_made_header(&dynamic, 3, 1, 0, 0);
	elf_made_program(&dynamic, 3, ELF_MADE_HEADER + ELF_MADE_PROGRAM, 8);
	buf_add(&dynamic, "/lib/ld", 8);
	CHECK_OK(file_mkdirs(dir, "tree/bin", &e), e);
	CHECK_OK(file_mkdirs(dir, "tree/share", &e), e);
	CHECK_OK(file_mkdirs(dir, "tree/empty", &e), e);
	put("app", buf_span(&fixed), 0644);
	put("App", buf_span(&fixed), 0755);
	put("a b", buf_span(&fixed), 0755);
	put("dynamic", buf_span(&dynamic), 0755);
	put("text", str_span(STR("text")), 0755);
	put("tree/bin/run", str_span(STR("#! /usr/bin/python3 -I\n")), 0700);
	put("tree/bin/dynamic", buf_span(&dynamic), 0755);
	put("tree/bin/rubbish", str_span(STR("rubbish")), 0755);
	put("tree/share/data", str_span(STR("data")), 0600);
	CHECK(symlinkat("run", dir, "tree/bin/link") == 0);
	fixed.p[18] = 183;
	put("arm", buf_span(&fixed), 0755);
}

int main(void)
{
	struct err e;

	if (!mkdtemp(root))
		return 1;
	dir = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0 || fchdir(dir) < 0)
		return 1;
	make_files();
	texts();
	every_template();
	minimal();
	units();
	folders();
	refused();
	CHECK_OK(file_remove_tree(AT_FDCWD, root, &e), e);
	return test_end();
}
