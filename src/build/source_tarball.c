#include "build/source_tarball.h"

#include <sys/stat.h>

#include "base/mem.h"
#include "sys/file.h"
#include "base/banned.h"

enum { PIECE = 1 << 20, PATH_ROOM = 8192 };

static bool copy(struct store_writer *w, int fd, uint64_t size, const char *name, struct err *e)
{
	CLEANUP(mem_free) uint8_t *piece = mem_alloc(PIECE);

	for (uint64_t at = 0; at < size;) {
		size_t n = size - at < PIECE ? (size_t)(size - at) : PIECE;

		if (!file_pread(fd, piece, n, at, name, e) || !store_write(w, piece, n, e))
			return false;
		at += n;
	}
	return true;
}

static bool take_file(
	struct store *s, const char *path, const struct source_request *r, struct err *e)
{
	CLEANUP(file_closep) int fd = file_open(AT_FDCWD, path, e);
	uint64_t max = r->size ? r->size : SOURCE_TARBALL_MAX;
	uint8_t got[SHA256_SIZE];
	struct store_writer *w;
	struct stat st;

	if (fd < 0)
		return false;
	if (fstat(fd, &st) < 0)
		return err_os(e, "cannot read '%s'", path);
	if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size > max ||
		(r->size && (uint64_t)st.st_size != r->size))
		return err_set(e, S_ISREG(st.st_mode) ? ERR_MISMATCH : ERR_FORMAT,
			"'%s' is no regular file of %s%llu bytes", path, r->size ? "" : "at most ",
			(unsigned long long)max);
	if (!store_write_begin(s, &w, e))
		return false;
	if (copy(w, fd, (uint64_t)st.st_size, path, e))
		return store_write_finish(w, r->sha256, got, e) || err_wrap(e, "'%s'", path);
	store_write_abort(w);
	return false;
}

/* A URL is asked as a mirror that has one file. */
static bool take_url(struct store *s, const struct source_request *r,
	const struct fetch_options *options, struct err *e)
{
	struct fetch_item item = { .size = r->size ? r->size : SOURCE_TARBALL_MAX,
		.at_most = !r->size };
	CLEANUP(mem_free) char *base = NULL;
	const char *bases[1];
	size_t at = r->url.n;

	while (at && r->url.p[at - 1] != '/')
		at--;
	base = mem_string(str_make(r->url.p, at ? at - 1 : 0));
	bases[0] = base;
	item.path = str_make(r->url.p + at, r->url.n - at);
	item.bases = (struct fetch_bases){ bases, 1 };
	memcpy(item.sha256, r->sha256, SHA256_SIZE);
	return fetch_all(s, &item, 1, options, e);
}

bool source_tarball_fetch(struct store *s, const char *dir, const struct source_request *r,
	const struct fetch_options *options, struct err *e)
{
	CLEANUP(buf_done) struct buf path = buf_init(PATH_ROOM);
	CLEANUP(mem_free) char *name = NULL;

	if (!r->path.n)
		return take_url(s, r, options, e);
	buf_printf(&path, "%s/%.*s", dir, STR_ARG(r->path));
	if (!buf_ok(&path))
		return buf_full(&path, "the path of a tarball", e);
	name = buf_take_cstr(&path);
	return take_file(s, name, r, e);
}
