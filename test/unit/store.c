/* The store: what is put comes back, damage is noticed, two writers agree, and a killed writer leaves nothing. */
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/hex.h"
#include "sys/file.h"
#include "sys/par.h"

#include "store_made.h"

static void put_and_get(void)
{
	struct store *s = open_store("a");
	struct span text = str_span(STR("some bytes"));
	uint8_t sha256[SHA256_SIZE], other[SHA256_SIZE] = { 1 };
	struct err e = { 0 };
	struct buf b = { 0 };
	char path[128];
	struct stat st;

	CHECK_OK(store_put(s, text, sha256, &e), e);
	CHECK_OK(store_put(s, text, sha256, &e), e);
	CHECK(store_has(s, sha256) && store_has_size(s, sha256, text.n));
	CHECK(!store_has_size(s, sha256, text.n + 1) && !store_has(s, other));
	CHECK_OK(store_get(s, sha256, text.n, &b, &e), e);
	CHECK(span_equal(buf_span(&b), text));
	buf_done(&b);
	CHECK_ERR(store_get(s, sha256, text.n - 1, &b, &e), e, ERR_LIMIT);
	CHECK_ERR(store_get(s, other, 100, &b, &e), e, ERR_NOTFOUND);
	object_path(sha256, path);
	CHECK(fstatat(store_fd(s), path, &st, 0) == 0 && (st.st_mode & 07777) == 0444);
	CHECK_OK(store_put(s, span_make(NULL, 0), sha256, &e), e);
	CHECK_OK(store_get(s, sha256, 0, &b, &e), e);
	buf_done(&b);
	CHECK(count_own(s) == 0);
	store_free(s);
}

static void umask_does_not_matter(void)
{
	static const mode_t masks[] = { 0, 022, 077, 0177, 0377 };

	for (size_t i = 0; i < ARRAY_LEN(masks); i++) {
		mode_t before = umask(masks[i] & 077);
		char name[32], path[128];
		struct store *s;
		uint8_t sha256[SHA256_SIZE];
		struct err e = { 0 };
		struct stat st;

		snprintf(name, sizeof name, "umask-%o", masks[i]);
		s = open_store(name);
		umask(masks[i]);
		CHECK_OK(store_put(s, str_span(str_of(name)), sha256, &e), e);
		object_path(sha256, path);
		CHECK(fstatat(store_fd(s), path, &st, 0) == 0 && (st.st_mode & 07777) == 0444);
		CHECK(fstatat(store_fd(s), "objects", &st, 0) == 0 && (st.st_mode & 07777) == 0755);
		store_free(s);
		umask(before);
	}
}

/* Others who may write into the store could plant what it says of its own work. */
static void who_owns_it(void)
{
	static const char *const folders[] = { ".", "results", "packs", "objects", "sysroots",
		"partial" };
	mode_t before = umask(022);
	struct store *s = open_store("own");

	umask(before);
	CHECK(store_is_own(s));
	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		CHECK(fchmodat(store_fd(s), folders[i], 0757, 0) == 0 && !store_is_own(s));
		CHECK(fchmodat(store_fd(s), folders[i], 0775, 0) == 0 && store_is_own(s));
		if (geteuid() == 0) {
			CHECK(fchownat(store_fd(s), folders[i], 0, 65534, 0) == 0 &&
				!store_is_own(s));
			CHECK(fchmodat(store_fd(s), folders[i], 0755, 0) == 0 && store_is_own(s));
			CHECK(fchownat(store_fd(s), folders[i], 65534, 0, 0) == 0 &&
				!store_is_own(s));
			CHECK(fchownat(store_fd(s), folders[i], 0, 0, 0) == 0);
		}
		CHECK(fchmodat(store_fd(s), folders[i], 0755, 0) == 0 && store_is_own(s));
	}
	store_free(s);
}

static void writers(void)
{
	struct store *s = open_store("a");
	struct store_writer *w;
	uint8_t want[SHA256_SIZE], got[SHA256_SIZE], wrong[SHA256_SIZE] = { 0 };
	struct err e = { 0 };

	sha256_of(want, str_span(STR("abcdef")));
	CHECK_OK(store_write_begin(s, &w, &e), e);
	CHECK_OK(store_write(w, "abc", 3, &e), e);
	CHECK_OK(store_write(w, "def", 3, &e), e);
	CHECK_ERR(store_write_finish(w, wrong, got, &e), e, ERR_MISMATCH);
	CHECK(!store_has(s, want) && count_own(s) == 0);
	CHECK_OK(store_write_begin(s, &w, &e), e);
	CHECK_OK(store_write(w, "abcdef", 6, &e), e);
	CHECK_OK(store_write_finish(w, want, got, &e), e);
	CHECK(store_has(s, want) && !memcmp(got, want, SHA256_SIZE));
	CHECK_OK(store_write_begin(s, &w, &e), e);
	store_write_abort(w);
	CHECK(count_own(s) == 0);
	store_free(s);
}

/* Changes one byte of an object, as a bad disk would; the mode does not stop root. */
static void damage(const struct store *s, const uint8_t *sha256)
{
	char path[128];
	int fd;

	object_path(sha256, path);
	CHECK(fchmodat(store_fd(s), path, 0644, 0) == 0);
	fd = openat(store_fd(s), path, O_WRONLY);
	CHECK(fd >= 0 && pwrite(fd, "X", 1, 2) == 1);
	close(fd);
}

static void damaged_object(void)
{
	struct store *s = open_store("a");
	struct span text = str_span(STR("soon to be damaged"));
	struct store_writer *w;
	uint8_t sha256[SHA256_SIZE];
	struct content c;
	struct err e = { 0 };
	struct buf b;

	CHECK_OK(store_put(s, text, sha256, &e), e);
	damage(s, sha256);
	CHECK_ERR(store_get(s, sha256, 100, &b, &e), e, ERR_MISMATCH);
	CHECK(e.hint[0]);
	CHECK_ERR(store_content(s, sha256, &c, &e), e, ERR_MISMATCH);
	CHECK_OK(store_write_begin(s, &w, &e), e);
	CHECK_OK(store_write(w, text.p, text.n, &e), e);
	CHECK_OK(store_write_finish(w, sha256, sha256, &e), e);
	CHECK_OK(store_get(s, sha256, 100, &b, &e), e);
	buf_done(&b);
	store_free(s);
}

static void contents(void)
{
	struct store *s = open_store("a");
	uint8_t sha256[SHA256_SIZE];
	struct content c;
	struct err e = { 0 };
	char four[5] = "";

	CHECK_OK(store_put(s, str_span(STR("0123456789")), sha256, &e), e);
	CHECK_OK(store_content(s, sha256, &c, &e), e);
	CHECK(c.size == 10 && c.at == 0);
	CHECK_OK(content_read(&c, 3, four, 4, &e), e);
	CHECK(!strcmp(four, "3456"));
	store_free(s);
}

static void results(void)
{
	struct store *s = open_store("a");
	uint8_t key[SHA256_SIZE] = { 7 };
	struct err e = { 0 };
	struct buf b;

	CHECK_ERR(store_result_get(s, key, &b, &e), e, ERR_NOTFOUND);
	CHECK_OK(store_result_put(s, key, str_span(STR("{}\n")), &e), e);
	CHECK_OK(store_result_put(s, key, str_span(STR("{}\n")), &e), e);
	CHECK_ERR(store_result_put(s, key, str_span(STR("[]\n")), &e), e, ERR_MISMATCH);
	CHECK_OK(store_result_get(s, key, &b, &e), e);
	CHECK(str_is(buf_str(&b), "{}\n"));
	buf_done(&b);
	CHECK(count_own(s) == 0);
	store_free(s);
}

static void scratch(void)
{
	struct store *s = open_store("a"), *second = open_store("a");
	struct err e = { 0 };
	char *path = NULL, inside[400];
	struct stat st;

	CHECK_OK(store_tmpdir(s, &path, &e), e);
	snprintf(inside, sizeof inside, "%s/x", path);
	CHECK(mkdir(inside, 0500) == 0);
	store_free(second);
	second = open_store("a");
	CHECK(stat(inside, &st) == 0); /* another opening leaves the living alone */
	store_free(second);
	store_tmpdir_remove(s, path);
	CHECK(count_own(s) == 0);
	CHECK_OK(store_tmpdir(s, &path, &e), e);
	store_free(s);
	CHECK(stat(path, &st) < 0 && errno == ENOENT);
	free(path);
}

static void temps(void)
{
	struct store *s = open_store("a");
	char name[STORE_NAME_MAX];
	struct err e = { 0 };
	struct stat st;
	int fd = -1;

	CHECK_OK(store_temp_new(s, name, &fd, &e), e);
	CHECK(write(fd, "pack", 4) == 4);
	CHECK_OK(store_temp_place(s, name, fd, "packs/one", &e), e);
	close(fd);
	CHECK(fstatat(store_fd(s), "packs/one", &st, 0) == 0 && st.st_size == 4);
	CHECK_OK(store_temp_new(s, name, &fd, &e), e);
	store_temp_drop(s, name);
	close(fd);
	CHECK(count_own(s) == 0);
	store_free(s);
}

static void bad_places(void)
{
	struct store *s = NULL;
	struct err e = { 0 };
	int fd = open(in_top("file"), O_WRONLY | O_CREAT, 0600);

	close(fd);
	CHECK_ERR(store_open(&s, in_top("file"), &e), e, ERR_IO);
	CHECK(e.hint[0]);
	CHECK_ERR(store_open(&s, in_top("file/below"), &e), e, ERR_IO);
	unsetenv("XDG_CACHE_HOME");
	unsetenv("HOME");
	CHECK_ERR(store_open(&s, NULL, &e), e, ERR_USAGE);
	CHECK(e.hint[0]);
	setenv("HOME", in_top("home"), 1);
	CHECK_OK(store_open(&s, NULL, &e), e);
	CHECK(str_ends(str_of(store_path(s)), "/home/.cache/assay"));
	store_freep(&s);
	setenv("XDG_CACHE_HOME", in_top("cache"), 1);
	CHECK_OK(store_open(&s, NULL, &e), e);
	CHECK(str_ends(str_of(store_path(s)), "/cache/assay"));
	store_free(s);
}

/* The bytes of object i of a writer that is to be killed, or that races with others. */
static size_t make_bytes(size_t i, char *out, size_t size)
{
	size_t n = 1 + i * 7919 % (size - 1);

	memset(out, (int)('a' + i % 26), n);
	memcpy(out, &i, sizeof i < n ? sizeof i : n);
	return n;
}

static bool write_one(void *ctx, size_t i, struct err *e)
{
	static _Thread_local char bytes[200000];
	size_t n = make_bytes(i, bytes, sizeof bytes);
	struct store_writer *w;
	uint8_t got[SHA256_SIZE];

	if (!store_write_begin(ctx, &w, e))
		return false;
	for (size_t at = 0; at < n; at += 4096)
		if (!store_write(w, bytes + at, n - at < 4096 ? n - at : 4096, e)) {
			store_write_abort(w);
			return false;
		}
	return store_write_finish(w, NULL, got, e);
}

/* Every object in the store has the name that its bytes have. */
static size_t check_all(const struct store *s)
{
	struct err e = { 0 };
	char **folders, **names, path[300];
	size_t n_folders = 0, n = 0, seen = 0;

	CHECK_OK(file_names(store_fd(s), "objects", &folders, &n_folders, &e), e);
	for (size_t f = 0; f < n_folders; f++) {
		snprintf(path, sizeof path, "objects/%s", folders[f]);
		CHECK_OK(file_names(store_fd(s), path, &names, &n, &e), e);
		for (size_t i = 0; i < n; i++) {
			uint8_t sha256[SHA256_SIZE];
			char hex[80];
			struct buf b = { 0 };

			snprintf(hex, sizeof hex, "%.2s%.62s", folders[f], names[i]);
			CHECK(hex_read(str_of(hex), sha256, SHA256_SIZE));
			CHECK_OK(store_get(s, sha256, 1 << 20, &b, &e), e);
			buf_done(&b);
			seen++;
		}
		file_names_free(names, n);
	}
	file_names_free(folders, n_folders);
	return seen;
}

static _Noreturn void write_until_killed(size_t from)
{
	struct store *s = NULL;
	struct err e = { 0 };
	char *scratch_path;

	if (!store_open(&s, in_top("killed"), &e) || !store_tmpdir(s, &scratch_path, &e))
		_exit(1);
	for (size_t i = from;; i++)
		if (!write_one(s, i, &e))
			_exit(1);
}

static void killed_writers(void)
{
	size_t seen = 0;

	for (unsigned round = 0; round < 30; round++) {
		struct store *s;
		pid_t pid = fork();
		int status = 0;

		if (pid == 0)
			write_until_killed(round * 1000);
		usleep(round * 1777 % 20000);
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		CHECK(WIFSIGNALED(status));
		s = open_store("killed");
		CHECK(count(s, "tmp") == 1); /* ours alone */
		seen = check_all(s);
		store_free(s);
	}
	CHECK(seen > 0);
	printf("killed 30 writers, %zu whole objects\n", seen);
}

static void two_writers(void)
{
	struct store *mine;
	struct err e = { 0 };
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		struct store *s = NULL;

		_exit(store_open(&s, in_top("two"), &e) && par_for(200, 4, write_one, s, &e) ? 0
											     : 1);
	}
	mine = open_store("two");
	CHECK_OK(par_for(200, 4, write_one, mine, &e), e);
	waitpid(pid, &status, 0);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	CHECK(check_all(mine) == 200);
	CHECK(count_own(mine) == 0);
	store_free(mine);
}

static bool write_to(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool ok = fd >= 0 && write(fd, text, strlen(text)) > 0;

	close(fd);
	return ok;
}

/* A mount namespace; an ordinary user needs a user namespace in which it is root first. */
static bool own_namespaces(void)
{
	char uid[32], gid[32];

	snprintf(uid, sizeof uid, "0 %u 1", (unsigned)getuid());
	snprintf(gid, sizeof gid, "0 %u 1", (unsigned)getgid());
	if (unshare(CLONE_NEWNS) == 0)
		return true;
	return unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 &&
	       write_to("/proc/self/setgroups", "deny") && write_to("/proc/self/uid_map", uid) &&
	       write_to("/proc/self/gid_map", gid);
}

/* In a child with a small tmpfs of its own: 0 when all went well. */
static int fill_disk(void)
{
	struct store *s = NULL;
	struct err e = { 0 };
	size_t i = 0;

	if (!own_namespaces())
		return 77;
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return 77;
	mkdir(in_top("small"), 0700);
	if (mount("tmpfs", in_top("small"), "tmpfs", 0, "size=2m") < 0)
		return 77;
	s = open_store("small");
	while (write_one(s, i, &e))
		i++;
	printf("disk full after %zu objects: %s (%s)\n", i, e.text, e.hint);
	CHECK(e.kind == ERR_IO && strstr(e.text, "space") && e.hint[0]);
	CHECK(i > 5 && check_all(s) == i);
	CHECK(count_own(s) == 0);
	store_free(s);
	return test_failed ? 1 : 0;
}

static void full_disk(void)
{
	pid_t pid;
	int status = 0;

	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		int code = fill_disk();

		fflush(NULL);
		_exit(code);
	}
	waitpid(pid, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		test_skip("full-disk", "no small tmpfs can be mounted here");
	else
		CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int main(void)
{
	struct err e = { 0 };
	const char *tmp = getenv("TMPDIR");

	snprintf(top, sizeof top, "%.40s/store-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(top))
		return 2;
	put_and_get();
	umask_does_not_matter();
	who_owns_it();
	writers();
	damaged_object();
	contents();
	results();
	scratch();
	temps();
	bad_places();
	killed_writers();
	two_writers();
	full_disk();
	CHECK_OK(file_remove_tree(AT_FDCWD, top, &e), e);
	return test_end();
}
