#define ASSAY_MAY_ASK_THE_MACHINE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/mem.h"
#include "store/store_inside.h"
#include "sys/file.h"
#include "base/banned.h"

/* From <sys/file.h>, a name that our own sys/file.h has taken. */
int flock(int fd, int operation);

enum {
	PREFIX = sizeof "objects/ab/" - 1,
	NAME_MAX_HERE = sizeof "partial/" + 2 * SHA256_SIZE,
	LOCK_TRIES = 100,
};

struct store_writer {
	struct store *store;
	bool partial;             /* name is in the store's folder, else in our own of tmp/ */
	char name[NAME_MAX_HERE]; /* of the file while it is written */
	int fd;
	uint64_t at;
	struct hasher *hasher;
};

bool store_write_begin(struct store *s, struct store_writer **ret, struct err *e)
{
	struct store_writer *w = MEM_NEW(struct store_writer);

	w->store = s;
	w->fd = -1;
	if (!store_temp_new(s, w->name, &w->fd, e)) {
		free(w);
		return false;
	}
	w->hasher = hasher_new(DIGEST_SHA256);
	*ret = w;
	return true;
}

bool store_write(struct store_writer *w, const void *p, size_t n, struct err *e)
{
	if (!file_pwrite(w->fd, p, n, w->at, w->name, e))
		return err_wrap(e, "cannot write in the store '%s'", w->store->path);
	hasher_add(w->hasher, p, n);
	w->at += n;
	return true;
}

static int folder_of(const struct store_writer *w)
{
	return w->partial ? w->store->fd : w->store->tmp_fd;
}

static void writer_free(struct store_writer *w)
{
	file_closep(&w->fd); /* and with it the lock of a partial */
	hasher_free(w->hasher);
	free(w);
}

/* Is what stands at name the file of fd? */
static bool is_file_of(int dir, const char *name, int fd)
{
	struct stat mine, there;

	return fstat(fd, &mine) == 0 && fstatat(dir, name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
	       mine.st_ino == there.st_ino && mine.st_dev == there.st_dev;
}

void store_write_abort(struct store_writer *w)
{
	if (!w)
		return;
	/* Where it has been placed already, another writer may have a file of this name by now. */
	if (is_file_of(folder_of(w), w->name, w->fd))
		unlinkat(folder_of(w), w->name, 0);
	writer_free(w);
}

void store_write_keep(struct store_writer *w)
{
	if (w && w->partial && w->at)
		writer_free(w);
	else
		store_write_abort(w);
}

enum lock_answer { LOCKED, BUSY, GONE };

/*
 * BUSY: another process has it, or it is no file. GONE: who had it before has taken it away between our opening and our
 * lock.
 */
static enum lock_answer lock_file(const struct store *s, const char *name, int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || flock(fd, LOCK_EX | LOCK_NB) < 0)
		return BUSY;
	return is_file_of(s->fd, name, fd) ? LOCKED : GONE;
}

/*
 * A partial that is being finished is read only, and stays so when its writer is killed. True when it can be opened now;
 * only under the lock it is surely still a part and not an object.
 */
static bool make_writable(const struct store *s, const char *name)
{
	CLEANUP(file_closep)
	int fd = openat(s->fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	enum lock_answer answer;

	if (fd < 0)
		return false;
	answer = lock_file(s, name, fd);
	return answer == GONE || (answer == LOCKED && fchmod(fd, 0600) == 0);
}

/* Opens and locks the file of a partial; *fd stays -1 when that is not ours to have. */
static bool lock_partial(const struct store *s, const char *name, int *fd, struct err *e)
{
	for (int i = 0; i < LOCK_TRIES; i++) {
		CLEANUP(file_closep)
		int f = openat(
			s->fd, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
		enum lock_answer answer;

		if (f < 0 && errno == EACCES) {
			if (make_writable(s, name))
				continue;
			return true;
		}
		if (f < 0)
			return store_failed(s, e);
		answer = lock_file(s, name, f);
		if (answer == GONE)
			continue;
		if (answer == LOCKED) {
			*fd = f;
			f = -1;
		}
		return true;
	}
	return true;
}

/* What is there already goes through the hasher. */
static bool take_up(struct store_writer *w, struct err *e)
{
	CLEANUP(mem_free) uint8_t *piece = mem_alloc(CONTENT_PIECE);
	struct stat st;
	uint64_t size;

	if (fstat(w->fd, &st) < 0)
		return store_failed(w->store, e);
	size = (uint64_t)st.st_size;
	while (w->at < size) {
		uint64_t left = size - w->at;
		size_t n = left < CONTENT_PIECE ? (size_t)left : CONTENT_PIECE;

		if (!file_pread(w->fd, piece, n, w->at, w->name, e))
			return false;
		hasher_add(w->hasher, piece, n);
		w->at += n;
	}
	return true;
}

bool store_write_resume(struct store *s, const uint8_t sha256[static SHA256_SIZE],
	struct store_writer **ret, uint64_t *at, struct err *e)
{
	struct store_writer *w;
	char name[NAME_MAX_HERE] = "partial/";
	int fd = -1;

	hex_write(name + strlen(name), sha256, SHA256_SIZE);
	if (!lock_partial(s, name, &fd, e))
		return false;
	*at = 0;
	if (fd < 0)
		return store_write_begin(s, ret, e);
	w = MEM_NEW(struct store_writer);
	w->store = s;
	w->partial = true;
	memcpy(w->name, name, sizeof name);
	w->fd = fd;
	w->hasher = hasher_new(DIGEST_SHA256);
	if (!take_up(w, e)) {
		store_write_abort(w);
		return false;
	}
	*at = w->at;
	*ret = w;
	return true;
}

/* objects/ab, synced in objects/ when it is new. */
static bool make_folder(const struct store *s, const char *place, struct err *e)
{
	char folder[PREFIX];
	CLEANUP(file_closep) int fd = -1;

	memcpy(folder, place, PREFIX - 1);
	folder[PREFIX - 1] = 0;
	if (mkdirat(s->fd, folder, 0755) < 0)
		return errno == EEXIST || store_failed(s, e);
	if (fchmodat(s->fd, folder, 0755, 0) < 0)
		return store_failed(s, e);
	fd = openat(s->fd, "objects", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return (fd >= 0 && fsync(fd) == 0) || store_failed(s, e);
}

static bool mismatch(const uint8_t *want, const uint8_t *got, struct err *e)
{
	char w[2 * SHA256_SIZE + 1], g[2 * SHA256_SIZE + 1];

	hex_write(w, want, SHA256_SIZE);
	hex_write(g, got, SHA256_SIZE);
	return err_set(e, ERR_MISMATCH, "SHA-256 is %s, wanted %s", g, w);
}

bool store_write_finish(
	struct store_writer *w, const uint8_t *want, uint8_t ret[static SHA256_SIZE], struct err *e)
{
	uint8_t got[SHA256_SIZE];
	char place[STORE_PLACE_MAX];
	bool ok;

	hasher_end(w->hasher, got);
	store_object_place(place, got);
	ok = !want || ct_equal(want, got, SHA256_SIZE) || mismatch(want, got, e);
	ok = ok && make_folder(w->store, place, e) &&
	     store_place(w->store, folder_of(w), w->name, w->fd, place, e);
	if (!ok) {
		store_write_abort(w);
		return false;
	}
	writer_free(w); /* the name may be another writer's by now */
	memcpy(ret, got, SHA256_SIZE);
	return true;
}
