#include "log/log_append.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "log/log_edge.h"
#include "log/log_folder_inside.h"
#include "log/log_reader.h"
#include "sys/file.h"
#include "base/banned.h"

struct log_append {
	struct log_folder *l;
	const struct private_key *key;
	uint64_t size_before;
	bool failed;
	struct log_edge edge;
	struct buf entries; /* of the last tile, which is not full */
	/* What was written and is not yet sure to stay. */
	char (*written)[TLOG_TILE_PATH_MAX];
	size_t n_written;
};

/* ---- writing tiles, and making them stay ---- */

static bool write_tile(void *ctx, const struct tlog_tile *t, struct span bytes, struct err *e)
{
	struct log_append *a = ctx;
	char path[TLOG_TILE_PATH_MAX];

	if (!tlog_tile_path(path, t, e) ||
		!log_folder_put(a->l, a->l->source.folder, path, bytes, false, e))
		return false;
	if ((a->n_written & (a->n_written - 1)) == 0)
		a->written = mem_grow(
			a->written, a->n_written ? 2 * a->n_written : 1, sizeof *a->written);
	memcpy(a->written[a->n_written++], path, sizeof path);
	return true;
}

static bool sync_one(int folder, const char *path, int flags, struct err *e)
{
	CLEANUP(file_closep) int fd = openat(folder, path, O_RDONLY | O_CLOEXEC | flags);

	return (fd >= 0 && fsync(fd) == 0) || err_os(e, "cannot sync '%s'", path);
}

/* The folders of a path, up to the log's own, which the checkpoint syncs; those that the path before had are done. */
static bool sync_folders(int folder, const char *path, const char *before, struct err *e)
{
	char parent[TLOG_TILE_PATH_MAX];

	memcpy(parent, path, sizeof parent);
	for (char *slash; (slash = strrchr(parent, '/'));) {
		*slash = '\0';
		if (before && !strncmp(parent, before, strlen(parent)) &&
			before[strlen(parent)] == '/')
			continue;
		if (!sync_one(folder, parent, O_DIRECTORY, e))
			return false;
	}
	return true;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(a, b);
}

static bool sync_all(struct log_append *a, struct err *e)
{
	int folder = a->l->source.folder;

	qsort(a->written, a->n_written, sizeof *a->written, by_path);
	for (size_t i = 0; i < a->n_written; i++)
		if (!sync_one(folder, a->written[i], 0, e))
			return false;
	for (size_t i = 0; i < a->n_written; i++)
		if (!sync_folders(folder, a->written[i], i ? a->written[i - 1] : NULL, e))
			return false;
	a->n_written = 0;
	return fsync(folder) == 0 || err_os(e, "cannot sync '%s'", a->l->path);
}

/* ---- entries ---- */

/* Entries of the last tile; they are those that its hashes say. */
static bool load_entries(struct log_append *a, struct err *e)
{
	CLEANUP(log_reader_freep)
	struct log_reader *r = log_reader_new(&a->l->source, a->edge.size);
	const struct log_edge_tile *hashes = &a->edge.tiles[0];
	struct log_entries t = { 0 };
	bool ok = true;

	a->entries = buf_init(TLOG_TILE_ENTRIES_SIZE_MAX);
	if (!hashes->n)
		return true;
	if (!log_reader_entries(&t, r, a->edge.size / TLOG_TILE_WIDTH, e))
		return false;
	for (unsigned i = 0; ok && i < hashes->n; i++) {
		struct merkle_hash leaf;
		struct span entry;

		if (!(ok = log_entries_get(&entry, &t, i, e)))
			break;
		leaf = merkle_leaf(entry);
		ok = (merkle_equal(&leaf, &hashes->hashes[i]) ||
			     err_set(e, ERR_MISMATCH,
				     "log '%s': entry %llu is not the one that its tile says",
				     a->l->path,
				     (unsigned long long)(a->edge.size - hashes->n + i))) &&
		     tlog_tile_put_entry(&a->entries, entry, e);
	}
	log_entries_done(&t);
	return ok;
}

bool log_append_begin(
	struct log_append **ret, struct log_folder *l, const struct private_key *key, struct err *e)
{
	CLEANUP(log_append_freep) struct log_append *a = NULL;

	if (!log_folder_lock(l, key, e))
		return false;
	a = MEM_NEW(struct log_append);
	a->l = l;
	a->key = key;
	a->size_before = l->now.size;
	if (!log_edge_load(&a->edge, &l->source, l->now.size, &l->now.root, e) ||
		!load_entries(a, e))
		return false;
	*ret = TAKE(a);
	return true;
}

static bool flush_entries(struct log_append *a, uint64_t at, unsigned width, struct err *e)
{
	const struct tlog_tile t = { TLOG_TILE_ENTRIES, at, width };

	return write_tile(a, &t, buf_span(&a->entries), e);
}

static bool add(struct log_append *a, struct span entry, struct err *e)
{
	struct merkle_hash leaf = merkle_leaf(entry);

	if (!tlog_tile_put_entry(&a->entries, entry, e))
		return false;
	if ((a->edge.size + 1) % TLOG_TILE_WIDTH == 0) {
		if (!flush_entries(a, a->edge.size / TLOG_TILE_WIDTH, TLOG_TILE_WIDTH, e))
			return false;
		a->entries.n = 0;
	}
	return log_edge_add(&a->edge, &leaf, write_tile, a, e);
}

bool log_append_entry(struct log_append *a, struct span entry, uint64_t *index, struct err *e)
{
	if (a->failed)
		return err_set(e, ERR_USAGE, "this addition to the log has failed already");
	*index = a->edge.size;
	a->failed = !add(a, entry, e);
	return !a->failed;
}

/* ---- the end ---- */

/* Partial tiles of a tile that is full: what they say is in it. Leaving one behind does no harm. */
static void forget_partial(struct log_append *a, int level, uint64_t at)
{
	const struct tlog_tile t = { level, at, TLOG_TILE_WIDTH };
	char path[TLOG_TILE_PATH_MAX + 2];
	struct err ignored = { 0 };

	if (!tlog_tile_path(path, &t, &ignored))
		return;
	memcpy(path + strlen(path), ".p", sizeof ".p");
	(void)!file_remove_tree(a->l->source.folder, path, &ignored);
}

/* Only the tile that was the last one before can have any, and after a kill at this very place the one before that. */
static void forget_partials(struct log_append *a)
{
	for (unsigned level = 0; level < TLOG_TILE_LEVELS; level++) {
		uint64_t from = a->size_before >> (8 * level) >> 8;
		uint64_t to = a->edge.size >> (8 * level) >> 8;

		for (uint64_t at = from ? from - 1 : 0; at < to && at <= from; at++) {
			forget_partial(a, (int)level, at);
			if (level == 0)
				forget_partial(a, TLOG_TILE_ENTRIES, at);
		}
	}
}

static bool end(struct log_append *a, struct err *e)
{
	struct checkpoint next = { .origin = a->l->key.name, .size = a->edge.size };
	unsigned width = a->edge.tiles[0].n;

	if (width && !flush_entries(a, a->edge.size / TLOG_TILE_WIDTH, width, e))
		return false;
	if (!log_edge_root(&next.root, &a->edge, e) ||
		!log_edge_flush(&a->edge, write_tile, a, e) || !sync_all(a, e) ||
		!log_folder_publish(a->l, &next, a->key, e))
		return false;
	forget_partials(a);
	return true;
}

bool log_append_end(struct log_append *a, struct err *e)
{
	bool ok;

	if (a->failed)
		return err_set(e, ERR_USAGE, "this addition to the log has failed already");
	ok = a->edge.size == a->size_before || end(a, e);
	a->failed = true;
	return ok;
}

void log_append_free(struct log_append *a)
{
	if (!a)
		return;
	log_folder_unlock(a->l);
	buf_done(&a->entries);
	free(a->written);
	free(a);
}

void log_append_freep(struct log_append **a)
{
	log_append_free(*a);
}
