#include "log/log_follow.h"

#include "base/mem.h"
#include "log/log_reader.h"
#include "sys/file.h"
#include "base/banned.h"

/* What is being followed. The file holds tiles without their borders: u16 size, big-endian, and bytes, entry after entry. */
struct work {
	struct log_frontier f;
	int spool;
	uint64_t at; /* bytes in the file */
};

static bool keep(struct work *w, const struct buf *piece, struct err *e)
{
	if (!buf_ok(piece))
		return buf_full(piece, "a tile with entries", e);
	if (!file_pwrite(w->spool, piece->p, piece->n, w->at, "the entries of the log", e))
		return false;
	w->at += piece->n;
	return true;
}

/* Those of one tile that are new. */
static bool take_tile(struct work *w, const struct log_entries *t, uint64_t tile_at, struct err *e)
{
	CLEANUP(buf_done) struct buf piece = buf_init(TLOG_TILE_ENTRIES_SIZE_MAX);

	for (unsigned i = (unsigned)(w->f.size - tile_at * TLOG_TILE_WIDTH); i < t->width; i++) {
		struct merkle_hash leaf;
		struct span entry;

		if (!log_entries_get(&entry, t, i, e) || !tlog_tile_put_entry(&piece, entry, e))
			return false;
		leaf = merkle_leaf(entry);
		if (!log_frontier_add(&w->f, &leaf, e))
			return false;
	}
	return keep(w, &piece, e);
}

static bool take_all(
	struct work *w, const struct log_source *from, const struct checkpoint *c, struct err *e)
{
	CLEANUP(log_reader_freep) struct log_reader *r = log_reader_new(from, c->size);

	while (w->f.size < c->size) {
		uint64_t at = w->f.size / TLOG_TILE_WIDTH;
		struct log_entries t;
		bool ok;

		if (!log_reader_entries(&t, r, at, e))
			return false;
		ok = take_tile(w, &t, at, e);
		log_entries_done(&t);
		if (!ok)
			return err_wrap(e, "log '%s'", from->base);
	}
	return true;
}

bool log_follow(struct log_frontier *f, const struct log_source *from, const struct checkpoint *c,
	int spool, struct err *e)
{
	struct work w = { *f, spool, 0 };
	struct merkle_hash root;

	if (c->size < f->size)
		return err_set(e, ERR_MISMATCH, "the log has %llu entries, and had %llu",
			(unsigned long long)c->size, (unsigned long long)f->size);
	if (c->size - f->size > LOG_FOLLOW_ENTRIES_MAX)
		return err_set(e, ERR_LIMIT, "%llu new entries, at most %d are followed at once",
			(unsigned long long)(c->size - f->size), LOG_FOLLOW_ENTRIES_MAX);
	if (!take_all(&w, from, c, e))
		return false;
	root = log_frontier_root(&w.f);
	if (!merkle_equal(&root, &c->root))
		return err_set(e, ERR_MISMATCH,
			"what was seen of the log and its new entries do not give the root that it signed");
	*f = w.f;
	return true;
}

bool log_follow_each(
	int spool, uint64_t first, uint64_t n, log_follow_entry *see, void *ctx, struct err *e)
{
	CLEANUP(mem_free) uint8_t *entry = mem_alloc(TLOG_TILE_ENTRY_MAX);
	static const char *const name = "the entries of the log";
	uint64_t at = 0;

	for (uint64_t i = 0; i < n; i++) {
		uint8_t size[2];
		size_t bytes;

		if (!file_pread(spool, size, sizeof size, at, name, e))
			return false;
		bytes = (size_t)size[0] << 8 | size[1];
		if (!file_pread(spool, entry, bytes, at + sizeof size, name, e) ||
			!see(ctx, first + i, span_make(entry, bytes), e))
			return false;
		at += sizeof size + bytes;
	}
	return true;
}
