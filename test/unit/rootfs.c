#include "rootfs/units.h"
#include "rootfs/users.h"

#include "rootfs/elf.h"
#include "rootfs/entry.h"
#include "rootfs/kmod_index.h"
#include "rootfs/mode_rules.h"
#include "rootfs/sysusers.h"
#include "base/rd.h"
#include "test.h"
#include "elf_made.h"

static bool put(struct tree *t, const char *path, const char *text)
{
	struct err e = { 0 };
	bool ok = entry_file(t, str_of(path), str_span(str_of(text)), 0644, "package:test", &e);

	if (!ok)
		fprintf(stderr, "%s\n", e.text);
	return ok;
}

static struct tree *small_tree(void)
{
	struct tree *t = tree_new(16 << 20);
	struct err e = { 0 };

	CHECK_OK(entry_folder(t, str_make("", 0), "package:test", &e), e);
	CHECK(put(t, "usr/share/base-passwd/passwd.master",
		"root:*:0:0:root:/root:/bin/bash\ndaemon:*:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n"));
	CHECK(put(
		t, "usr/share/base-passwd/group.master", "root:*:0:\ndaemon:*:1:\nshadow:*:42:\n"));
	return t;
}

static bool text_is(const struct tree *t, const char *path, const char *want)
{
	CLEANUP(buf_done) struct buf b = { 0 };
	struct err e = { 0 };
	bool ok = entry_text(t, str_of(path), 1 << 20, &b, &e) && str_is(buf_str(&b), want);

	if (!ok)
		fprintf(stderr, "%s is:\n%.*s", path, STR_ARG(buf_str(&b)));
	return ok;
}

static void users_are_pinned(void)
{
	static const struct user_request users[] = {
		{ .name = { "bus", 3 }, .uid = 101, .gid = 101 }
	};
	static const struct group_request groups[] = { { { "journal", 7 }, 999 } };
	struct description d = { .users = users, .n_users = 1, .groups = groups, .n_groups = 1 };
	CLEANUP(tree_freep) struct tree *t = small_tree();
	struct err e = { 0 };
	uint32_t id = 0;

	CHECK(put(t, "usr/lib/sysusers.d/a.conf",
		"# comment\ng journal - -\nu bus - \"Message Bus\"\nu! fixed 65534 - /home -\nm bus journal\n"));
	CHECK_OK(users_generate(t, &d, 20000, &e), e);
	CHECK(text_is(t, "etc/passwd",
		"root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n"
		"bus:x:101:101::/nonexistent:/usr/sbin/nologin\n"
		"fixed:x:65534:65534::/home:/usr/sbin/nologin\n"));
	CHECK(text_is(t, "etc/group",
		"root:x:0:\ndaemon:x:1:\nshadow:x:42:\nbus:x:101:\njournal:x:999:bus\nfixed:x:65534:\n"));
	CHECK(tree_find(t, STR("etc/shadow"))->gid == 42 &&
		tree_find(t, STR("etc/shadow"))->mode == 0640);
	CHECK(users_uid(t, STR("bus"), &id) && id == 101);
	CHECK(users_gid(t, STR("journal"), &id) && id == 999);
	CHECK(!users_uid(t, STR("nobody"), &id));
}

static void open_ids_are_refused(void)
{
	static const char *const lines[] = { "u other - -\n", "g other -\n", "u other 5:missing\n",
		"m root other\n" };
	static const char *const malformed[] = { "x what\n", "u\n", "u Bad/Name 7\n" };

	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		CLEANUP(tree_freep) struct tree *t = small_tree();
		struct description d = { 0 };
		struct err e = { 0 };

		CHECK(put(t, "usr/lib/sysusers.d/a.conf", lines[i]));
		CHECK_ERR(users_generate(t, &d, 1, &e), e, ERR_NOTFOUND);
		CHECK(!tree_find(t, STR("etc/passwd")));
	}
	for (size_t i = 0; i < ARRAY_LEN(malformed); i++) {
		CLEANUP(arena_freep) struct arena *a = arena_new(1 << 16);
		CLEANUP(accounts_done) struct accounts accounts = { .arena = a };
		struct err e = { 0 };

		CHECK_ERR(sysusers_read(&accounts, str_of(malformed[i]), &e), e, ERR_FORMAT);
	}
}

static void shared_ids_are_refused(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 16);
	CLEANUP(accounts_done) struct accounts accounts = { .arena = a };
	struct err e = { 0 };

	CHECK_OK(accounts_add_group(&accounts, STR("a"), 7, "test", &e), e);
	CHECK_OK(accounts_add_group(&accounts, STR("a"), 7, "test", &e), e);
	CHECK_ERR(accounts_add_group(&accounts, STR("a"), 8, "test", &e), e, ERR_MISMATCH);
	CHECK_ERR(accounts_add_group(&accounts, STR("b"), 7, "test", &e), e, ERR_MISMATCH);
}

static const char *link_target(const struct tree *t, const char *path)
{
	const struct node *n = tree_find(t, str_of(path));

	return n && n->kind == NODE_LINK ? n->target.p : "";
}

static void units_are_linked(void)
{
	static const struct str enable[] = { { "a.service", 9 }, { "getty@tty1.service", 18 } };
	static const struct str mask[] = { { "b.service", 9 } };
	struct description d = { .units_enable = { enable, 2 }, .units_mask = { mask, 1 } };
	CLEANUP(tree_freep) struct tree *t = small_tree();
	struct err e = { 0 };

	CHECK(put(t, "usr/lib/systemd/system/a.service",
		"[Unit]\nWantedBy=no.target\n[Install]\nWantedBy=multi-user.target x.target\nAlias=c.service\n"));
	CHECK(put(t, "etc/systemd/system/getty@.service", "[Install]\nWantedBy=getty-%i.target\n"));
	CHECK_OK(units_install(t, &d, &e), e);
	CHECK(!strcmp(link_target(t, "etc/systemd/system/multi-user.target.wants/a.service"),
		"/usr/lib/systemd/system/a.service"));
	CHECK(!strcmp(link_target(t, "etc/systemd/system/x.target.wants/a.service"),
		"/usr/lib/systemd/system/a.service"));
	CHECK(!strcmp(link_target(t, "etc/systemd/system/c.service"),
		"/usr/lib/systemd/system/a.service"));
	CHECK(!strcmp(
		link_target(t, "etc/systemd/system/getty-tty1.target.wants/getty@tty1.service"),
		"/etc/systemd/system/getty@.service"));
	CHECK(!strcmp(link_target(t, "etc/systemd/system/b.service"), "/dev/null"));
	CHECK(!tree_find(t, STR("etc/systemd/system/no.target.wants/a.service")));
}

static void missing_units_are_refused(void)
{
	static const struct str enable[] = { { "none.service", 12 } };
	struct description d = { .units_enable = { enable, 1 } };
	CLEANUP(tree_freep) struct tree *t = small_tree();
	struct err e = { 0 };

	CHECK_ERR(units_install(t, &d, &e), e, ERR_NOTFOUND);
	CHECK(put(t, "usr/lib/systemd/system/none.service", "[Unit]\n"));
	CHECK_ERR(units_install(t, &d, &e), e, ERR_FORMAT);
}

/* A slow reader of the index, to hold the writer against: the value of a key. */
static bool look_up(struct span file, uint32_t at, struct str key, struct str *value)
{
	struct rd r = rd_of(file);

	rd_seek(&r, at & 0x0fffffff);
	if (at & 0x80000000) {
		for (uint8_t c; (c = rd_u8(&r)) != 0; key = str_make(key.p + 1, key.n - 1))
			if (!rd_ok(&r) || !key.n || (uint8_t)key.p[0] != c)
				return false;
	}
	if (at & 0x20000000) {
		uint8_t first = rd_u8(&r), last = rd_u8(&r);

		for (unsigned c = first; c <= last; c++) {
			uint32_t child = rd_u32be(&r);

			if (key.n && (uint8_t)key.p[0] == c)
				return child &&
				       look_up(file, child, str_make(key.p + 1, key.n - 1), value);
		}
	}
	if (key.n || !(at & 0x40000000) || rd_u32be(&r) == 0)
		return false;
	rd_skip(&r, 4);
	*value = str_of((const char *)file.p + r.at);
	return rd_ok(&r);
}

static void index_finds_its_keys(void)
{
	struct kmod_index_entry entries[] = { { STR("virtio_net"), STR("1"), 1 },
		{ STR("virtio"), STR("2"), 2 }, { STR("dm_mod"), STR("3"), 3 },
		{ STR("virtio_blk"), STR("4"), 4 }, { STR("dm_mod"), STR("5"), 1 } };
	CLEANUP(buf_done) struct buf b = buf_init(1 << 16);
	struct err e = { 0 };
	struct str v = { 0 };
	struct rd r;
	uint32_t root;

	CHECK_OK(kmod_index_emit(entries, ARRAY_LEN(entries), &b, &e), e);
	r = rd_of(buf_span(&b));
	CHECK(rd_u32be(&r) == 0xb007f457 && rd_u32be(&r) == 0x00020001);
	root = rd_u32be(&r);
	CHECK(look_up(buf_span(&b), root, STR("virtio_net"), &v) && str_is(v, "1"));
	CHECK(look_up(buf_span(&b), root, STR("virtio"), &v) && str_is(v, "2"));
	CHECK(look_up(buf_span(&b), root, STR("dm_mod"), &v) && str_is(v, "5"));
	CHECK(!look_up(buf_span(&b), root, STR("dm"), &v));
	CHECK(!look_up(buf_span(&b), root, STR("zram"), &v));
	CHECK_ERR(kmod_index_emit(
			  (struct kmod_index_entry[]){ { STR("\xff"), STR(""), 0 } }, 1, &b, &e),
		e, ERR_FORMAT);
}

/* Every truncation and every flipped byte of a real object is refused or answered, never read beyond. */
static void elf_survives_damage(const char *path)
{
	CLEANUP(buf_done) struct buf b = buf_init(1 << 20);
	FILE *f = fopen(path, "rb");
	uint8_t chunk[4096];
	size_t n;
	struct str soname;
	struct span section;
	struct err e = { 0 };

	CHECK(f != NULL);
	while (f && (n = fread(chunk, 1, sizeof chunk, f)) > 0)
		buf_add(&b, chunk, n);
	if (f)
		fclose(f);
	CHECK(buf_ok(&b) && b.n > 4096);
	CHECK_OK(elf_soname(buf_span(&b), &soname, &e), e);
	CHECK_OK(elf_section(buf_span(&b), ".dynamic", &section, &e), e);
	CHECK_ERR(elf_section(buf_span(&b), ".nothing", &section, &e), e, ERR_NOTFOUND);
	for (size_t i = 0; i < b.n; i += i < 2048 ? 1 : 97) {
		uint8_t *exact = malloc(i ? i : 1);
		uint8_t was = b.p[i];

		memcpy(exact, b.p, i);
		(void)!elf_soname(span_make(exact, i), &soname, &e);
		(void)!elf_section(span_make(exact, i), ".dynamic", &section, &e);
		free(exact);
		b.p[i] ^= 0xff;
		(void)!elf_soname(buf_span(&b), &soname, &e);
		(void)!elf_section(buf_span(&b), ".dynamic", &section, &e);
		b.p[i] = was;
	}
	CHECK_ERR(elf_soname(span_make(b.p, 3), &soname, &e), e, ERR_FORMAT);
}

static void links_resolve_inside(void)
{
	CLEANUP(tree_freep) struct tree *t = small_tree();
	struct err e = { 0 };
	const struct node *n;

	CHECK(put(t, "usr/lib/os-release", "ID=x\n"));
	CHECK_OK(entry_link(t, STR("etc/os-release"), STR("../usr/lib/os-release"), "package:test",
			 &e),
		e);
	CHECK_OK(entry_link(
			 t, STR("etc/out"), STR("../../../../lib/os-release"), "package:test", &e),
		e);
	CHECK_OK(entry_link(t, STR("etc/loop"), STR("loop"), "package:test", &e), e);
	n = entry_resolve(t, STR("etc/os-release"));
	CHECK(n && str_is(n->path, "usr/lib/os-release"));
	n = entry_resolve(t, STR("etc/out"));
	CHECK(n && str_is(n->path, "usr/lib/os-release"));
	CHECK(!entry_resolve(t, STR("etc/loop")));
	CHECK(!entry_resolve(t, STR("etc/none")));
}

static bool owned(const struct tree *t, const char *path, uint32_t mode, uint32_t uid, uint32_t gid)
{
	const struct node *n = tree_find(t, str_of(path));

	return n && n->mode == mode && n->uid == uid && n->gid == gid;
}

static void modes_take_globs(void)
{
	const struct mode_rule rules[] = { { STR("etc/d/*.conf"), 0640, STR("root"),
						   STR("shadow") },
		{ STR("etc/d/b.conf"), 0600, STR("daemon"), STR("root") } };
	struct mode_rule wrong[] = { { STR("etc/none/*"), 0640, STR("root"), STR("root") },
		{ STR("etc/link"), 0640, STR("root"), STR("root") },
		{ STR("etc/d/**"), 0640, STR("nobody"), STR("root") },
		{ STR("etc/d/**"), 0640, STR("root"), STR("nobody") } };
	struct description d = { .modes = rules, .n_modes = 2 };
	CLEANUP(tree_freep) struct tree *t = small_tree();
	struct err e = { 0 };

	CHECK(put(t, "etc/d/a.conf", "a") && put(t, "etc/d/b.conf", "b") && put(t, "etc/d/c", "c"));
	CHECK_OK(entry_link(t, STR("etc/link"), STR("d/c"), "package:test", &e), e);
	CHECK_OK(entry_link(t, STR("etc/d/l.conf"), STR("c"), "package:test", &e), e);
	CHECK_OK(users_generate(t, &(struct description){ 0 }, 1, &e), e);
	CHECK_OK(mode_rules_apply(t, &d, &e), e);
	CHECK(owned(t, "etc/d/a.conf", 0640, 0, 42) && owned(t, "etc/d/b.conf", 0600, 1, 0) &&
		owned(t, "etc/d/c", 0644, 0, 0) && owned(t, "etc/d/l.conf", 0777, 0, 0));
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		d = (struct description){ .modes = &wrong[i], .n_modes = 1 };
		CHECK_ERR(mode_rules_apply(t, &d, &e), e, ERR_NOTFOUND);
	}
}

/* A program that asks for `interpreter`, or for none. */
static struct buf program(unsigned type, const char *interpreter)
{
	struct buf b = buf_init(ELF_MADE_MAX);
	size_t n = interpreter ? 2 : 1, at = ELF_MADE_HEADER + n * ELF_MADE_PROGRAM;

	elf_made_header(&b, type, n, 0, 0);
	elf_made_program(&b, 1, 0, at);
	if (interpreter)
		elf_made_program(&b, 3, at, strlen(interpreter) + 1);
	buf_add(&b, interpreter ? interpreter : "", interpreter ? strlen(interpreter) + 1 : 0);
	return b;
}

static void elf_interpreters(void)
{
	static const struct {
		unsigned type;
		const char *interpreter;
	} cases[] = { { 2, NULL }, { 3, NULL }, { 2, "/lib64/ld-linux-x86-64.so.2" },
		{ 3, "/lib/ld" } };
	struct str found = { 0 };
	struct err e;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(buf_done) struct buf b = program(cases[i].type, cases[i].interpreter);

		CHECK_OK(elf_interpreter(buf_span(&b), &found, &e), e);
		CHECK(str_is(found, cases[i].interpreter ? cases[i].interpreter : ""));
		for (size_t n = 0; n < b.n; n++)
			CHECK(!elf_interpreter(span_make(b.p, n), &found, &e));
		b.p[18] = 183; /* another processor */
		CHECK_ERR(elf_interpreter(buf_span(&b), &found, &e), e, ERR_MISMATCH);
	}
	{
		CLEANUP(buf_done) struct buf object = program(1, NULL), text = buf_init(64);

		CHECK_ERR(elf_interpreter(buf_span(&object), &found, &e), e, ERR_MISMATCH);
		buf_add_cstr(
			&text, "#!/bin/sh\necho this is a script, and longer than a header is\n");
		CHECK_ERR(elf_interpreter(buf_span(&text), &found, &e), e, ERR_FORMAT);
	}
}

int main(void)
{
	users_are_pinned();
	open_ids_are_refused();
	shared_ids_are_refused();
	units_are_linked();
	missing_units_are_refused();
	index_finds_its_keys();
	elf_interpreters();
	elf_survives_damage("/usr/lib/x86_64-linux-gnu/libz.so.1");
	links_resolve_inside();
	modes_take_globs();
	return test_end();
}
