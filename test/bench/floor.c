/*
 * floor OUT DEB...: what no builder of images from packages can do without: decode data.tar of every package on all
 * cores, hash every file, write everything once. Nothing is merged, checked or laid out. Prints one line of figures.
 */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <lzma.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/mem.h"
#include "sys/par.h"

enum {
	PIECE = 1 << 20,
	BIG = 16 << 20, /* bytes of a package whose xz blocks are decoded by several threads */
	MEMORY_MAX = 1 << 30, /* of one decoder */
};

struct package {
	const char *path;
	off_t size;
};

struct job {
	struct package *packages;
	int out;
	atomic_ullong at, files;
};

/* data.tar.* of one package: its compressed bytes by libarchive's ar, decompressed here where it is xz. */
struct member {
	struct archive *ar;
	lzma_stream xz;
	bool is_xz, ended;
	uint8_t *out;
};

static bool fail(struct archive *a, const char *what, struct err *e)
{
	return err_set(e, ERR_FORMAT, "%s: %s", what, archive_error_string(a));
}

static bool decoder(struct member *m, uint32_t threads, struct err *e)
{
	lzma_mt mt = {
		.threads = threads, .memlimit_threading = MEMORY_MAX, .memlimit_stop = MEMORY_MAX
	};

	m->xz = (lzma_stream)LZMA_STREAM_INIT;
	return lzma_stream_decoder_mt(&m->xz, &mt) == LZMA_OK ||
	       err_set(e, ERR_INTERNAL, "no xz decoder");
}

static bool member_open(struct member *m, const struct package *p, uint32_t threads, struct err *e)
{
	struct archive_entry *entry;

	m->ar = archive_read_new();
	archive_read_support_format_ar(m->ar);
	m->out = mem_alloc(PIECE);
	if (archive_read_open_filename(m->ar, p->path, PIECE) != ARCHIVE_OK)
		return fail(m->ar, p->path, e);
	while (archive_read_next_header(m->ar, &entry) == ARCHIVE_OK) {
		const char *name = archive_entry_pathname(entry);

		if (strncmp(name, "data.tar", 8) != 0)
			continue;
		m->is_xz = !strcmp(name, "data.tar.xz");
		return !m->is_xz || decoder(m, threads, e);
	}
	return err_set(e, ERR_FORMAT, "%s: no data.tar", p->path);
}

static void member_done(struct member *m)
{
	archive_read_free(m->ar);
	if (m->is_xz)
		lzma_end(&m->xz);
	free(m->out);
}

static la_ssize_t member_read(struct archive *a, void *ctx, const void **bytes)
{
	struct member *m = ctx;
	la_int64_t at;
	size_t n;

	if (!m->is_xz)
		return archive_read_data_block(m->ar, bytes, &n, &at) == ARCHIVE_OK ? (la_ssize_t)n
										    : 0;
	m->xz.next_out = m->out;
	m->xz.avail_out = PIECE;
	while (m->xz.avail_out && !m->ended) {
		lzma_ret r;
		const void *in;

		if (!m->xz.avail_in && archive_read_data_block(m->ar, &in, &n, &at) == ARCHIVE_OK) {
			m->xz.next_in = in;
			m->xz.avail_in = n;
		}
		r = lzma_code(&m->xz, m->xz.avail_in ? LZMA_RUN : LZMA_FINISH);
		m->ended = r == LZMA_STREAM_END;
		if (r != LZMA_OK && !m->ended) {
			archive_set_error(a, EINVAL, "xz error %d", (int)r);
			return -1;
		}
	}
	*bytes = m->out;
	return (la_ssize_t)(PIECE - m->xz.avail_out);
}

static bool write_all(int fd, const uint8_t *p, size_t n, off_t at, struct err *e)
{
	while (n) {
		ssize_t w = pwrite(fd, p, n, at);

		if (w <= 0)
			return err_os(e, "cannot write");
		p += w;
		at += w;
		n -= (size_t)w;
	}
	return true;
}

/* One file: hashed and written at a place of its own. */
static bool one_file(struct job *j, struct archive *tar, struct hasher *h, size_t size,
	uint8_t *buffer, struct err *e)
{
	unsigned long long at = atomic_fetch_add(&j->at, size);
	uint8_t digest[SHA256_SIZE];

	hasher_restart(h);
	while (size) {
		la_ssize_t n = archive_read_data(tar, buffer, size < PIECE ? size : PIECE);

		if (n <= 0)
			return fail(tar, "tar", e);
		hasher_add(h, buffer, (size_t)n);
		if (!write_all(j->out, buffer, (size_t)n, (off_t)at, e))
			return false;
		at += (size_t)n;
		size -= (size_t)n;
	}
	hasher_end(h, digest);
	atomic_fetch_add(&j->files, 1);
	return true;
}

static bool read_tar(struct job *j, struct member *m, const char *path, struct err *e)
{
	struct archive *tar = archive_read_new();
	CLEANUP(hasher_freep) struct hasher *h = hasher_new(DIGEST_SHA256);
	CLEANUP(mem_free) uint8_t *buffer = mem_alloc(PIECE);
	struct archive_entry *entry;
	bool ok = true;
	int r = ARCHIVE_OK;

	archive_read_support_format_tar(tar);
	archive_read_support_filter_zstd(tar);
	archive_read_support_filter_gzip(tar);
	if (archive_read_open(tar, m, NULL, member_read, NULL) != ARCHIVE_OK)
		ok = fail(tar, path, e);
	while (ok && (r = archive_read_next_header(tar, &entry)) == ARCHIVE_OK)
		if (archive_entry_size(entry) > 0)
			ok = one_file(j, tar, h, (size_t)archive_entry_size(entry), buffer, e);
	if (ok && r != ARCHIVE_EOF)
		ok = fail(tar, path, e);
	archive_read_free(tar);
	return ok;
}

static bool one_package(void *ctx, size_t i, struct err *e)
{
	struct job *j = ctx;
	const struct package *p = &j->packages[i];
	struct member m = { 0 };
	bool ok = member_open(&m, p, p->size > BIG ? (uint32_t)par_cores() : 1, e) &&
		  read_tar(j, &m, p->path, e);

	member_done(&m);
	return ok;
}

static int by_size(const void *a, const void *b)
{
	const struct package *x = a, *y = b;

	if (x->size != y->size)
		return x->size > y->size ? -1 : 1;
	return strcmp(x->path, y->path);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

int main(int argc, char **argv)
{
	size_t n = argc > 2 ? (size_t)argc - 2 : 0;
	struct job j = { .packages = mem_array(n, sizeof *j.packages), .out = -1 };
	double start = now();
	struct err e = { 0 };
	bool ok;

	if (n)
		j.out = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (j.out < 0) {
		fprintf(stderr, "usage: floor OUT DEB...\n");
		return 2;
	}
	for (size_t i = 0; i < n; i++) {
		struct stat st = { 0 };

		j.packages[i].path = argv[i + 2];
		if (stat(argv[i + 2], &st) == 0)
			j.packages[i].size = st.st_size;
	}
	qsort(j.packages, n, sizeof *j.packages, by_size);
	ok = par_for(n, 0, one_package, &j, &e);
	close(j.out);
	free(j.packages);
	if (!ok) {
		fprintf(stderr, "floor: %s\n", e.text);
		return 2;
	}
	printf("%.3f s: %zu packages, %llu files, %.1f MB on %zu cores\n", now() - start, n,
		atomic_load(&j.files), (double)atomic_load(&j.at) / 1e6, par_cores());
	return 0;
}
