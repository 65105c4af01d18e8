/*
 * The box with a root of its own, as root and as an ordinary user, with and without a range of ids in /etc/subuid: that
 * file is replaced in a mount namespace of the test.
 */
#define ASSAY_MAY_ASK_THE_MACHINE
#include "box/box_root.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "box/box_listing.h"
#include "rootfs/entry.h"
#include "sys/file.h"
#include "test.h"

#define ORIGIN "generated:test"
enum { NOBODY = 65534 };

static char folder[256];

static const char *at(const char *name)
{
	static char paths[8][512];
	static unsigned next;
	char *p = paths[next++ % 8];

	snprintf(p, sizeof paths[0], "%s/%s", folder, name);
	return p;
}

/* Adds a file to tree and folder. */
static void put(struct tree *t, const char *path, const char *text, uint32_t mode, uint32_t uid,
	uint32_t gid)
{
	CLEANUP(buf_done) struct buf place = buf_init(512);
	struct err e = { 0 };

	buf_printf(&place, "root/%s%c", path, 0);
	CHECK_OK(entry_file(t, str_of(path), str_span(str_of(text)), mode, ORIGIN, &e), e);
	CHECK_OK(entry_owner(t, str_of(path), uid, gid, &e), e);
	CHECK_OK(file_write(AT_FDCWD, at((const char *)place.p), str_span(str_of(text)), 0644, &e),
		e);
}

static struct tree *set_up(void)
{
	static const char *const merged[] = { "bin", "sbin", "lib", "lib64" };
	static const char *const folders[] = { "", "etc", "usr", "tmp", "proc" };
	struct tree *t = tree_new(1 << 20);
	struct err e = { 0 };

	strcpy(folder, "/tmp/assay-box-root-XXXXXX");
	CHECK(mkdtemp(folder) != NULL);
	CHECK_OK(file_mkdirs(AT_FDCWD, at("root/etc"), &e), e);
	CHECK_OK(file_mkdirs(AT_FDCWD, at("out"), &e), e);
	for (size_t i = 0; i < ARRAY_LEN(folders); i++)
		CHECK_OK(entry_folder(t, str_of(folders[i]), ORIGIN, &e), e);
	for (size_t i = 0; i < ARRAY_LEN(merged); i++) {
		char target[16];

		snprintf(target, sizeof target, "usr/%s", merged[i]);
		CHECK_OK(entry_link(t, str_of(merged[i]), str_of(target), ORIGIN, &e), e);
	}
	CHECK_OK(entry_mode(t, STR("tmp"), 01777, &e), e);
	put(t, "etc/kept", "kept\n", 04750, 7, 42);
	put(t, "etc/gone", "gone\n", 0644, 0, 0);
	put(t, "etc/changed", "before\n", 0644, 0, 0);
	CHECK_OK(tree_finish(t, 1700000000, &e), e);
	return t;
}

#define SHELL(script)                            \
	{                                        \
		(const char *const[])            \
		{                                \
			"sh", "-c", script, NULL \
		}                                \
	}

static bool run(struct box_result *r, const struct tree *t, const struct box_command *commands,
	size_t n, struct buf *printed, struct err *e)
{
	char root[512], out[512];
	const struct box_bind binds[] = { { .host = "/usr", .at = "/usr" } };
	const struct box_job job = { .sysroot = root,
		.whole_root = t,
		.binds = binds,
		.n_binds = ARRAY_LEN(binds),
		.out = out,
		.commands = commands,
		.n_commands = n,
		.source_date_epoch = 1700000000 };
	int log = memfd_create("log", MFD_CLOEXEC);
	bool ok;

	snprintf(root, sizeof root, "%s/root", folder);
	snprintf(out, sizeof out, "%s/out", folder);
	memset(r, 0, sizeof *r);
	ok = box_run(r, &job, log, e);
	buf_done(printed);
	CHECK(file_read_fd(log, "log", 1 << 20, printed, e) || !ok);
	close(log);
	if (ok && !r->done)
		fprintf(stderr, "%.*s\n", (int)printed->n, (const char *)printed->p);
	return ok;
}

static void expect(const struct node *n, const char *content)
{
	CLEANUP(buf_done) struct buf data = { 0 };
	struct err e = { 0 };

	CHECK_OK(file_read(AT_FDCWD, at("out/" BOX_LISTING_DATA), 1 << 20, &data, &e), e);
	CHECK(n->content.at + n->content.size <= data.n &&
		str_equal(str_make((const char *)data.p + n->content.at, (size_t)n->content.size),
			str_of(content)));
}

static void check_entry(const struct node *n, unsigned *seen)
{
	struct str p = n->path;

	CHECK(!str_is(p, "etc/gone") && !str_starts(p, "usr/") && !str_starts(p, "proc") &&
		!str_starts(p, "dev") && !str_is(p, "run/socket"));
	if (str_is(p, "etc/kept")) {
		CHECK(n->mode == 04750 && n->uid == 7 && n->gid == 42 && ++*seen);
		expect(n, "kept\n");
	} else if (str_is(p, "etc/changed")) {
		CHECK(n->mode == 02640 && n->uid == 65533 && n->gid == 5 && ++*seen);
		expect(n, "after\n");
	} else if (str_is(p, "etc/new/link")) {
		CHECK(n->kind == NODE_LINK && str_is(n->target, "/nowhere") && ++*seen);
	} else if (str_is(p, "etc/new")) {
		CHECK(n->kind == NODE_FOLDER && n->mode == 0700 && ++*seen);
	} else if (str_is(p, "etc/fifo")) {
		CHECK(n->kind == NODE_FIFO && ++*seen);
	} else if (str_is(p, "tmp")) {
		CHECK(n->kind == NODE_FOLDER && n->mode == 01777 && ++*seen);
	} else if (p.n == 0) {
		CHECK(n->kind == NODE_FOLDER && n->mode == 0755 && n->uid == 0 && ++*seen);
	}
}

static void read_back(void)
{
	CLEANUP(buf_done) struct buf list = { 0 };
	struct box_listing l;
	struct err e = { 0 };
	struct stat st;
	struct node n;
	unsigned seen = 0;
	bool found = true;

	CHECK(stat(at("out/" BOX_LISTING_DATA), &st) == 0);
	CHECK_OK(file_read(AT_FDCWD, at("out/" BOX_LISTING_LIST), BOX_LISTING_MAX, &list, &e), e);
	CHECK_OK(box_listing_open(&l, buf_span(&list), (uint64_t)st.st_size, &e), e);
	while (found && box_listing_next(&l, &n, &found, &e))
		if (found)
			check_entry(&n, &seen);
	CHECK(!found && e.kind == ERR_NONE);
	CHECK(seen == 7);
}

static void changes(const struct tree *t)
{
	const struct box_command commands[] = {
		SHELL("id -u; id -G; umask; pwd; stat -c '%a %u %g' /etc/kept; echo $HOME"),
		SHELL("rm /etc/gone; echo after > /etc/changed; chown 65533:5 /etc/changed && chmod 2640 /etc/changed"),
		SHELL("mkdir -m 700 /etc/new && ln -s /nowhere /etc/new/link && mkfifo /etc/fifo"),
		SHELL("test -r /proc/self/status && ! mount -t tmpfs none /mnt && ! mknod /etc/null c 1 3 && ! chroot / true && ! hostname x"),
		SHELL("mkdir -p /boot /root && echo x >/boot/kernel && cat /boot/kernel && test -z \"$(cat /proc/interrupts)\""),
		SHELL("! touch /usr/x && echo > /dev/null && ! unshare -U true && ! chmod 666 /dev/full && setpriv --reuid=9 --regid=9 --clear-groups sh -c '! touch /etc/y'"),
	};
	CLEANUP(buf_done) struct buf printed = { 0 };
	struct box_result r;
	struct err e = { 0 };

	CHECK_OK(run(&r, t, commands, ARRAY_LEN(commands), &printed, &e), e);
	CHECK(r.done);
	CHECK(r.n_notes == 1 && strstr(r.notes[0], "/proc/interrupts"));
	CHECK(str_starts(buf_str(&printed), "0\n0\n0022\n/\n4750 7 42\n"));
	read_back();
}

/* Nothing is written when a command fails. */
static void failure(const struct tree *t)
{
	const struct box_command commands[] = { SHELL("exit 4") };
	CLEANUP(buf_done) struct buf printed = { 0 };
	struct box_result r;
	struct err e = { 0 };

	unlink(at("out/" BOX_LISTING_LIST));
	unlink(at("out/" BOX_LISTING_DATA));
	CHECK_OK(run(&r, t, commands, 1, &printed, &e), e);
	CHECK(!r.done && r.status == 4 && access(at("out/" BOX_LISTING_LIST), F_OK) < 0);
}

/* A hole takes no memory, but it would be written out. */
static void holes(const struct tree *t)
{
	const struct box_command commands[] = { SHELL("truncate -s 3G /etc/hole") };
	CLEANUP(buf_done) struct buf printed = { 0 };
	struct box_result r;
	struct err e = { 0 };

	CHECK_ERR(run(&r, t, commands, 1, &printed, &e), e, ERR_LIMIT);
	CHECK(strstr(e.text, "'/etc/hole'") != NULL);
	CHECK(access(at("out/" BOX_LISTING_LIST), F_OK) < 0);
	unlink(at("out/" BOX_LISTING_DATA));
}

/* A link of a package where the box mounts something leads nowhere, least of all into the machine. */
static void led_out(const char *link)
{
	CLEANUP(tree_freep) struct tree *t = tree_new(1 << 20);
	const struct box_command commands[] = { SHELL("true") };
	CLEANUP(buf_done) struct buf printed = { 0 };
	struct box_result r;
	struct err e = { 0 };

	CHECK(mkdir(at("machine"), 0700) == 0);
	CHECK_OK(entry_folder(t, STR(""), ORIGIN, &e), e);
	CHECK_OK(entry_link(t, str_of(link), str_of(at("machine")), ORIGIN, &e), e);
	CHECK_OK(tree_finish(t, 1700000000, &e), e);
	CHECK_ERR(run(&r, t, commands, 1, &printed, &e), e, ERR_MISMATCH);
	CHECK(strstr(e.text, link) != NULL);
	/* Empty still. */
	CHECK(rmdir(at("machine")) == 0);
}

static int suite(void)
{
	CLEANUP(tree_freep) struct tree *t = set_up();
	struct err e = { 0 };

	changes(t);
	failure(t);
	holes(t);
	led_out("sys");
	led_out("usr");
	CHECK_OK(file_remove_tree(AT_FDCWD, folder, &e), e);
	return test_failed != 0;
}

static int without_ids(void)
{
	CLEANUP(tree_freep) struct tree *t = set_up();
	const struct box_command commands[] = { SHELL("true") };
	CLEANUP(buf_done) struct buf printed = { 0 };
	struct box_result r;
	struct err e = { 0 };

	CHECK_ERR(run(&r, t, commands, 1, &printed, &e), e, ERR_NOTFOUND);
	CHECK(strstr(e.text, "'/etc/subuid' gives user 'nobody' no range of 65535") != NULL);
	CHECK(strstr(e.hint, "usermod --add-subuids") && strstr(e.hint, "package uidmap"));
	CHECK_OK(file_remove_tree(AT_FDCWD, folder, &e), e);
	return test_failed != 0;
}

/* Becomes nobody, for whom both files say `text`. */
static bool become_nobody(const char *text)
{
	static const char *const files[] = { "/etc/subuid", "/etc/subgid" };
	struct err e = { 0 };
	char path[64];

	snprintf(path, sizeof path, "/tmp/assay-subid-%d", getpid());
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
		!file_write(AT_FDCWD, path, str_span(str_of(text)), 0644, &e))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		if (mount(path, files[i], NULL, MS_BIND, NULL) < 0)
			return false;
	unlink(path);
	if (setgroups(0, NULL) < 0 || setresgid(NOBODY, NOBODY, NOBODY) < 0 ||
		setresuid(NOBODY, NOBODY, NOBODY) < 0)
		return false;
	return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0; /* as after an exec */
}

static int nobody_with_ids(void)
{
	return become_nobody("other:100000:65536\nnobody:300000:65536\n") ? suite() : 1;
}

static int nobody_with_few_ids(void)
{
	return become_nobody("other:100000:65536\nnobody:300000:1000\n") ? without_ids() : 1;
}

static void in_child(int (*what)(void))
{
	int status = 0;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		int rc = what();

		fflush(NULL);
		_exit(rc);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

/* Every byte of a list flipped, and every shorter one: an error or other values, never more than there is. */
static void hostile_lists(void)
{
	CLEANUP(buf_done) struct buf b = buf_init(1 << 16);
	const struct node nodes[] = {
		{ .path = STR(""), .kind = NODE_FOLDER, .mode = 0755 },
		{ .path = STR("a"), .kind = NODE_FILE, .mode = 0644, .content = { .size = 5 } },
		{ .path = STR("b"), .kind = NODE_LINK, .mode = 0777, .target = STR("a") },
	};

	box_listing_begin(&b);
	for (size_t i = 0; i < ARRAY_LEN(nodes); i++)
		box_listing_add(&b, &nodes[i]);
	box_listing_end(&b);
	for (size_t i = 0; i < 2 * b.n; i++) {
		size_t n = i < b.n ? b.n : i - b.n;
		struct box_listing l;
		struct err e = { 0 };
		struct node node;
		bool found = true;

		if (i < b.n)
			b.p[i] ^= 0x41;
		if (box_listing_open(&l, span_make(b.p, n), 5, &e))
			while (found && box_listing_next(&l, &node, &found, &e))
				CHECK(!found || node.content.at + node.content.size <= 5);
		CHECK(i < b.n || e.kind == ERR_FORMAT);
		if (i < b.n)
			b.p[i] ^= 0x41;
	}
}

int main(void)
{
	hostile_lists();
	if (getuid() != 0) {
		test_skip("box-root-users", "not run as root");
		return test_end();
	}
	suite();
	if (access("/etc/subuid", F_OK) == 0 && access("/usr/bin/newuidmap", X_OK) == 0) {
		in_child(nobody_with_ids);
		in_child(nobody_with_few_ids);
	} else {
		test_skip("box-root-users", "no newuidmap");
	}
	return test_end();
}
