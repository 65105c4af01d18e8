/* Damage in a store: what is flipped, cut or in the wrong place is found, what is whole is not. Toolchains, too. */
#include "build/damage.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/mem.h"
#include "build/sysroot.h"
#include "build/sysroot_check.h"
#include "sys/file.h"
#include "test.h"

static char root[] = "/tmp/assay-test-damage-XXXXXX";
static struct store *store;

static size_t n_unread, n_unchecked; /* of the last look */

/* How much is damaged; the place and the reason of the first go to place. */
static size_t damaged(char place[static 512])
{
	CLEANUP(store_list_done) struct store_list l = { 0 };
	CLEANUP(damages_done) struct damages found = { 0 };
	struct err e = { 0 };

	CHECK_OK(store_list(&l, store, &e), e);
	CHECK_OK(damage_find(&found, store, &l, &e), e);
	snprintf(place, 512, "%s: %s", found.n ? found.items[0].entry->place : "",
		found.n ? found.items[0].why : "");
	n_unread = found.n_unread;
	n_unchecked = found.n_unchecked;
	return found.n;
}

static void flip(const char *place, uint64_t at)
{
	uint8_t byte = 0;
	int fd;

	CHECK(fchmodat(store_fd(store), place, 0644, 0) == 0);
	fd = openat(store_fd(store), place, O_RDWR | O_CLOEXEC);
	CHECK(fd >= 0 && pread(fd, &byte, 1, (off_t)at) == 1);
	byte ^= 16;
	CHECK(pwrite(fd, &byte, 1, (off_t)at) == 1);
	close(fd);
}

/* Flipped, it is found and named; flipped back, it is not. */
static void check_flip(const char *place, uint64_t at, const char *named)
{
	char said[512];

	CHECK(damaged(said) == 0);
	flip(place, at);
	CHECK(damaged(said) >= 1);
	if (strncmp(said, named, strlen(named)) != 0)
		fprintf(stderr, "flipped %s, damaged is %s\n", place, said);
	CHECK(!strncmp(said, named, strlen(named)));
	flip(place, at);
	CHECK(damaged(said) == 0);
}

static void objects(void)
{
	uint8_t sha256[SHA256_SIZE], got[SHA256_SIZE];
	char place[STORE_PLACE_MAX], said[512];
	struct store_entry x = { .kind = STORE_OBJECTS, .place = place };
	struct err e = { 0 };

	CHECK_OK(store_put(store, str_span(STR("an object")), sha256, &e), e);
	store_object_place(place, sha256);
	CHECK(damage_object(&x, got) && !memcmp(got, sha256, SHA256_SIZE));
	for (size_t i = 0; i < 9; i++)
		check_flip(place, i, place);
	CHECK(mkdirat(store_fd(store), "objects/zz", 0755) == 0);
	CHECK_OK(file_write(store_fd(store), "objects/zz/stray", str_span(STR("x")), 0444, &e), e);
	CHECK(damaged(said) == 1 && strstr(said, "objects/zz/stray: no name"));
	CHECK_OK(file_remove_tree(store_fd(store), "objects/zz", &e), e);
	x.place = said;
	CHECK(!damage_object(&x, got));
	x.place = place;
	x.kind = STORE_PACKS;
	CHECK(!damage_object(&x, got));
}

static void records(void)
{
	uint8_t key[SHA256_SIZE] = { 5 };
	char hex[2 * SHA256_SIZE + 1], result[128], note[128], said[512];
	struct span text = str_span(STR("{\n  \"format\": \"x\"\n}\n"));
	struct err e = { 0 };

	hex_write(hex, key, sizeof key);
	snprintf(result, sizeof result, "results/%s.json", hex);
	snprintf(note, sizeof note, "notes/%s.json", hex);
	CHECK_OK(store_result_put(store, key, text, &e), e);
	CHECK_OK(store_note_put(store, key, text, &e), e);
	check_flip(result, 7, result);
	check_flip(result, text.n + 20, result);
	check_flip(note, 7, note);
	/* Parts of downloads are whatever they are. */
	CHECK(damaged(said) == 0 && n_unchecked == 0);
	CHECK_OK(file_write(store_fd(store), "partial/x", text, 0600, &e), e);
	CHECK(damaged(said) == 0 && n_unchecked == 1);
	CHECK(unlinkat(store_fd(store), "partial/x", 0) == 0);
}

static struct tree *toolchain(struct content_memory *m)
{
	struct tree *t = tree_new(1 << 20);
	struct node nodes[] = {
		{ .path = STR(""), .kind = NODE_FOLDER, .mode = 0755, .origin = STR("x") },
		{ .path = STR("bin"), .kind = NODE_FOLDER, .mode = 0755, .origin = STR("x") },
		{ .path = STR("bin/cc"), .kind = NODE_FILE, .mode = 0755, .origin = STR("x") },
		{ .path = STR("bin/empty"), .kind = NODE_FILE, .mode = 0644, .origin = STR("x") },
		{ .path = STR("bin/gcc"),
			.kind = NODE_LINK,
			.mode = 0777,
			.target = STR("cc"),
			.origin = STR("x") },
	};
	struct err e = { 0 };

	content_of_memory(&nodes[2].content, m, str_span(STR("the compiler")));
	sha256_of(nodes[3].content.sha256, span_make(NULL, 0));
	for (size_t i = 0; i < ARRAY_LEN(nodes); i++)
		CHECK_OK(tree_add(t, &nodes[i], &e), e);
	CHECK_OK(tree_finish(t, 1700000000, &e), e);
	return t;
}

/* Rot in a toolchain is found, and laying it out again mends it, whatever it is. */
static void toolchains(void)
{
	struct content_memory memory;
	CLEANUP(tree_freep) struct tree *t = toolchain(&memory);
	char *path = NULL, *again = NULL, inside[300], list[300], said[512];
	const char *place;
	struct err e = { 0 };

	CHECK_OK(sysroot_lay(&path, store, t, &e), e);
	place = strstr(path, "sysroots/");
	snprintf(inside, sizeof inside, "%s/bin/cc", place);
	snprintf(list, sizeof list, "%s.list", place);
	check_flip(inside, 4, place);
	check_flip(list, 9, place);
	flip(inside, 4);
	CHECK_OK(sysroot_lay(&again, store, t, &e), e);
	CHECK(!strcmp(path, again) && damaged(said) == 0);
	free(again);
	snprintf(inside, sizeof inside, "%s/bin/gcc", place);
	CHECK(unlinkat(store_fd(store), inside, 0) == 0);
	CHECK(symlinkat("other", store_fd(store), inside) == 0);
	CHECK(damaged(said) == 1 && strstr(said, "'bin/gcc' is not what it was"));
	CHECK_OK(sysroot_lay(&again, store, t, &e), e);
	CHECK(damaged(said) == 0);
	free(again);
	/* Without a list only the next use tells; that makes the list, too. */
	CHECK(damaged(said) == 0 && n_unchecked == 0);
	CHECK(unlinkat(store_fd(store), list, 0) == 0);
	CHECK(damaged(said) == 0 && n_unchecked == 1);
	CHECK_ERR(sysroot_verify(store, place, &e), e, ERR_NOTFOUND);
	CHECK_OK(sysroot_lay(&again, store, t, &e), e);
	CHECK_OK(sysroot_verify(store, place, &e), e);
	free(again);
	free(path);
}

/* As kill -9 in the middle of a write: no file grows beyond this, and who tries is ended. */
static void write_and_die(bool (*write)(struct store *s, struct err *e))
{
	const struct rlimit size = { 40, 40 }, none = { 0, 0 };
	int status = 0;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		struct store *s = NULL;
		struct err e = { 0 };

		if (store_open(&s, root, &e) && setrlimit(RLIMIT_CORE, &none) == 0 &&
			setrlimit(RLIMIT_FSIZE, &size) == 0 && !write(s, &e))
			fprintf(stderr, "%s\n", e.text);
		_exit(1);
	}
	waitpid(pid, &status, 0);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGXFSZ);
}

static bool write_note(struct store *s, struct err *e)
{
	static const uint8_t key[SHA256_SIZE] = { 9 };

	return store_note_put(s, key, str_span(STR("{\n  \"format\": \"x\"\n}\n")), e);
}

static bool write_toolchain(struct store *s, struct err *e)
{
	struct content_memory memory;
	CLEANUP(tree_freep) struct tree *t = toolchain(&memory);
	CLEANUP(mem_free) char *path = NULL;

	return sysroot_lay(&path, s, t, e);
}

/* Whoever is killed while it writes a note or the list of a toolchain leaves nothing that looks like damage. */
static void killed_in_a_note(void)
{
	struct err e = { 0 };
	char said[512];

	write_and_die(write_note);
	CHECK(damaged(said) == 0);
	CHECK_OK(file_remove_tree(store_fd(store), "sysroots", &e), e);
	CHECK(mkdirat(store_fd(store), "sysroots", 0755) == 0);
	write_and_die(write_toolchain);
	CHECK(damaged(said) == 0);
}

/*
 * Without a descriptor, in place of a disk that gives no answer: everything is unread, nothing is damaged. In a child,
 * whose limit is its own.
 */
static int look_without_descriptors(void)
{
	CLEANUP(store_list_done) struct store_list l = { 0 };
	CLEANUP(damages_done) struct damages found = { 0 };
	const struct rlimit no_more = { 3, 3 };
	struct err e = { 0 };

	CHECK_OK(store_list(&l, store, &e), e);
	CHECK(setrlimit(RLIMIT_NOFILE, &no_more) == 0);
	CHECK_OK(damage_find(&found, store, &l, &e), e);
	CHECK(found.n == l.n && found.n_unread == l.n && l.n >= 5);
	for (size_t i = 0; i < found.n; i++)
		if (!found.items[i].unread)
			fprintf(stderr, "%s: %s\n", found.items[i].entry->place,
				found.items[i].why);
	return test_failed ? 1 : 0;
}

/* A toolchain's list can be read, a file in it cannot. */
static int look_as_another_user(void)
{
	char said[512];

	CHECK(setgid(65534) == 0 && setuid(65534) == 0);
	CHECK(damaged(said) == 1 && n_unread == 1);
	CHECK(strstr(said, "cannot read 'bin/cc'"));
	return test_failed ? 1 : 0;
}

static void in_a_child(int (*look)(void))
{
	int status = 0;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0)
		_exit(look());
	waitpid(pid, &status, 0);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void unread(void)
{
	struct content_memory memory;
	CLEANUP(tree_freep) struct tree *t = toolchain(&memory);
	CLEANUP(mem_free) char *path = NULL;
	char inside[300];
	struct err e = { 0 };

	in_a_child(look_without_descriptors);
	if (geteuid() != 0)
		return;
	CHECK_OK(sysroot_lay(&path, store, t, &e), e);
	snprintf(inside, sizeof inside, "%s/bin/cc", strstr(path, "sysroots/"));
	CHECK(fchmodat(store_fd(store), inside, 0600, 0) == 0 && chmod(root, 0755) == 0);
	in_a_child(look_as_another_user);
}

static bool far_ahead;

/* Stands before that of the C library, so that what is in the store can be old. */
time_t time(time_t *ret)
{
	struct timespec now = { 0 };
	const time_t ahead = far_ahead ? 40 * 24 * 60 * 60 : 0;

	clock_gettime(CLOCK_REALTIME, &now);
	if (ret)
		*ret = now.tv_sec + ahead;
	return now.tv_sec + ahead;
}

static bool marked(const struct timespec *before, const char *folder, const char *suffix)
{
	CLEANUP(store_list_done) struct store_list l = { 0 };
	struct err e = { 0 };
	size_t n = 0, n_marked = 0;

	CHECK_OK(store_list(&l, store, &e), e);
	for (size_t i = 0; i < l.n; i++) {
		struct stat st = { 0 };
		const char *place = l.items[i].place;

		if (strncmp(place, folder, strlen(folder)) != 0 || !str_ends(str_of(place), suffix))
			continue;
		CHECK(fstatat(store_fd(store), place, &st, AT_SYMLINK_NOFOLLOW) == 0);
		n++;
		n_marked += st.st_ctim.tv_sec > before->tv_sec ||
			    (st.st_ctim.tv_sec == before->tv_sec &&
				    st.st_ctim.tv_nsec >= before->tv_nsec);
	}
	CHECK(n > 0);
	return n_marked > 0;
}

/* What is used must not look old to gc: a toolchain and its list, a note. */
static void use_is_marked(void)
{
	uint8_t key[SHA256_SIZE] = { 5 };
	struct content_memory memory;
	CLEANUP(tree_freep) struct tree *t = toolchain(&memory);
	CLEANUP(mem_free) char *first = NULL, *second = NULL;
	struct timespec before = { 0 };
	struct err e = { 0 };
	struct buf b;

	CHECK_OK(sysroot_lay(&first, store, t, &e), e);
	usleep(50000);
	clock_gettime(CLOCK_REALTIME, &before);
	usleep(50000);
	CHECK(!marked(&before, "notes/", ".json") && !marked(&before, "sysroots/", ""));
	far_ahead = true;
	CHECK_OK(store_note_get(store, key, &b, &e), e);
	buf_done(&b);
	CHECK(marked(&before, "notes/", ".json"));
	CHECK_OK(sysroot_lay(&second, store, t, &e), e);
	CHECK(marked(&before, "sysroots/", "") && marked(&before, "sysroots/", ".list"));
	far_ahead = false;
}

int main(void)
{
	struct err e = { 0 };

	if (!mkdtemp(root))
		return 1;
	CHECK_OK(store_open(&store, root, &e), e);
	if (!store)
		return test_end();
	objects();
	records();
	toolchains();
	killed_in_a_note();
	use_is_marked();
	unread();
	store_free(store);
	CHECK_OK(file_remove_tree(AT_FDCWD, root, &e), e);
	return test_end();
}
