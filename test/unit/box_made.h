/*
 * For tests of the box: this program is its own probe, the host's /usr its sysroot. box_made_set_up makes the folders,
 * box_made_job a job with /usr, /src and /probe (this program), box_made_run runs it and keeps what was printed.
 */
#ifndef ASSAY_TEST_BOX_MADE_H
#define ASSAY_TEST_BOX_MADE_H

#include <fcntl.h>
#include <grp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "box/box.h"
#include "sys/file.h"
#include "test.h"

static char folder[256];
static struct buf printed;
static struct box_result result; /* of run_view */

static const char *at(const char *name)
{
	static char paths[8][512];
	static unsigned next;
	char *p = paths[next++ % 8];

	snprintf(p, sizeof paths[0], "%s/%s", folder, name);
	return p;
}

static void copy_self(void)
{
	CLEANUP(buf_done) struct buf self = { 0 };
	struct err e = { 0 };

	CHECK_OK(file_read(AT_FDCWD, "/proc/self/exe", 256 << 20, &self, &e), e);
	CHECK_OK(file_write(AT_FDCWD, at("probe"), buf_span(&self), 0755, &e), e);
}

static void set_up(void)
{
	static const char *const links[] = { "bin", "sbin", "lib", "lib64" };
	struct err e = { 0 };
	char target[32];

	strcpy(folder, "/tmp/assay-box-XXXXXX");
	CHECK(mkdtemp(folder) != NULL);
	CHECK_OK(file_mkdirs(AT_FDCWD, at("root/etc"), &e), e);
	CHECK_OK(file_mkdirs(AT_FDCWD, at("out"), &e), e);
	CHECK_OK(file_mkdirs(AT_FDCWD, at("src"), &e), e);
	CHECK_OK(file_write(AT_FDCWD, at("src/a"), str_span(STR("source\n")), 0644, &e), e);
	CHECK_OK(file_write(AT_FDCWD, at("root/etc/of-root"), str_span(STR("x")), 0644, &e), e);
	CHECK_OK(file_write(AT_FDCWD, at("root/etc/passwd"), str_span(STR("x")), 0644, &e), e);
	for (size_t i = 0; i < ARRAY_LEN(links); i++) {
		snprintf(target, sizeof target, "usr/%s", links[i]);
		snprintf(folder + strlen(folder), 16, "/root/%s", links[i]);
		CHECK(symlink(target, folder) == 0);
		*strrchr(folder, '/') = 0;
		*strrchr(folder, '/') = 0;
	}
	copy_self();
}

/* Runs the job with the folders of set_up in it. */
static bool run_job(struct box_result *r, struct box_job job, struct err *e)
{
	char root[512], out[512], src[512], exe[512];
	const struct box_bind binds[] = { { .host = src, .at = "/src" },
		{ .host = "/usr", .at = "/usr" }, { .host = exe, .at = "/probe" } };
	int log = memfd_create("log", 0); /* not close-on-exec: must not be seen inside */
	bool ok;

	snprintf(root, sizeof root, "%s/root", folder);
	snprintf(out, sizeof out, "%s/out", folder);
	snprintf(src, sizeof src, "%s/src", folder);
	snprintf(exe, sizeof exe, "%s/probe", folder);
	job.sysroot = root;
	job.binds = binds;
	job.n_binds = ARRAY_LEN(binds);
	/* Never /usr itself: it is the sysroot then, read only. */
	if (job.binds_writable) {
		job.sysroot = "/usr";
		job.n_binds = 1;
	}
	job.out = out;
	job.source_date_epoch = 1700000000;
	memset(r, 0, sizeof *r);
	ok = box_run(r, &job, log, e);
	buf_done(&printed);
	CHECK(file_read_fd(log, "log", 128 << 20, &printed, e) || !ok);
	close(log);
	return ok;
}

#define SHELL(script)                            \
	{                                        \
		(const char *const[])            \
		{                                \
			"sh", "-c", script, NULL \
		}                                \
	}

__attribute__((unused)) static bool says(const char *text)
{
	if (printed.n && memmem(printed.p, printed.n, text, strlen(text)))
		return true;
	fprintf(stderr, "wanted '%s' in:\n%.*s\n", text, (int)printed.n, (const char *)printed.p);
	return false;
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

__attribute__((unused)) static bool run_view(
	struct box_view view, const struct box_command *commands, size_t n)
{
	struct err e = { 0 };
	bool ok = run_job(&result,
		(struct box_job){ .commands = commands, .n_commands = n, .view = view }, &e);

	if (!ok)
		fprintf(stderr, "%s\nhint: %s\n", e.text, e.hint);
	if (ok && !result.done)
		fprintf(stderr, "command %zu ended with %d:\n%.*s\n", result.command, result.status,
			(int)printed.n, (const char *)printed.p);
	return ok && result.done;
}

__attribute__((unused)) static bool run_script(struct box_view view, const char *script)
{
	const struct box_command command = SHELL(script);

	return run_view(view, &command, 1);
}

#define PROBE(name)                                   \
	{                                             \
		(const char *const[])                 \
		{                                     \
			"/probe", "probe", name, NULL \
		}                                     \
	}

/* One command; it prints the same in two runs, and all of it is `want` where that is not NULL. */
__attribute__((unused)) static bool prints(
	struct box_view view, const struct box_command *command, const char *want)
{
	CLEANUP(buf_done) struct buf first = { 0 };
	bool ok = run_view(view, command, 1);

	first = printed;
	printed = (struct buf){ 0 };
	ok = ok && run_view(view, command, 1) && str_equal(buf_str(&first), buf_str(&printed)) &&
	     (!want || str_equal(buf_str(&printed), str_of(want)));
	if (!ok)
		fprintf(stderr, "first run:\n%.*ssecond run:\n%.*swanted:\n%s", (int)first.n,
			(const char *)first.p, (int)printed.n, (const char *)printed.p,
			want ? want : "the same\n");
	return ok;
}

/* prints of a script. */
__attribute__((unused)) static bool shows(
	struct box_view view, const char *script, const char *want)
{
	const struct box_command command = SHELL(script);

	return prints(view, &command, want);
}

static int suite(void);

/* The end of a suite: what set_up made is gone. 0 when all went well. */
static int tear_down(void)
{
	struct err e = { 0 };

	CHECK_OK(file_remove_tree(AT_FDCWD, folder, &e), e);
	buf_done(&printed);
	return test_failed != 0;
}

/* The suite again, as a user who is nobody. */
static int as_ordinary_user(void)
{
	if (setgroups(0, NULL) < 0 || setresgid(65534, 65534, 65534) < 0 ||
		setresuid(65534, 65534, 65534) < 0)
		return 1;
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0); /* as after an exec: /proc/self belongs to this user */
	return suite();
}

/* The whole of a test: as the caller and, when that is root, as an ordinary user before. */
static int as_both_users(void)
{
	if (getuid() == 0)
		in_child(as_ordinary_user);
	suite();
	return test_end();
}

#endif
