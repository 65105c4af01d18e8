#include "build/input_archive.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rootfs/entry.h"
#include "sys/file.h"
#include "test.h"

int flock(int fd, int operation);

enum { EPOCH = 1700000000 };
#define ORIGIN "generated:test"
#define OBJECT "objects/98/ea6e4f216f2fb4b69fff9b3a44842c38686ca685f3f55dc48c5d3fb1107be4"
static char place[] = "/tmp/assay-input-archive-XXXXXX";

static struct tree *made(void)
{
	struct tree *t = tree_new(1 << 20);
	struct err e = { 0 };

	CHECK_OK(entry_folder(t, STR(""), ORIGIN, &e), e);
	CHECK_OK(entry_file(t, STR(OBJECT), str_span(STR("hi\n")), 0644, ORIGIN, &e), e);
	CHECK_OK(entry_link(t, STR("debian/pool/a.deb"), STR("../../" OBJECT), ORIGIN, &e), e);
	CHECK_OK(entry_link(t, STR("debian/pool/b.deb"), STR("../../" OBJECT), ORIGIN, &e), e);
	CHECK_OK(entry_file(t, STR("source/run"), str_span(STR("#!\n")), 0755, ORIGIN, &e), e);
	CHECK_OK(entry_file(t, STR("source/empty"), str_span(STR("")), 0644, ORIGIN, &e), e);
	CHECK_OK(entry_link(t, STR("source/link"), STR("../" OBJECT), ORIGIN, &e), e);
	CHECK_OK(entry_folder(t, STR("source/folder"), ORIGIN, &e), e);
	CHECK_OK(tree_finish(t, EPOCH, &e), e);
	return t;
}

static bool write_to(const char *out, struct input_archive *done, struct err *e)
{
	struct tree *t = made();
	bool ok = input_archive_write(done, t, EPOCH, out, e);

	tree_free(t);
	return ok;
}

static void sums(void)
{
	static const char want[] =
		"98ea6e4f216f2fb4b69fff9b3a44842c38686ca685f3f55dc48c5d3fb1107be4  debian/pool/a.deb\n"
		"98ea6e4f216f2fb4b69fff9b3a44842c38686ca685f3f55dc48c5d3fb1107be4  debian/pool/b.deb\n"
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  source/empty\n";
	CLEANUP(buf_done) struct buf b = buf_init(4096);
	struct tree *t = made();
	size_t n;

	input_archive_sums(t, &b, &n);
	CHECK(n == 4);
	CHECK(str_starts(buf_str(&b), want));
	CHECK(str_ends(buf_str(&b), "  source/run\n"));
	tree_free(t);
}

/* Modes and times are those of the tree, whatever the umask; links carry a time, too. */
static void attributes(void)
{
	static const struct {
		const char *path;
		mode_t mode;
	} want[] = { { ".", S_IFDIR | 0755 }, { "source", S_IFDIR | 0755 },
		{ "source/folder", S_IFDIR | 0755 }, { "source/run", S_IFREG | 0755 },
		{ "source/empty", S_IFREG | 0644 }, { OBJECT, S_IFREG | 0644 },
		{ "debian/pool/a.deb", S_IFLNK | 0777 }, { "SHA256SUMS", S_IFREG | 0644 } };
	struct input_archive done;
	struct err e = { 0 };
	int dir;

	umask(077);
	CHECK_OK(write_to(place, &done, &e), e);
	umask(022);
	CHECK(done.n_files == 4 && done.n_made == 3 && done.n_kept == 0 && done.size == 6);
	dir = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		struct stat st = { 0 };

		CHECK(fstatat(dir, want[i].path, &st, AT_SYMLINK_NOFOLLOW) == 0);
		test_report(st.st_mode == want[i].mode && st.st_mtime == EPOCH, __FILE__, __LINE__,
			want[i].path);
	}
	CHECK(faccessat(dir, "partial", F_OK, 0) < 0);
	close(dir);
}

/* What is damaged, missing or of another mode is made anew; the rest is kept. */
static void mended(void)
{
	struct input_archive done;
	struct stat st;
	struct err e = { 0 };
	int dir = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	CHECK_OK(write_to(place, &done, &e), e);
	CHECK(done.n_made == 0 && done.n_kept == 3);
	CHECK_OK(file_write(dir, OBJECT, str_span(STR("ho\n")), 0644, &e), e);
	CHECK(unlinkat(dir, "debian/pool/a.deb", 0) == 0);
	CHECK(symlinkat("../../elsewhere", dir, "debian/pool/a.deb") == 0);
	CHECK(fchmodat(dir, "source/run", 0600, 0) == 0);
	CHECK(mkdirat(dir, "partial", 0755) == 0); /* of a run that was killed */
	CHECK_OK(file_write(dir, "partial/file", str_span(STR("half")), 0600, &e), e);
	CHECK_OK(write_to(place, &done, &e), e);
	CHECK(done.n_made == 1 && done.n_kept == 2);
	CHECK(fstatat(dir, "debian/pool/a.deb", &st, 0) == 0 && st.st_size == 3);
	CHECK(fstatat(dir, "source/run", &st, 0) == 0 && (st.st_mode & 07777) == 0755);
	CHECK(faccessat(dir, "partial", F_OK, 0) < 0);
	close(dir);
}

/* A file of somebody else, wherever it lies, is neither overwritten nor listed. */
static void others(void)
{
	static const char *const paths[] = { "mine", "debian/pool/c.deb", "source/folder/x" };
	struct input_archive done;
	int dir = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		struct err e = { 0 };

		CHECK_OK(file_write(dir, paths[i], str_span(STR("x")), 0644, &e), e);
		CHECK_ERR(write_to(place, &done, &e), e, ERR_MISMATCH);
		CHECK(strstr(e.text, paths[i]) != NULL && e.hint[0]);
		CHECK(unlinkat(dir, paths[i], 0) == 0);
	}
	close(dir);
}

/* No two at once, and no writing through a link. */
static void hostile(void)
{
	struct input_archive done;
	struct err e = { 0 };
	struct stat st;
	int dir = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	CHECK(flock(dir, LOCK_EX) == 0);
	CHECK_ERR(write_to(place, &done, &e), e, ERR_USAGE);
	close(dir);
	dir = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	e = (struct err){ 0 };
	CHECK(unlinkat(dir, "source/folder", AT_REMOVEDIR) == 0);
	CHECK(symlinkat("/tmp", dir, "source/folder") == 0);
	CHECK_ERR(write_to(place, &done, &e), e, ERR_MISMATCH);
	CHECK(unlinkat(dir, "source/folder", 0) == 0);
	CHECK(unlinkat(dir, "source/run", 0) == 0);
	CHECK(symlinkat("/tmp/assay-input-archive-target", dir, "source/run") == 0);
	e = (struct err){ 0 };
	CHECK_OK(write_to(place, &done, &e), e);
	CHECK(fstatat(dir, "source/run", &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode));
	CHECK(access("/tmp/assay-input-archive-target", F_OK) < 0);
	close(dir);
}

/* Bytes that are not those of their digest are not written, and there is no SHA256SUMS that says otherwise. */
static void other_bytes(void)
{
	static struct content_memory memory;
	struct node n = {
		.path = STR("file"), .kind = NODE_FILE, .mode = 0644, .origin = STR(ORIGIN)
	};
	struct tree *t = tree_new(1 << 20);
	struct input_archive done;
	struct err e = { 0 };
	char out[sizeof place + 8];

	CHECK_OK(entry_folder(t, STR(""), ORIGIN, &e), e);
	content_of_memory(&n.content, &memory, str_span(STR("bytes")));
	n.content.sha256[0] ^= 1;
	CHECK_OK(tree_add(t, &n, &e), e);
	CHECK_OK(tree_finish(t, EPOCH, &e), e);
	snprintf(out, sizeof out, "%s-x", place);
	CHECK_ERR(input_archive_write(&done, t, EPOCH, out, &e), e, ERR_MISMATCH);
	e = (struct err){ 0 };
	{
		CLEANUP(file_closep) int dir = open(out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		CHECK(dir >= 0 && faccessat(dir, "file", F_OK, 0) < 0);
		CHECK(faccessat(dir, INPUT_ARCHIVE_SUMS, F_OK, 0) < 0);
	}
	CHECK_OK(file_remove_tree(AT_FDCWD, out, &e), e);
	tree_free(t);
}

static bool write_two(const char *out, const char *a, const char *b, bool damaged, struct err *e)
{
	struct node n = {
		.path = STR("a"), .kind = NODE_FILE, .mode = 0644, .origin = STR(ORIGIN)
	};
	struct tree *t = tree_new(1 << 20);
	struct content_memory first, second;
	struct input_archive done;
	bool ok;

	CHECK_OK(entry_folder(t, STR(""), ORIGIN, e), *e);
	content_of_memory(&n.content, &first, str_span(str_of(a)));
	CHECK_OK(tree_add(t, &n, e), *e);
	n.path = STR("b");
	content_of_memory(&n.content, &second, str_span(str_of(b)));
	n.content.sha256[0] ^= damaged;
	CHECK_OK(tree_add(t, &n, e), *e);
	CHECK_OK(tree_finish(t, EPOCH, e), *e);
	ok = input_archive_write(&done, t, EPOCH, out, e);
	tree_free(t);
	return ok;
}

/* While another run changes the folder, and when it fails then, the listing of what was there before is gone. */
static void no_old_listing(void)
{
	CLEANUP(file_closep) int dir = -1;
	struct err e = { 0 };
	char out[sizeof place + 8];

	snprintf(out, sizeof out, "%s-l", place);
	CHECK_OK(write_two(out, "one", "two", false, &e), e);
	dir = open(out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CHECK(faccessat(dir, INPUT_ARCHIVE_SUMS, F_OK, 0) == 0);
	CHECK_ERR(write_two(out, "uno", "dos", true, &e), e, ERR_MISMATCH);
	CHECK(faccessat(dir, INPUT_ARCHIVE_SUMS, F_OK, 0) < 0);
	e = (struct err){ 0 };
	CHECK_OK(write_two(out, "uno", "dos", false, &e), e);
	CHECK(faccessat(dir, INPUT_ARCHIVE_SUMS, F_OK, 0) == 0);
	CHECK_OK(file_remove_tree(AT_FDCWD, out, &e), e);
}

/* Killed anywhere, the next run makes it whole: nothing that is listed is ever wrong. */
static void killed(void)
{
	struct input_archive done;
	struct err e = { 0 };
	char out[sizeof place + 8];

	snprintf(out, sizeof out, "%s-k", place);
	for (useconds_t after = 0; after < 4000; after += 100) {
		pid_t pid = fork();

		if (pid == 0) {
			while (write_to(out, &done, &e))
				;
			_exit(1);
		}
		usleep(after);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		CHECK_OK(write_to(out, &done, &e), e);
		CHECK(done.n_files == 4 && done.n_made + done.n_kept == 3);
		CHECK_OK(file_remove_tree(AT_FDCWD, out, &e), e);
	}
}

int main(void)
{
	struct err e = { 0 };

	CHECK(mkdtemp(place) != NULL);
	sums();
	attributes();
	mended();
	others();
	hostile();
	other_bytes();
	no_old_listing();
	killed();
	CHECK_OK(file_remove_tree(AT_FDCWD, place, &e), e);
	return test_end();
}
