#include "log/log_reader.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/banned.h"

/* The tile of a level that was read last. */
struct kept {
	struct tlog_tile tile; /* width 0: none */
	struct merkle_hash hashes[TLOG_TILE_WIDTH];
};

struct log_reader {
	const struct log_source *from;
	uint64_t size;
	struct kept kept[TLOG_TILE_LEVELS];
};

struct log_reader *log_reader_new(const struct log_source *from, uint64_t size)
{
	struct log_reader *r = MEM_NEW(struct log_reader);

	r->from = from;
	r->size = size;
	return r;
}

void log_reader_free(struct log_reader *r)
{
	free(r);
}

void log_reader_freep(struct log_reader **r)
{
	log_reader_free(*r);
}

/* The tile's file, or the full one's where the partial one is gone; *held is which of them. */
static bool read_tile(struct buf *out, unsigned *held, const struct log_source *from,
	const struct tlog_tile *t, size_t max, struct err *e)
{
	char path[TLOG_TILE_PATH_MAX];
	struct tlog_tile full = *t;
	struct err first;

	if (!tlog_tile_path(path, t, e))
		return false;
	*held = t->width;
	if (log_source_read(from, path, max, out, e))
		return true;
	if (e->kind != ERR_NOTFOUND || t->width == TLOG_TILE_WIDTH)
		return err_wrap(e, "log '%s'", from->base);
	first = *e;
	full.width = TLOG_TILE_WIDTH;
	*held = TLOG_TILE_WIDTH;
	if (!tlog_tile_path(path, &full, e))
		return false;
	if (log_source_read(from, path, max, out, e))
		return true;
	if (e->kind == ERR_NOTFOUND)
		*e = first;
	return err_wrap(e, "log '%s'", from->base);
}

static bool load(struct kept **ret, struct log_reader *r, const struct tlog_tile *t, struct err *e)
{
	struct kept *k = &r->kept[t->level];
	CLEANUP(buf_done) struct buf bytes = { 0 };
	unsigned held;

	*ret = k;
	if (k->tile.width == t->width && k->tile.at == t->at)
		return true;
	if (!read_tile(&bytes, &held, r->from, t, TLOG_TILE_WIDTH * MERKLE_HASH_SIZE, e))
		return false;
	if (bytes.n != (size_t)held * MERKLE_HASH_SIZE)
		return err_set(e, ERR_FORMAT,
			"log '%s': tile %llu of level %d has %zu bytes, want %u hashes",
			r->from->base, (unsigned long long)t->at, t->level, bytes.n, held);
	memcpy(k->hashes, bytes.p, (size_t)t->width * MERKLE_HASH_SIZE);
	k->tile = *t;
	return true;
}

bool log_reader_hash(struct merkle_hash *ret, unsigned level, uint64_t at, void *of, struct err *e)
{
	struct log_reader *r = of;
	struct tlog_tile_part part;
	struct kept *k;

	return tlog_tile_of(&part, level, at, r->size, e) && load(&k, r, &part.tile, e) &&
	       tlog_tile_hash(ret, &part,
		       span_make(k->hashes, (size_t)part.tile.width * MERKLE_HASH_SIZE), e);
}

bool log_reader_leaves(const struct merkle_hash **ret, unsigned *n, struct log_reader *r,
	uint64_t at, struct err *e)
{
	struct tlog_tile t = { 0, at, tlog_tile_width(0, at, r->size) };
	struct kept *k;

	if (!t.width)
		return err_set(e, ERR_USAGE, "a log of %llu entries has no tile %llu",
			(unsigned long long)r->size, (unsigned long long)at);
	if (!load(&k, r, &t, e))
		return false;
	*ret = k->hashes;
	*n = t.width;
	return true;
}

bool log_reader_entries(
	struct log_entries *out, const struct log_reader *r, uint64_t at, struct err *e)
{
	struct tlog_tile t = { TLOG_TILE_ENTRIES, at, tlog_tile_width(0, at, r->size) };
	struct log_entries found = { .width = t.width };

	if (!t.width)
		return err_set(e, ERR_USAGE, "a log of %llu entries has no tile %llu",
			(unsigned long long)r->size, (unsigned long long)at);
	if (!read_tile(&found.bytes, &found.held, r->from, &t, TLOG_TILE_ENTRIES_SIZE_MAX, e))
		return false;
	*out = found;
	return true;
}

void log_entries_done(struct log_entries *t)
{
	buf_done(&t->bytes);
}

bool log_entries_get(struct span *ret, const struct log_entries *t, unsigned n, struct err *e)
{
	return tlog_tile_entry(ret, buf_span(&t->bytes), t->held, n, e);
}
