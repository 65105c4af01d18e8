/*
 * Packages for tests, byte by byte, so that they can be as wrong as a test wants: a tar writer (ustar, GNU long names),
 * compressors through libarchive, and the ar container.
 */
#ifndef ASSAY_TEST_MAKE_DEB_H
#define ASSAY_TEST_MAKE_DEB_H

#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"

enum { MAKE_DEB_MAX = 64 << 20 };

struct tar_line {
	const char *name;
	char type; /* '0' file, '1' hard link, '2' symbolic link, '3' '4' devices, '5' folder, '6' fifo */
	unsigned mode;
	const char *content; /* of a file */
	const char *target;  /* of a link */
};

static inline void make_tar_header(
	struct buf *b, const char *name, char type, unsigned mode, size_t size, const char *target)
{
	char h[512] = { 0 };
	unsigned sum = 0;

	memcpy(h, name, strnlen(name, 100));
	snprintf(h + 100, 8, "%07o", mode);
	snprintf(h + 108, 8, "%07o", 0u);
	snprintf(h + 116, 8, "%07o", 0u);
	snprintf(h + 124, 12, "%011o", (unsigned)size);
	snprintf(h + 136, 12, "%011o", 1000000000u);
	memset(h + 148, ' ', 8);
	h[156] = type;
	if (target)
		memcpy(h + 157, target, strnlen(target, 100));
	memcpy(h + 257,
		"ustar\0"
		"00",
		8);
	if (type == '3' || type == '4') {
		snprintf(h + 329, 8, "%07o", 1u);
		snprintf(h + 337, 8, "%07o", 3u);
	}
	for (size_t i = 0; i < sizeof h; i++)
		sum += (unsigned char)h[i];
	snprintf(h + 148, 8, "%06o", sum);
	buf_add(b, h, sizeof h);
}

static inline void make_tar_data(struct buf *b, const void *p, size_t n)
{
	buf_add(b, p, n);
	buf_fill(b, 0, (512 - n % 512) % 512);
}

static inline void make_tar_line(struct buf *b, const struct tar_line *l)
{
	size_t size = l->content ? strlen(l->content) : 0;

	if (strlen(l->name) > 100) {
		make_tar_header(b, "././@LongLink", 'L', 0644, strlen(l->name) + 1, NULL);
		make_tar_data(b, l->name, strlen(l->name) + 1);
	}
	if (l->target && strlen(l->target) > 100) {
		make_tar_header(b, "././@LongLink", 'K', 0644, strlen(l->target) + 1, NULL);
		make_tar_data(b, l->target, strlen(l->target) + 1);
	}
	make_tar_header(b, l->name, l->type, l->mode, size, l->target);
	if (size)
		make_tar_data(b, l->content, size);
}

/* A pax extended header of one record for the entry that follows. */
static inline void make_tar_pax(struct buf *b, const char *key, const char *value)
{
	CLEANUP(buf_done) struct buf record = buf_init(1 << 20);
	size_t n = strlen(key) + strlen(value) + 3, digits = n + 2 > 99 ? 3 : 2;

	if (n + 4 > 999)
		digits = 4;
	buf_printf(&record, "%zu %s=%s\n", n + digits, key, value);
	make_tar_header(b, "./PaxHeaders/x", 'x', 0644, record.n, NULL);
	make_tar_data(b, record.p, record.n);
}

static inline struct buf make_tar(const struct tar_line *lines, size_t n)
{
	struct buf b = buf_init(MAKE_DEB_MAX);

	for (size_t i = 0; i < n; i++)
		make_tar_line(&b, &lines[i]);
	buf_fill(&b, 0, 1024);
	return b;
}

/* suffix: "", ".gz", ".bz2", ".xz", ".zst" */
static inline struct buf make_compressed(struct span bytes, const char *suffix)
{
	struct buf b = buf_init(MAKE_DEB_MAX);
	struct archive *a = archive_write_new();
	struct archive_entry *entry = archive_entry_new();
	size_t room = bytes.n * 2 + 65536, used = 0;
	void *out = malloc(room);

	if (!strcmp(suffix, ".gz")) {
		archive_write_add_filter_gzip(a);
		archive_write_set_filter_option(a, "gzip", "timestamp", NULL);
	}
	if (!strcmp(suffix, ".bz2"))
		archive_write_add_filter_bzip2(a);
	if (!strcmp(suffix, ".xz"))
		archive_write_add_filter_xz(a);
	if (!strcmp(suffix, ".zst"))
		archive_write_add_filter_zstd(a);
	archive_write_set_format_raw(a);
	archive_write_set_bytes_per_block(a, 0);
	archive_write_open_memory(a, out, room, &used);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_write_header(a, entry);
	archive_write_data(a, bytes.p, bytes.n);
	archive_write_close(a);
	archive_entry_free(entry);
	archive_write_free(a);
	buf_add(&b, out, used);
	free(out);
	return b;
}

static inline void make_ar_member(struct buf *b, const char *name, struct span bytes)
{
	if (b->n == 0)
		buf_add_cstr(b, "!<arch>\n");
	buf_printf(b, "%-16s%-12d%-6d%-6d%-8s%-10zu`\n", name, 1000000000, 0, 0, "100644", bytes.n);
	buf_add(b, bytes.p, bytes.n);
	if (bytes.n & 1)
		buf_u8(b, '\n');
}

/* A package of a control.tar with a small control file and this data.tar, both compressed as the suffix says. */
static inline struct buf make_deb_of_tar(struct span data_tar, const char *suffix)
{
	static const struct tar_line control[] = {
		{ "./", '5', 0755, NULL, NULL },
		{ "./control", '0', 0644, "Package: t\nVersion: 1\nArchitecture: all\n", NULL },
		{ "./md5sums", '0', 0644, "", NULL },
	};
	CLEANUP(buf_done) struct buf tar = make_tar(control, ARRAY_LEN(control));
	CLEANUP(buf_done) struct buf c = make_compressed(buf_span(&tar), suffix);
	CLEANUP(buf_done) struct buf d = make_compressed(data_tar, suffix);
	struct buf deb = buf_init(MAKE_DEB_MAX);
	char name[32];

	make_ar_member(&deb, "debian-binary", span_make("2.0\n", 4));
	snprintf(name, sizeof name, "control.tar%s", suffix);
	make_ar_member(&deb, name, buf_span(&c));
	snprintf(name, sizeof name, "data.tar%s", suffix);
	make_ar_member(&deb, name, buf_span(&d));
	return deb;
}

static inline struct buf make_deb(const struct tar_line *lines, size_t n, const char *suffix)
{
	CLEANUP(buf_done) struct buf tar = make_tar(lines, n);

	return make_deb_of_tar(buf_span(&tar), suffix);
}

#endif
