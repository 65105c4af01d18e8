#include "image/disk.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "image/identifier.h"
#include "sys/file.h"
#include "base/banned.h"

enum { HOLE = 4096 };
#define PART_SIZE_MAX (UINT64_C(1) << 50)

static const struct {
	const uint8_t *type;
	uint64_t attributes;
	const char *name;
} kinds[DISK_PARTS] = {
	[DISK_ROOT] = { gpt_type_root_x86_64, GPT_READ_ONLY, "root" },
	[DISK_VERITY] = { gpt_type_root_x86_64_verity, GPT_READ_ONLY, "root-verity" },
	[DISK_ESP] = { gpt_type_esp, 0, "esp" },
};

static uint64_t aligned(uint64_t at)
{
	return (at + GPT_ALIGN - 1) / GPT_ALIGN * GPT_ALIGN;
}

bool disk_plan(struct disk *ret, uint64_t root_size, uint64_t verity_size, uint64_t esp_size,
	struct err *e)
{
	const uint64_t sizes[DISK_PARTS] = { root_size, verity_size, esp_size };
	struct disk d = { 0 };
	uint64_t at = GPT_ALIGN;

	for (size_t i = 0; i < DISK_PARTS; i++) {
		if (sizes[i] % GPT_SECTOR)
			return err_set(e, ERR_FORMAT,
				"partition '%s' of %llu bytes, wanted a multiple of %d",
				kinds[i].name, (unsigned long long)sizes[i], GPT_SECTOR);
		if (sizes[i] > PART_SIZE_MAX)
			return err_set(e, ERR_LIMIT, "partition '%s' of %llu bytes, limit %llu",
				kinds[i].name, (unsigned long long)sizes[i],
				(unsigned long long)PART_SIZE_MAX);
		d.parts[i] = (struct gpt_partition){ .type = kinds[i].type,
			.at = at,
			.size = sizes[i],
			.attributes = kinds[i].attributes,
			.name = kinds[i].name };
		at = aligned(at + sizes[i]);
	}
	d.size = aligned(d.parts[DISK_ESP].at + esp_size + GPT_BACKUP_SIZE);
	*ret = d;
	return true;
}

void disk_identify(struct disk *d, const uint8_t root_hash[static SHA256_SIZE],
	const uint8_t esp_sha256[static SHA256_SIZE])
{
	memcpy(d->parts[DISK_ROOT].uuid, root_hash, UUID_SIZE);
	memcpy(d->parts[DISK_VERITY].uuid, root_hash + SHA256_SIZE - UUID_SIZE, UUID_SIZE);
	identifier_uuid(d->parts[DISK_ESP].uuid, "esp", esp_sha256);
	identifier_uuid(d->uuid, "disk", esp_sha256);
}

struct gpt disk_gpt(const struct disk *d)
{
	struct gpt g = { .disk_size = d->size, .partitions = d->parts, .n = DISK_PARTS };

	memcpy(g.disk_uuid, d->uuid, UUID_SIZE);
	return g;
}

bool disk_begin(int fd, const char *name, struct err *e)
{
	return ftruncate(fd, 0) == 0 || err_os(e, "cannot empty '%s'", name);
}

static bool is_zero(const uint8_t *p, size_t n)
{
	return p[0] == 0 && memcmp(p, p + 1, n - 1) == 0;
}

/* How many of the n > 0 bytes at offset `at` lie in blocks of the file that are all zero (or all not). */
static size_t run_of(const uint8_t *p, size_t n, uint64_t at, bool *zero)
{
	size_t run = 0;

	while (run < n) {
		size_t block = HOLE - (size_t)((at + run) % HOLE);
		bool z;

		if (block > n - run)
			block = n - run;
		z = is_zero(p + run, block);
		if (run && z != *zero)
			break;
		*zero = z;
		run += block;
	}
	return run;
}

static bool write_part(struct sink *sink, const void *from, size_t n, struct err *e)
{
	struct disk_sink *s = (struct disk_sink *)sink;
	const uint8_t *p = from;
	size_t run;

	if (n > s->end - s->at)
		return err_set(e, ERR_FORMAT,
			"'%s': more bytes than the partition up to %llu holds", s->name,
			(unsigned long long)s->end);
	for (; n; p += run, n -= run, s->at += run) {
		bool zero = false;

		run = run_of(p, n, s->at, &zero);
		if (!zero && !file_pwrite(s->fd, p, run, s->at, s->name, e))
			return false;
	}
	return true;
}

void disk_sink_init(
	struct disk_sink *s, const struct disk *d, unsigned part, int fd, const char *name)
{
	const struct gpt_partition *p = &d->parts[part];

	*s = (struct disk_sink){ { write_part }, fd, name, p->at, p->at + p->size };
}

static void hash_zeroes(struct hasher *h, uint8_t *piece, uint64_t n)
{
	if (n)
		memset(piece, 0, n < CONTENT_PIECE ? (size_t)n : CONTENT_PIECE);
	while (n) {
		size_t got = n < CONTENT_PIECE ? (size_t)n : CONTENT_PIECE;

		hasher_add(h, piece, got);
		n -= got;
	}
}

/*
 * The next run of data from `at`; both are `size` when only a hole is left. A file system without holes has
 * one run.
 */
static bool next_data(int fd, uint64_t size, uint64_t *at, uint64_t *end)
{
	off_t from = lseek(fd, (off_t)*at, SEEK_DATA), to;

	*end = size;
	if (from < 0 && errno == ENXIO) {
		*at = size;
		return true;
	}
	if (from < 0)
		return errno == EINVAL;
	to = lseek(fd, from, SEEK_HOLE);
	*at = (uint64_t)from;
	if (to > from && (uint64_t)to < size)
		*end = (uint64_t)to;
	return true;
}

bool disk_digest(const struct disk *d, int fd, const char *name, uint8_t sha256[static SHA256_SIZE],
	struct err *e)
{
	CLEANUP(hasher_freep) struct hasher *h = hasher_new(DIGEST_SHA256);
	CLEANUP(mem_free) uint8_t *piece = mem_alloc(CONTENT_PIECE);
	uint64_t done = 0, at = 0, end;

	while (done < d->size) {
		if (!next_data(fd, d->size, &at, &end))
			return err_os(e, "cannot find the data of '%s'", name);
		hash_zeroes(h, piece, at - done);
		if (!file_hash(h, fd, at, end, name, e))
			return false;
		at = done = end;
	}
	hasher_end(h, sha256);
	return true;
}

bool disk_finish(const struct disk *d, int fd, const char *name, struct err *e)
{
	CLEANUP(buf_done) struct buf primary = buf_init(GPT_PRIMARY_SIZE);
	CLEANUP(buf_done) struct buf backup = buf_init(GPT_BACKUP_SIZE);
	struct gpt g = disk_gpt(d);

	if (!gpt_emit(&g, &primary, &backup, e))
		return false;
	if (ftruncate(fd, (off_t)d->size) < 0)
		return err_os(e, "cannot set the size of '%s' to %llu", name,
			(unsigned long long)d->size);
	return file_pwrite(fd, primary.p, primary.n, 0, name, e) &&
	       file_pwrite(fd, backup.p, backup.n, d->size - backup.n, name, e);
}
