#define ASSAY_MAY_ASK_THE_MACHINE
#include "sys/file.h"

#include <errno.h>
#include <grp.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

enum { DEEP = 3000 };

static char folder[] = "/tmp/assay-file-XXXXXX";

static int here(void)
{
	return open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void put(int dir, const char *name, mode_t mode)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	CHECK(fd >= 0 && fchmod(fd, mode) == 0);
	close(fd);
}

/* More levels than a process has descriptors, each with a file, a link and a name like those that removing makes. */
static void deep(void)
{
	struct rlimit few = { 64, 64 };
	struct err e = { 0 };
	struct stat st;
	int dir = here(), top = here();

	CHECK(setrlimit(RLIMIT_NOFILE, &few) == 0);
	CHECK(mkdirat(dir, "deep", 0700) == 0);
	for (int i = 0; i < DEEP; i++) {
		int below = openat(dir, i ? "d" : "deep", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		close(dir);
		dir = below;
		if (i % 100 == 0) {
			put(dir, "f", 0);
			CHECK(symlinkat("..", dir, "l") == 0);
			CHECK(mkdirat(dir, ".lifted-1", 0700) == 0);
			put(dir, ".lifted-2", 0600);
		}
		if (mkdirat(dir, "d", 0700) < 0)
			CHECK(false);
	}
	close(dir);
	CHECK_OK(file_remove_tree(top, "deep", &e), e);
	CHECK(fstatat(top, "deep", &st, AT_SYMLINK_NOFOLLOW) < 0 && errno == ENOENT);
	close(top);
}

/* What links lead to stays as it is. */
static void links(void)
{
	struct err e = { 0 };
	struct stat st;
	int dir = here();

	CHECK(mkdirat(dir, "kept", 0755) == 0);
	CHECK(fchmodat(dir, "kept", 0750, 0) == 0);
	CHECK(mkdirat(dir, "gone", 0755) == 0 && mkdirat(dir, "gone/in", 0755) == 0);
	CHECK(symlinkat("../kept", dir, "gone/to-kept") == 0);
	CHECK(symlinkat("../../kept", dir, "gone/in/to-kept") == 0);
	CHECK(symlinkat("kept", dir, "to-kept") == 0);
	CHECK_OK(file_remove_tree(dir, "gone", &e), e);
	CHECK_OK(file_remove_tree(dir, "to-kept", &e), e);
	CHECK(fstatat(dir, "kept", &st, 0) == 0 && (st.st_mode & 07777) == 0750);
	CHECK_OK(file_remove_tree(dir, "not-there", &e), e);
	close(dir);
}

/* Folders without any permission, of an ordinary user. */
static void closed(void)
{
	struct err e = { 0 };
	int dir = here();

	CHECK(mkdirat(dir, "closed", 0700) == 0 && mkdirat(dir, "closed/a", 0700) == 0);
	CHECK(mkdirat(dir, "closed/a/b", 0700) == 0);
	put(dir, "closed/a/b/f", 0);
	CHECK(fchmodat(dir, "closed/a/b", 0, 0) == 0 && fchmodat(dir, "closed/a", 0, 0) == 0);
	CHECK(fchmodat(dir, "closed", 0, 0) == 0);
	CHECK_OK(file_remove_tree(dir, "closed", &e), e);
	close(dir);
}

static void in_child(void (*what)(void), bool ordinary)
{
	int status = 0;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		if (ordinary && geteuid() == 0 &&
			(setgroups(0, NULL) < 0 || setresgid(65534, 65534, 65534) < 0 ||
				setresuid(65534, 65534, 65534) < 0))
			_exit(1);
		what();
		fflush(NULL);
		_exit(test_failed != 0);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

/* What everybody uses, or a process has open, is not replaced by a file. */
static void in_place(void)
{
	int dir = here();
	struct err e = { 0 };
	struct stat st;

	CHECK(mkfifoat(dir, "fifo", 0600) == 0);
	CHECK(symlinkat("/proc/self/fd/1", dir, "stdout") == 0);
	CHECK(symlinkat("nowhere", dir, "link") == 0);
	CHECK(!file_write(dir, "fifo", str_span(STR("x")), 0644, &e) && e.kind == ERR_USAGE);
	CHECK(!file_replace(dir, "stdout", str_span(STR("x")), 0644, &e) && e.kind == ERR_USAGE);
	CHECK(fstatat(dir, "fifo", &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISFIFO(st.st_mode));
	CHECK(fstatat(dir, "stdout", &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode));
	CHECK_OK(file_write(dir, "link", str_span(STR("x")), 0644, &e), e);
	CHECK(fstatat(dir, "link", &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode));
	close(dir);
}

/* Files of every size, and those that tell none. */
static void reads_whole(void)
{
	static const size_t sizes[] = { 0, 1, 65535, 65536, 65537, 300001 };
	static uint8_t bytes[300001];
	struct buf b = { 0 };
	struct err e = { 0 };
	int dir = here();

	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(i ^ i >> 8);
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct span want = span_make(bytes, sizes[i]);

		CHECK_OK(file_replace(dir, "whole", want, 0600, &e), e);
		CHECK_OK(file_read(dir, "whole", sizes[i], &b, &e), e);
		CHECK(span_equal(buf_span(&b), want));
		buf_add(&b, "x", 1); /* its maximum holds for what is added, too */
		CHECK(!buf_ok(&b));
		buf_done(&b);
		if (sizes[i])
			CHECK_ERR(file_read(dir, "whole", sizes[i] - 1, &b, &e), e, ERR_LIMIT);
	}
	CHECK_OK(file_read(AT_FDCWD, "/proc/self/status", 1 << 20, &b, &e), e);
	CHECK(b.n > 0);
	buf_done(&b);
	close(dir);
}

/* A new file is whole, of its mode whatever the umask says, and takes nobody's place: a file's, a link's, a folder's. */
static void created(void)
{
	static const char *const taken[] = { "new", "dangling", "dir" };
	struct err e = { 0 };
	struct stat st;
	char **names = NULL;
	size_t n = 0;
	int dir = here();
	mode_t before = umask(0);

	CHECK_OK(file_create(dir, "new", str_span(STR("one")), 0600, &e), e);
	CHECK(fstatat(dir, "new", &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_size == 3 &&
		(st.st_mode & 07777) == 0600);
	umask(077);
	CHECK_OK(file_create(dir, "open", str_span(STR("")), 0644, &e), e);
	CHECK(fstatat(dir, "open", &st, AT_SYMLINK_NOFOLLOW) == 0 && (st.st_mode & 07777) == 0644);
	umask(before);
	CHECK(symlinkat("nowhere", dir, "dangling") == 0 && mkdirat(dir, "dir", 0700) == 0);
	for (size_t i = 0; i < ARRAY_LEN(taken); i++) {
		CHECK_ERR(file_create(dir, taken[i], str_span(STR("longer")), 0600, &e), e,
			ERR_USAGE);
		CHECK(strstr(e.text, taken[i]) && e.hint[0]);
	}
	CHECK(fstatat(dir, "new", &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_size == 3);
	CHECK(fstatat(dir, "nowhere", &st, AT_SYMLINK_NOFOLLOW) < 0);
	CHECK_ERR(file_create(dir, "no/such", str_span(STR("x")), 0600, &e), e, ERR_IO);
	CHECK_OK(file_names(dir, ".", &names, &n, &e), e);
	for (size_t i = 0; i < n; i++)
		CHECK(!strstr(names[i], ".tmp"));
	file_names_free(names, n);
	close(dir);
}

int main(void)
{
	struct err e = { 0 };

	CHECK(mkdtemp(folder) != NULL);
	if (geteuid() == 0)
		CHECK(chown(folder, 65534, 65534) == 0);
	in_child(deep, false);
	in_child(links, false);
	in_child(closed, true);
	in_child(in_place, false);
	in_child(reads_whole, false);
	in_child(created, false);
	CHECK_OK(file_remove_tree(AT_FDCWD, folder, &e), e);
	return test_end();
}
