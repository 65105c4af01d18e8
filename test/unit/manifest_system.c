#include "build/manifest_system.h"

#include "rootfs/entry.h"
#include "test.h"

enum { MEMORY = 16 << 20, TEXT = 1 << 20 };

#define ORIGIN "generated:test"

static struct err e;

static void file(struct tree *t, const char *path, const char *text)
{
	CHECK_OK(entry_parents(t, str_of(path), ORIGIN, &e), e);
	CHECK_OK(entry_file(t, str_of(path), str_span(str_of(text)), 0644, ORIGIN, &e), e);
}

static void link_at(struct tree *t, const char *path, const char *target)
{
	CHECK_OK(entry_parents(t, str_of(path), ORIGIN, &e), e);
	CHECK_OK(entry_link(t, str_of(path), str_of(target), ORIGIN, &e), e);
}

static struct tree *start(void)
{
	struct tree *t = tree_new(MEMORY);

	CHECK_OK(entry_folder(t, str_make("", 0), ORIGIN, &e), e);
	return t;
}

/* What is said of a tree, parsed. */
static bool said(struct json *ret, struct tree *t, const struct description *d, struct arena *a)
{
	CLEANUP(buf_done) struct buf b = buf_init(TEXT);
	struct json_out w = json_out_to(&b);

	CHECK_OK(tree_finish(t, 1, &e), e);
	json_object(&w);
	if (!manifest_system_emit(&w, d, t, &e))
		return false;
	json_end_object(&w);
	CHECK_OK(json_parse(ret, buf_span(&b), a, &e), e);
	return true;
}

static bool text_is(const struct json *o, const char *key, const char *want)
{
	const struct json *v = json_get(o, key);

	return v && v->kind == JSON_STRING && str_is(v->text, want);
}

static void passwords(void)
{
	static const struct {
		const char *name, *state;
	} want[] = { { "root", "locked" }, { "open", "none" }, { "pass", "set" },
		{ "star", "locked" }, { "old", "set" }, { "lost", "locked" } };
	struct arena *a = arena_new(MEMORY);
	struct tree *t = start();
	struct description d = { 0 };
	const struct json *users;
	struct json v;

	file(t, "etc/passwd",
		"root:x:0:0:root:/root:/bin/bash\nopen:x:1000:1000::/home/open:/bin/sh\n"
		"pass:x:1001:1001::/:/bin/sh\nstar:x:3:3::/:\nold:$6$a$b:4:4::/:/bin/sh\n"
		"lost:x:5:5::/:/bin/sh\n");
	file(t, "etc/shadow", "root:!*:1::::::\nopen::1::::::\npass:$6$a$b:1:::::\nstar:*:1\n");
	CHECK(said(&v, t, &d, a));
	users = json_get(&v, "users");
	CHECK(users && users->n == ARRAY_LEN(want));
	for (size_t i = 0; users && i < users->n; i++) {
		CHECK(text_is(&users->items[i], "name", want[i].name));
		CHECK(text_is(&users->items[i], "password", want[i].state));
	}
	CHECK(text_is(&users->items[0], "shell", "/bin/bash"));
	CHECK(text_is(&users->items[1], "home", "/home/open"));
	arena_free(a);
	tree_free(t);
}

static void no_account(void)
{
	static const char *const bad[] = { "root:x:0:0:root:/root\n", "root:x:a:0:r:/:/bin/sh\n",
		"root:x:0:0:r:/:/bin/sh:more\n" };
	struct description d = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct arena *a = arena_new(MEMORY);
		struct tree *t = start();
		struct json v;

		file(t, "etc/passwd", bad[i]);
		CHECK(!said(&v, t, &d, a) && e.kind == ERR_FORMAT && e.hint[0]);
		arena_free(a);
		tree_free(t);
	}
}

static void units(void)
{
	static const struct str ports[] = { { "80/tcp", 6 } };
	struct description d = { .ports = { ports, 1 } };
	struct arena *a = arena_new(MEMORY);
	struct tree *t = start();
	const struct json *u, *list;
	struct json v;

	link_at(t, "etc/systemd/system/default.target",
		"/usr/lib/systemd/system/multi-user.target");
	link_at(t, "usr/lib/systemd/system/default.target", "graphical.target");
	link_at(t, "etc/systemd/system/multi-user.target.wants/a.service", "/usr/lib/a.service");
	link_at(t, "etc/systemd/system/b.target.requires/b@x.service", "/usr/lib/b@.service");
	link_at(t, "etc/systemd/system/alias.service", "/usr/lib/systemd/system/a.service");
	link_at(t, "etc/systemd/system/m.service", "/dev/null");
	file(t, "usr/lib/systemd/system/empty.service", "");
	link_at(t, "usr/lib/systemd/system/sockets.target.wants/d.socket", "../d.socket");
	file(t, "usr/lib/systemd/system/d.socket", "[Socket]\n");
	CHECK(said(&v, t, &d, a));
	u = json_get(&v, "units");
	CHECK(text_is(u, "default", "multi-user.target"));
	list = json_get(u, "enabled");
	CHECK(list && list->n == 2 && text_is(&list->items[1], "by", "multi-user.target") &&
		text_is(&list->items[0], "unit", "b@x.service") &&
		text_is(&list->items[0], "by", "b.target"));
	list = json_get(u, "pulled-in");
	CHECK(list && list->n == 1 && text_is(&list->items[0], "unit", "d.socket"));
	list = json_get(u, "masked");
	CHECK(list && list->n == 2 && str_is(list->items[0].text, "m.service") &&
		str_is(list->items[1].text, "empty.service"));
	list = json_get(&v, "ports");
	CHECK(list && list->n == 1 && str_is(list->items[0].text, "80/tcp"));
	CHECK(json_get(&v, "users")->n == 0);
	arena_free(a);
	tree_free(t);
}

int main(void)
{
	passwords();
	no_account();
	units();
	return test_end();
}
