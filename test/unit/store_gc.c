/* What stays and what goes: records and their seals, parts of downloads, gc, and who has a store alone. */
#include "store/store_gc.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"

#include "store_made.h"

/* Any byte of a record or its seal changed, or its end cut off: seen; a new result takes its place. */
static void damaged_results(void)
{
	struct store *s = open_store("a");
	uint8_t key[SHA256_SIZE] = { 8 };
	struct span record = str_span(STR("{\n  \"n\": 1\n}\n"));
	char hex[2 * SHA256_SIZE + 1], place[128];
	struct buf b = { 0 }, file = { 0 };
	struct err e = { 0 };

	hex_write(hex, key, sizeof key);
	snprintf(place, sizeof place, "results/%s.json", hex);
	CHECK_OK(store_result_put(s, key, record, &e), e);
	CHECK_OK(file_read(store_fd(s), place, 1000, &file, &e), e);
	CHECK(file.n == record.n + 72);
	for (size_t i = 0; i < 2 * file.n; i++) {
		size_t n = i < file.n ? file.n : i - file.n;

		if (n == record.n)
			continue; /* as it was written before there were seals */
		if (i < file.n)
			file.p[i] ^= 2;
		CHECK_OK(file_write(store_fd(s), place, span_make(file.p, n), 0444, &e), e);
		CHECK_ERR(store_result_get(s, key, &b, &e), e, ERR_MISMATCH);
		CHECK(e.hint[0]);
		if (i < file.n)
			file.p[i] ^= 2;
		CHECK_OK(store_result_put(s, key, record, &e), e);
		CHECK_OK(store_result_get(s, key, &b, &e), e);
		CHECK(span_equal(buf_span(&b), record));
		buf_done(&b);
	}
	CHECK_OK(file_write(store_fd(s), place, record, 0444, &e), e);
	CHECK_OK(store_result_get(s, key, &b, &e), e);
	buf_done(&b);
	CHECK(count_own(s) == 0);
	buf_done(&file);
	store_free(s);
}

/* A partial goes on in another store_open, and nothing of it is an object before its digest is right. */
static void partials(void)
{
	struct store *s = open_store("partials");
	struct store_writer *w = NULL, *second = NULL;
	uint8_t want[SHA256_SIZE], got[SHA256_SIZE];
	struct err e = { 0 };
	uint64_t at = 9;

	sha256_of(want, str_span(STR("abcdef")));
	CHECK_OK(store_write_resume(s, want, &w, &at, &e), e);
	CHECK(at == 0);
	store_write_keep(w); /* nothing to keep */
	CHECK(count(s, "partial") == 0);
	CHECK_OK(store_write_resume(s, want, &w, &at, &e), e);
	CHECK_OK(store_write(w, "abc", 3, &e), e);
	CHECK_OK(store_write_resume(s, want, &second, &at, &e), e);
	CHECK(at == 0 && count_own(s) == 1); /* not the same file */
	store_write_abort(second);
	store_write_keep(w);
	store_free(s);
	s = open_store("partials");
	CHECK(count(s, "partial") == 1 && !store_has(s, want));
	CHECK_OK(store_write_resume(s, want, &w, &at, &e), e);
	CHECK(at == 3);
	CHECK_OK(store_write(w, "def", 3, &e), e);
	CHECK_OK(store_write_finish(w, want, got, &e), e);
	CHECK(store_has_size(s, want, 6) && count(s, "partial") == 0);
	CHECK_OK(store_write_resume(s, want, &w, &at, &e), e);
	CHECK_OK(store_write(w, "abcdeX", 6, &e), e);
	CHECK_ERR(store_write_finish(w, want, got, &e), e, ERR_MISMATCH);
	CHECK(count(s, "partial") == 0 && count_own(s) == 0);
	store_free(s);
}

/* What a writer that was killed while it finished has left: a part that is read only already. */
static bool goes_on_read_only(const char *folder)
{
	struct store *s = NULL;
	struct store_writer *w = NULL, *second = NULL;
	uint8_t want[SHA256_SIZE], got[SHA256_SIZE];
	char place[128] = "partial/";
	struct err e = { 0 };
	uint64_t at = 9;

	sha256_of(want, str_span(STR("abcdef")));
	hex_write(place + strlen(place), want, sizeof want);
	CHECK_OK(store_open(&s, folder, &e), e);
	CHECK_OK(store_write_resume(s, want, &w, &at, &e), e);
	CHECK_OK(store_write(w, "abc", 3, &e), e);
	CHECK(fchmodat(store_fd(s), place, 0444, 0) == 0);
	CHECK_OK(store_write_resume(s, want, &second, &at, &e), e);
	CHECK(at == 0 && count_own(s) == 1); /* another process is finishing it */
	store_write_abort(second);
	store_write_keep(w);
	CHECK_OK(store_write_resume(s, want, &w, &at, &e), e);
	CHECK(at == 3);
	CHECK_OK(store_write(w, "def", 3, &e), e);
	CHECK_OK(store_write_finish(w, want, got, &e), e);
	CHECK(store_has_size(s, want, 6) && count(s, "partial") == 0);
	store_free(s);
	CHECK_OK(file_remove_tree(AT_FDCWD, folder, &e), e);
	return test_failed == 0;
}

/* Root may write what is read only: this is an ordinary user's. */
static void read_only_partial(void)
{
	char folder[] = "/tmp/store-user-XXXXXX";
	int status = 0;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		bool ok = geteuid() != 0 || (setgid(65534) == 0 && setuid(65534) == 0);

		ok = ok && mkdtemp(folder) && goes_on_read_only(folder);
		fflush(NULL);
		_exit(ok ? 0 : 1);
	}
	waitpid(pid, &status, 0);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* A writer that gives up takes away its own file, not what another one has made under the same name. */
static void another_ones_partial(void)
{
	struct store *s = open_store("another");
	struct store_writer *w = NULL;
	uint8_t want[SHA256_SIZE];
	char place[128] = "partial/";
	struct err e = { 0 };
	uint64_t at = 9;

	sha256_of(want, str_span(STR("abcdef")));
	hex_write(place + strlen(place), want, sizeof want);
	CHECK_OK(store_write_resume(s, want, &w, &at, &e), e);
	CHECK(renameat(store_fd(s), place, store_fd(s), "objects/placed") == 0);
	CHECK_OK(file_write(store_fd(s), place, str_span(STR("abc")), 0600, &e), e);
	store_write_abort(w);
	CHECK(count(s, "partial") == 1);
	CHECK_OK(store_write_resume(s, want, &w, &at, &e), e);
	store_write_abort(w);
	CHECK(at == 3 && count(s, "partial") == 0);
	store_free(s);
}

static void put_file(struct store *s, const char *place, const char *text)
{
	struct err e = { 0 };

	CHECK_OK(file_write(store_fd(s), place, str_span(str_of(text)), 0444, &e), e);
}

static bool there(const struct store *s, const char *place)
{
	struct stat st;

	return fstatat(store_fd(s), place, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* One of each kind; fills the places of three objects: that records name, that the caller needs, that nobody does. */
static void fill_store(struct store *s, char objects[static 3][128])
{
	static const char *const texts[] = { "named by a record", "needed", "in nobody's way" };
	uint8_t sha256[SHA256_SIZE], key[SHA256_SIZE] = { 1 };
	char hex[2 * SHA256_SIZE + 1], record[200];
	struct err e = { 0 };

	for (size_t i = 0; i < 3; i++) {
		CHECK_OK(store_put(s, str_span(str_of(texts[i])), sha256, &e), e);
		object_path(sha256, objects[i]);
		if (i)
			continue;
		hex_write(hex, sha256, sizeof sha256);
		snprintf(record, sizeof record, "{\"a\": [\"%s\"]}\n", hex);
		CHECK_OK(store_result_put(s, key, str_span(str_of(record)), &e), e);
	}
	put_file(s, "packs/one-2", "pack");
	put_file(s, "packs/two-2", "pack");
	CHECK_OK(file_mkdirs(store_fd(s), "sysroots/one/usr/bin", &e), e);
	put_file(s, "sysroots/one/usr/bin/true", "true");
	CHECK(fchmodat(store_fd(s), "sysroots/one", 0555, 0) == 0);
	put_file(s, "partial/one", "part");
	put_file(s, "logs/part-0123456789abcdef", "it failed");
}

static void gc_by_age(void)
{
	struct store *s = open_store("gc-age");
	struct store_gc_rule rule = { .dry_run = true };
	struct store_gc_result r;
	char objects[3][128];
	struct err e = { 0 };

	fill_store(s, objects);
	put_file(s, "partial/one", "part");
	CHECK_OK(store_gc(&r, s, &rule, &e), e);
	CHECK(there(s, "logs/part-0123456789abcdef"));
	CHECK(r.kept[STORE_OBJECTS].n == 3 && r.kept[STORE_PACKS].n == 2 &&
		r.kept[STORE_SYSROOTS].n == 1 && r.kept[STORE_RESULTS].n == 1);
	CHECK(r.gone[STORE_PARTIAL].n == 1); /* no digest */
	rule.unused_since_unix = INT64_MAX;
	CHECK_OK(store_gc(&r, s, &rule, &e), e);
	CHECK(r.gone[STORE_PACKS].n == 2 && r.gone[STORE_SYSROOTS].n == 1 &&
		r.gone[STORE_SYSROOTS].size > 0 && there(s, "packs/one-2"));
	rule.dry_run = false;
	CHECK_OK(store_lock_alone(s, NULL, NULL, &e), e);
	CHECK_OK(store_gc(&r, s, &rule, &e), e);
	CHECK(!there(s, "packs/one-2") && !there(s, "sysroots/one") && !there(s, "partial/one"));
	CHECK(!there(s, "logs/part-0123456789abcdef"));
	CHECK(there(s, objects[0]) && there(s, objects[1]) && there(s, objects[2]));
	CHECK(r.kept[STORE_OBJECTS].n == 3 && r.kept[STORE_RESULTS].n == 1);
	CHECK(count_own(s) == 0);
	store_free(s);
}

static void gc_by_need(void)
{
	struct store *s = open_store("gc-need");
	CLEANUP(map_freep) struct map *needed = map_new();
	struct store_gc_rule rule = { .needed = needed };
	struct store_gc_result r;
	char objects[3][128];
	struct err e = { 0 };

	fill_store(s, objects);
	map_add(needed, str_of(objects[1]), s);
	map_add(needed, STR("packs/one-2"), s);
	CHECK_OK(store_lock_alone(s, NULL, NULL, &e), e);
	CHECK_OK(store_gc(&r, s, &rule, &e), e);
	CHECK(there(s, objects[0]) && there(s, objects[1]) && !there(s, objects[2]));
	CHECK(there(s, "packs/one-2") && !there(s, "packs/two-2") && there(s, "sysroots/one"));
	CHECK(count(s, "results") == 1);
	rule.unused_since_unix = INT64_MAX;
	CHECK_OK(store_gc(&r, s, &rule, &e), e);
	CHECK(!there(s, objects[0]) && there(s, objects[1]) && !there(s, "sysroots/one"));
	CHECK(count(s, "results") == 1 && there(s, "packs/one-2"));
	store_free(s);
}

/* While a store is open nobody has it alone; who opens it meanwhile waits. */
static void alone(void)
{
	struct store *s = open_store("alone"), *other = NULL;
	struct err e = { 0 };
	int pipe_fds[2], status = 0;
	char byte = 0;
	pid_t pid;

	CHECK(pipe(pipe_fds) == 0);
	pid = fork();
	if (pid == 0) {
		struct store *second = NULL;
		bool ok = close(store_fd(s)) == 0 && /* or we would wait for our own copy */
			  store_open(&second, in_top("alone"), &e) &&
			  store_lock_alone(second, NULL, NULL, &e) &&
			  write(pipe_fds[1], "x", 1) == 1;

		usleep(300000);
		if (ok && there(second, "objects/other"))
			ok = false; /* the parent got in */
		store_free(second);
		_exit(ok ? 0 : 1);
	}
	usleep(200000);
	/* It waits, and keeps nobody out meanwhile. */
	other = open_store("alone");
	store_free(other);
	CHECK(fcntl(pipe_fds[0], F_SETFL, O_NONBLOCK) == 0 && read(pipe_fds[0], &byte, 1) < 0);
	store_free(s);
	CHECK(fcntl(pipe_fds[0], F_SETFL, 0) == 0 && read(pipe_fds[0], &byte, 1) == 1);
	other = open_store("alone");
	CHECK(mkdirat(store_fd(other), "objects/other", 0700) == 0);
	waitpid(pid, &status, 0);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	store_free(other);
	close(pipe_fds[0]);
	close(pipe_fds[1]);
}

int main(void)
{
	struct err e = { 0 };

	snprintf(top, sizeof top, "/tmp/store-gc-XXXXXX");
	if (!mkdtemp(top))
		return 2;
	damaged_results();
	partials();
	read_only_partial();
	another_ones_partial();
	gc_by_age();
	gc_by_need();
	alone();
	CHECK_OK(file_remove_tree(AT_FDCWD, top, &e), e);
	return test_end();
}
