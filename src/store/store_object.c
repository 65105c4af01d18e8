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

/* Opened anew for every read: a build may hold thousands of contents, but not thousands of descriptors. */
struct store_object {
	struct content_source source;
	const struct store *store;
	uint8_t sha256[SHA256_SIZE];
	struct store_object *next;
};

void store_object_place(
	char place[static STORE_PLACE_MAX], const uint8_t sha256[static SHA256_SIZE])
{
	char hex[2 * SHA256_SIZE + 1];

	hex_write(hex, sha256, SHA256_SIZE);
	snprintf(place, STORE_PLACE_MAX, "objects/%.2s/%s", hex, hex + 2);
}

/* Of a regular file in its place. */
static bool find(const struct store *s, const uint8_t *sha256, struct stat *st)
{
	char place[STORE_PLACE_MAX];

	store_object_place(place, sha256);
	return fstatat(s->fd, place, st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st->st_mode);
}

bool store_has(const struct store *s, const uint8_t sha256[static SHA256_SIZE])
{
	struct stat st;

	return find(s, sha256, &st);
}

bool store_has_size(const struct store *s, const uint8_t sha256[static SHA256_SIZE], uint64_t size)
{
	struct stat st;

	return find(s, sha256, &st) && (uint64_t)st.st_size == size;
}

int store_open_object(const struct store *s, const uint8_t sha256[static SHA256_SIZE],
	uint64_t *size, struct err *e)
{
	char place[STORE_PLACE_MAX];
	struct stat st;
	int fd;

	store_object_place(place, sha256);
	fd = openat(s->fd, place, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 && errno == ENOENT) {
		err_set(e, ERR_NOTFOUND, "the store '%s' has no '%s'", s->path, place);
		return -1;
	}
	if (fd < 0 && errno == ELOOP) {
		err_set(e, ERR_FORMAT, "'%s/%s' is not a regular file", s->path, place);
		return -1;
	}
	if (fd < 0 || fstat(fd, &st) < 0) {
		err_os(e, "cannot open '%s/%s'", s->path, place);
		file_closep(&fd);
		return -1;
	}
	if (!S_ISREG(st.st_mode)) {
		err_set(e, ERR_FORMAT, "'%s/%s' is not a regular file", s->path, place);
		file_closep(&fd);
		return -1;
	}
	if (size)
		*size = (uint64_t)st.st_size;
	return fd;
}

static bool damaged(const struct store *s, const uint8_t *want, const uint8_t *got, struct err *e)
{
	char place[STORE_PLACE_MAX], hex[2 * SHA256_SIZE + 1];

	store_object_place(place, want);
	hex_write(hex, got, SHA256_SIZE);
	err_set(e, ERR_MISMATCH, "'%s/%s' is damaged: its SHA-256 is %s", s->path, place, hex);
	return err_hint(e, "run assay store verify --repair DIR, with the folder of assay.yaml");
}

bool store_get(const struct store *s, const uint8_t sha256[static SHA256_SIZE], size_t max,
	struct buf *out, struct err *e)
{
	CLEANUP(file_closep) int fd = store_open_object(s, sha256, NULL, e);
	CLEANUP(buf_done) struct buf b = { 0 };
	uint8_t got[SHA256_SIZE];
	char place[STORE_PLACE_MAX];

	if (fd < 0)
		return false;
	store_object_place(place, sha256);
	if (!file_read_fd(fd, place, max, &b, e))
		return false;
	sha256_of(got, buf_span(&b));
	if (!ct_equal(got, sha256, SHA256_SIZE))
		return damaged(s, sha256, got, e);
	*out = b;
	b = (struct buf){ 0 };
	return true;
}

bool store_put(struct store *s, struct span bytes, uint8_t ret[static SHA256_SIZE], struct err *e)
{
	uint8_t sha256[SHA256_SIZE];
	struct store_writer *w;

	sha256_of(sha256, bytes);
	if (!store_has_size(s, sha256, bytes.n)) {
		if (!store_write_begin(s, &w, e))
			return false;
		if (!store_write(w, bytes.p, bytes.n, e)) {
			store_write_abort(w);
			return false;
		}
		if (!store_write_finish(w, sha256, sha256, e))
			return false;
	}
	memcpy(ret, sha256, SHA256_SIZE);
	return true;
}

static bool read_object(
	const struct content_source *source, uint64_t at, void *dst, size_t n, struct err *e)
{
	const struct store_object *o = (const struct store_object *)source;
	CLEANUP(file_closep) int fd = store_open_object(o->store, o->sha256, NULL, e);

	return fd >= 0 && file_pread(fd, dst, n, at, "a stored object", e);
}

static bool hash_content(const struct content *c, uint8_t *out, struct err *e)
{
	CLEANUP(hasher_freep) struct hasher *h = hasher_new(DIGEST_SHA256);
	CLEANUP(mem_free) uint8_t *piece = mem_alloc(CONTENT_PIECE);

	for (uint64_t at = 0; at < c->size;) {
		size_t n = c->size - at < CONTENT_PIECE ? (size_t)(c->size - at) : CONTENT_PIECE;

		if (!content_read(c, at, piece, n, e))
			return false;
		hasher_add(h, piece, n);
		at += n;
	}
	hasher_end(h, out);
	return true;
}

bool store_check_object(
	const struct store *s, const uint8_t sha256[static SHA256_SIZE], struct err *e)
{
	struct store_object o = { .source = { read_object }, .store = s };
	struct content c = { .source = &o.source };
	CLEANUP(file_closep) int fd = store_open_object(s, sha256, &c.size, e);
	uint8_t got[SHA256_SIZE];

	if (fd < 0)
		return false;
	memcpy(o.sha256, sha256, SHA256_SIZE);
	if (!hash_content(&c, got, e))
		return false;
	return ct_equal(got, sha256, SHA256_SIZE) || damaged(s, sha256, got, e);
}

bool store_content(struct store *s, const uint8_t sha256[static SHA256_SIZE], struct content *ret,
	struct err *e)
{
	CLEANUP(mem_free) struct store_object *o = MEM_NEW(struct store_object);
	struct content c = { .source = &o->source };
	CLEANUP(file_closep) int fd = store_open_object(s, sha256, &c.size, e);

	if (fd < 0 || !store_check_object(s, sha256, e))
		return false;
	o->source.read = read_object;
	o->store = s;
	memcpy(o->sha256, sha256, SHA256_SIZE);
	memcpy(c.sha256, sha256, SHA256_SIZE);
	pthread_mutex_lock(&s->lock);
	o->next = s->sources;
	s->sources = o;
	pthread_mutex_unlock(&s->lock);
	o = NULL;
	*ret = c;
	return true;
}

void store_sources_free(struct store_object *list)
{
	while (list) {
		struct store_object *next = list->next;

		free(list);
		list = next;
	}
}
