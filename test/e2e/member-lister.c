/*
 * member-lister IMAGE: what the readers of src/diff see in an image (compressed ones are inflated first), one member a line
 * in the order of the paths, for test/e2e/foreign-images.sh:
 *
 *   KIND MODE UID:GID MTIME SIZE SHA256 PATH [-> TARGET]
 *
 * member-lister --xattr FILE NAME VALUE sets an extended attribute.
 *
 * SHA256 is "-" for what has no content and the reason for what is not read. Then "fact NAME=VALUE" of the container, and
 * of each member "fact PATH NAME=VALUE". Exit 1 with the error for what no reader takes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/xattr.h>

#include "base/hex.h"
#include "base/mem.h"
#include "diff/cpio_read.h"
#include "diff/deb_read.h"
#include "diff/diff_format.h"
#include "diff/diff_inflate.h"
#include "diff/erofs_read.h"
#include "diff/fat_read.h"
#include "diff/gpt_read.h"
#include "diff/tar_read.h"
#include "sys/file.h"

typedef bool reader(struct diff_members *, const struct diff_bytes *, struct arena *, struct err *);

static reader *reader_of(enum diff_format f)
{
	static reader *const readers[] = {
		[DIFF_FORMAT_GPT] = gpt_read,
		[DIFF_FORMAT_EROFS] = erofs_read,
		[DIFF_FORMAT_FAT] = fat_read,
		[DIFF_FORMAT_CPIO] = cpio_read,
		[DIFF_FORMAT_TAR] = tar_read,
		[DIFF_FORMAT_AR] = deb_read,
	};

	return f < ARRAY_LEN(readers) ? readers[f] : NULL;
}

static bool is_compressed(enum diff_format f)
{
	return f == DIFF_FORMAT_GZIP || f == DIFF_FORMAT_XZ || f == DIFF_FORMAT_ZSTD;
}

static void print_content(const struct diff_bytes *src, const struct diff_member *m)
{
	CLEANUP(hasher_freep) struct hasher *h = hasher_new(DIGEST_SHA256);
	static const uint8_t zeros[4096];
	uint8_t sha256[SHA256_SIZE];
	char text[2 * SHA256_SIZE + 1];

	for (size_t i = 0; i < m->n_extents; i++) {
		const struct diff_extent *x = &m->extents[i];
		uint64_t left = x->hole ? x->size : 0;

		if (!x->hole)
			hasher_add(h, diff_bytes_at(src, x->at, x->size).p, x->size);
		for (; left; left -= left < sizeof zeros ? left : sizeof zeros)
			hasher_add(h, zeros, left < sizeof zeros ? left : sizeof zeros);
	}
	hasher_end(h, sha256);
	hex_write(text, sha256, sizeof sha256);
	if (m->not_read.n)
		printf(" (%.*s)", STR_ARG(m->not_read));
	else
		printf(" %s", text);
}

static void print_member(const struct diff_bytes *src, const struct diff_member *m)
{
	static const char kinds[] = "fdlcbpshP";

	printf("%c %o %u:%u %lld %llu", kinds[m->kind], m->mode, m->uid, m->gid,
		(long long)m->mtime_unix, (unsigned long long)m->size);
	if (m->kind == DIFF_MEMBER_FILE || m->kind == DIFF_MEMBER_PARTITION)
		print_content(src, m);
	else
		printf(" -");
	printf(" %.*s", STR_ARG(m->path));
	if (m->target.n)
		printf(" -> %.*s", STR_ARG(m->target));
	for (size_t i = 0; i < m->n_xattrs; i++)
		printf(" [%.*s=%.*s]", STR_ARG(m->xattrs[i].name), (int)m->xattrs[i].value.n,
			(const char *)m->xattrs[i].value.p);
	putchar('\n');
}

static int by_path(const void *a, const void *b)
{
	const struct diff_member *const *x = a, *const *y = b;
	int order = str_compare((*x)->path, (*y)->path);

	return order ? order : (*x)->at < (*y)->at ? -1 : (*x)->at > (*y)->at;
}

static void print_all(const struct diff_bytes *src, const struct diff_members *all)
{
	CLEANUP(mem_free) const struct diff_member **sorted = mem_array(all->n, sizeof *sorted);

	for (size_t i = 0; i < all->n; i++)
		sorted[i] = &all->list[i];
	qsort(sorted, all->n, sizeof *sorted, by_path);
	for (size_t i = 0; i < all->n; i++)
		print_member(src, sorted[i]);
	for (size_t i = 0; i < all->n_facts; i++)
		printf("fact %s=%.*s\n", all->facts[i].name, STR_ARG(all->facts[i].value));
	for (size_t i = 0; i < all->n; i++)
		for (size_t k = 0; k < sorted[i]->n_facts; k++)
			printf("fact %.*s %s=%.*s\n", STR_ARG(sorted[i]->path),
				sorted[i]->facts[k].name, STR_ARG(sorted[i]->facts[k].value));
	if (all->end < src->all.n)
		printf("end %llu\n", (unsigned long long)all->end);
}

static bool list(const char *path, struct err *e)
{
	CLEANUP(diff_bytes_done) struct diff_bytes file = { 0 }, plain = { 0 };
	CLEANUP(arena_freep) struct arena *a = arena_new(512 << 20);
	const struct diff_bytes *src = &file;
	struct diff_members all = { 0 };
	reader *read;

	if (!diff_bytes_open(&file, AT_FDCWD, path, e))
		return false;
	if (is_compressed(diff_format_of(src))) {
		if (!diff_inflate(&plain, src, "/tmp", DIFF_INFLATE_MAX, e))
			return false;
		src = &plain;
	}
	read = reader_of(diff_format_of(src));
	if (!read)
		return err_set(
			e, ERR_FORMAT, "no reader for %s", diff_format_name(diff_format_of(src)));
	if (!read(&all, src, a, e))
		return false;
	print_all(src, &all);
	return true;
}

int main(int argc, char **argv)
{
	struct err e = { 0 };

	if (argc == 5 && strcmp(argv[1], "--xattr") == 0)
		return setxattr(argv[2], argv[3], argv[4], strlen(argv[4]), 0) == 0 ? 0 : 1;
	if (argc != 2)
		return 2;
	if (list(argv[1], &e))
		return 0;
	fprintf(stderr, "%s\n", e.text);
	return 1;
}
