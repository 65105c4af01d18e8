#include "deb/inflate.h"

#include <archive.h>
#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"
#include "deb/archive_error.h"
#include "deb/inflate_xz.h"
#include "base/banned.h"

struct inflate {
	struct inflate_xz *xz;   /* for xz; then the rest is not used */
	struct archive *archive; /* libarchive's "raw" format: a filter and nothing else */
	struct ar *ar;
	uint64_t size;  /* compressed */
	int filter;     /* ARCHIVE_FILTER_* */
	struct err err; /* of the reading below, when that failed */
};

static const struct {
	const char *suffix;
	int filter;
	int (*support)(struct archive *);
	bool plain_only; /* dpkg makes no such packages any more; upstreams' tarballs are older */
} filters[] = {
	{ "", ARCHIVE_FILTER_NONE, NULL, false },
	{ ".xz", ARCHIVE_FILTER_XZ, NULL, false },
	{ ".zst", ARCHIVE_FILTER_ZSTD, archive_read_support_filter_zstd, false },
	{ ".gz", ARCHIVE_FILTER_GZIP, archive_read_support_filter_gzip, false },
	{ ".bz2", ARCHIVE_FILTER_BZIP2, archive_read_support_filter_bzip2, true },
};

static la_ssize_t read_member(struct archive *archive, void *ctx, const void **p)
{
	struct inflate *i = ctx;
	const uint8_t *bytes;
	size_t n;

	if (!ar_read(i->ar, &bytes, &n, &i->err)) {
		archive_set_error(archive, EIO, "read");
		return -1;
	}
	*p = bytes;
	return (la_ssize_t)n;
}

/* The next member of libarchive's view, which for the raw format is the whole stream. */
static bool start(struct inflate *i, struct err *e)
{
	struct archive_entry *entry;

	if (archive_read_support_format_raw(i->archive) != ARCHIVE_OK)
		return archive_error(i->archive, &i->err, e);
	if (archive_read_open2(i->archive, i, NULL, read_member, NULL, NULL) != ARCHIVE_OK ||
		archive_read_next_header(i->archive, &entry) != ARCHIVE_OK)
		return archive_error(i->archive, &i->err, e);
	if (archive_filter_code(i->archive, 0) != i->filter)
		return err_set(e, ERR_FORMAT, "not compressed as its name says");
	return true;
}

bool inflate_open(struct inflate **ret, struct ar *a, const struct ar_member *m, const char *base,
	struct err *e)
{
	CLEANUP(inflate_freep) struct inflate *i = MEM_NEW(struct inflate);
	size_t n = strlen(base);

	i->ar = a;
	i->size = m->size;
	i->archive = archive_read_new();
	if (!i->archive)
		abort();
	for (size_t k = 0; k < ARRAY_LEN(filters); k++) {
		if (strncmp(m->name, base, n) != 0 || strcmp(m->name + n, filters[k].suffix) != 0 ||
			(filters[k].plain_only && strcmp(base, INFLATE_PLAIN) != 0))
			continue;
		i->filter = filters[k].filter;
		if (i->filter == ARCHIVE_FILTER_XZ) {
			i->xz = inflate_xz_new(a, m->size);
			*ret = TAKE(i);
			return true;
		}
		if (filters[k].support && filters[k].support(i->archive) != ARCHIVE_OK)
			return archive_error(i->archive, &i->err, e);
		if (!start(i, e))
			return false;
		*ret = TAKE(i);
		return true;
	}
	return err_set(e, ERR_FORMAT, "found '%s', wanted %s with .xz, .zst, .gz or nothing",
		m->name, base);
}

void inflate_free(struct inflate *i)
{
	if (!i)
		return;
	inflate_xz_free(i->xz);
	archive_read_free(i->archive);
	free(i);
}

void inflate_freep(struct inflate **i)
{
	inflate_free(*i);
}

bool inflate_read(struct inflate *i, const void **p, size_t *n, struct err *e)
{
	la_int64_t at;
	int rc;

	if (i->xz)
		return inflate_xz_read(i->xz, p, n, e);
	do
		rc = archive_read_data_block(i->archive, p, n, &at);
	while (rc == ARCHIVE_OK && *n == 0);
	if (rc == ARCHIVE_OK)
		return true;
	if (rc != ARCHIVE_EOF)
		return archive_error(i->archive, &i->err, e);
	*n = 0;
	if ((uint64_t)archive_filter_bytes(i->archive, -1) != i->size)
		return err_set(e, ERR_FORMAT,
			"garbage after the compressed data, from %lld of %llu",
			(long long)archive_filter_bytes(i->archive, -1),
			(unsigned long long)i->size);
	return true;
}
