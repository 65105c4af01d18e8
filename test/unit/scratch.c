/* Temporary folders: what a process that was killed left goes with the next one, and nothing else does. */
#include "vm/scratch.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/file.h"
#include "test.h"

static char root[] = "/tmp/assay-test-scratch-XXXXXX";

static size_t n_entries(void)
{
	struct err e;
	char **names;
	size_t n;

	CHECK_OK(file_names(AT_FDCWD, root, &names, &n, &e), e);
	file_names_free(names, n);
	return n;
}

static void killed(void)
{
	int held = -1, status;
	struct err e;
	char *path;
	pid_t pid = fork();

	if (pid == 0) {
		if (!scratch_make_held(&path, &held, &e) || mkdirat(held, "full", 0755) < 0)
			_exit(1);
		raise(SIGKILL);
	}
	CHECK(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status));
	CHECK(n_entries() == 1);
	CHECK_OK(scratch_make_held(&path, &held, &e), e);
	CHECK(n_entries() == 1 && access(path, F_OK) == 0);
	scratch_removep(&path);
	file_closep(&held);
	CHECK(n_entries() == 0);
}

static void alive(void)
{
	char *first = NULL, *second = NULL, *other = NULL;
	int held[2] = { -1, -1 };
	struct err e;

	CHECK_OK(scratch_make_held(&first, &held[0], &e), e);
	CHECK_OK(scratch_make(&other, &e), e);
	CHECK_OK(scratch_make_held(&second, &held[1], &e), e);
	CHECK(n_entries() == 3);
	scratch_removep(&first);
	scratch_removep(&second);
	scratch_removep(&other);
	file_closep(&held[0]);
	file_closep(&held[1]);
}

/* A link of that name is not followed, a file stays. */
static void others(void)
{
	int held = -1, dir = open(root, O_RDONLY | O_DIRECTORY);
	struct err e;
	char *path;

	CHECK(mkdirat(dir, "kept", 0755) == 0 && mkdirat(dir, "kept/in", 0755) == 0);
	CHECK(symlinkat("kept", dir, "assay-held-link") == 0);
	CHECK(symlinkat("assay-held-loop", dir, "assay-held-loop") == 0);
	CHECK(mkfifoat(dir, "assay-held-fifo", 0644) == 0);
	CHECK_OK(scratch_make_held(&path, &held, &e), e);
	CHECK(faccessat(dir, "kept/in", F_OK, 0) == 0);
	scratch_removep(&path);
	file_closep(&held);
	file_closep(&dir);
}

int main(void)
{
	struct err e;

	CHECK(mkdtemp(root) && setenv("TMPDIR", root, 1) == 0);
	killed();
	alive();
	others();
	CHECK_OK(file_remove_tree(AT_FDCWD, root, &e), e);
	return test_end();
}
