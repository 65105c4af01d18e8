#include "diff/diff_inflate.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "deb/archive_error.h"
#include "diff/diff_zstd.h"
#include "sys/file.h"
#include "base/banned.h"

enum { NAMES_MAX = 1000 };

/* Where the bytes go: into memory, and from there on into a file when they become too many. */
struct target {
	const char *spill;
	uint64_t size, max;
	struct buf memory;
	int fd; /* -1: all is in memory */
};

static void free_archive(struct archive **a)
{
	archive_read_free(*a);
}

/* A file without a name; where the file system cannot make one (overlayfs could not for long), one that loses its name. */
static int nameless(const char *folder)
{
	int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	char path[PATH_MAX];

	for (unsigned i = 0; fd < 0 && i < NAMES_MAX; i++) {
		if (errno != EOPNOTSUPP && errno != EISDIR && errno != EEXIST)
			break;
		if (snprintf(path, sizeof path, "%s/assay-diff-%u", folder, i) >= PATH_MAX)
			break;
		fd = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (fd >= 0)
			unlink(path);
	}
	return fd;
}

static bool spill(struct target *t, struct err *e)
{
	t->fd = nameless(t->spill);
	if (t->fd < 0)
		return err_os(e, "cannot make a temporary file in '%s'", t->spill);
	return file_pwrite(t->fd, t->memory.p, t->memory.n, 0, "a temporary file", e);
}

static bool take(struct target *t, const void *p, size_t n, struct err *e)
{
	if (n > t->max - t->size)
		return err_set(e, ERR_LIMIT, "it inflates to more than %llu bytes",
			(unsigned long long)t->max);
	if (t->fd < 0 && n > t->memory.max - t->memory.n && !spill(t, e))
		return false;
	if (t->fd < 0)
		buf_add(&t->memory, p, n);
	else if (!file_pwrite(t->fd, p, n, t->size, "a temporary file", e))
		return false;
	t->size += n;
	return true;
}

/* All of the input is used, but for zeros at its end. */
static bool check_end(struct archive *a, const struct diff_bytes *src, struct err *e)
{
	la_int64_t used = archive_filter_bytes(a, -1);

	if (used < 0 || diff_bytes_behind_zeros(src, (uint64_t)used) != src->all.n)
		return err_set(e, ERR_FORMAT, "garbage behind the compressed data, from %lld on",
			(long long)used);
	return true;
}

/* libarchive's "raw" format: one member that is the whole stream. Nothing in it is no member. */
static bool read_all(
	struct target *t, struct archive *a, const struct diff_bytes *src, struct err *e)
{
	struct archive_entry *entry;
	struct err none = { 0 };
	const void *p;
	la_int64_t at;
	size_t n;
	int rc;

	if (archive_read_support_filter_gzip(a) != ARCHIVE_OK ||
		archive_read_support_filter_xz(a) != ARCHIVE_OK ||
		archive_read_support_filter_zstd(a) != ARCHIVE_OK ||
		archive_read_support_format_raw(a) != ARCHIVE_OK ||
		archive_read_support_format_empty(a) != ARCHIVE_OK ||
		archive_read_open_memory(a, src->all.p, src->all.n) != ARCHIVE_OK)
		return archive_error(a, &none, e);
	rc = archive_read_next_header(a, &entry);
	if (rc != ARCHIVE_OK && rc != ARCHIVE_EOF)
		return archive_error(a, &none, e);
	if (archive_filter_count(a) < 2)
		return err_set(e, ERR_FORMAT, "neither gzip, xz nor zstd");
	while (rc == ARCHIVE_OK) {
		rc = archive_read_data_block(a, &p, &n, &at);
		if (rc == ARCHIVE_OK && !take(t, p, n, e))
			return false;
	}
	return rc == ARCHIVE_EOF ? check_end(a, src, e) : archive_error(a, &none, e);
}

static void take_memory(struct diff_bytes *ret, struct buf *memory)
{
	struct span all = buf_span(memory);
	size_t room = memory->room;

	*ret = (struct diff_bytes){ .all = all, .owned = TAKE(memory->p), .owned_size = room };
}

/* Without the zeros behind zstd frames, which libarchive does not take. */
static struct diff_bytes without_zeros(const struct diff_bytes *src)
{
	uint64_t end = diff_zstd_end(src);

	return diff_bytes_slice(
		src, 0, end && diff_bytes_behind_zeros(src, end) == src->all.n ? end : src->all.n);
}

bool diff_inflate(struct diff_bytes *ret, const struct diff_bytes *src, const char *folder,
	uint64_t max, struct err *e)
{
	CLEANUP(free_archive) struct archive *a = archive_read_new();
	CLEANUP(buf_done) struct buf memory = { 0 };
	struct target t = {
		.spill = folder, .max = max, .memory = buf_init(DIFF_INFLATE_MEMORY), .fd = -1
	};
	const struct diff_bytes plain = without_zeros(src);
	bool ok;

	if (!a)
		abort(); /* only without memory */
	ok = read_all(&t, a, &plain, e);
	memory = t.memory;
	if (ok && t.fd >= 0)
		ok = diff_bytes_map(ret, t.fd, "a temporary file", e);
	else if (ok)
		take_memory(ret, &memory);
	file_closep(&t.fd);
	return ok;
}
