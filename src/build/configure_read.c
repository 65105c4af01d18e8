#include "build/configure_read.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/map.h"
#include "base/mem.h"
#include "box/box_listing.h"
#include "build/configure_leftover.h"
#include "codec/utf8.h"
#include "sys/file.h"
#include "base/banned.h"

enum { MENDED_MAX = 1 << 20 };

struct reading {
	struct store *store;
	struct arena *a;
	uint64_t day;
	const struct node *before;
	bool *seen; /* of before[i] */
	size_t n_before;
	struct map *by_path; /* -> its place in seen */
	int data;
	struct configure_entry *entries;
	size_t n, room;
};

static void reading_done(struct reading *r)
{
	file_closep(&r->data);
	map_free(r->by_path);
	free(r->entries);
	free(r->seen);
}

static void reading_init(struct reading *r, const struct tree *before)
{
	r->before = tree_nodes(before, &r->n_before);
	r->seen = mem_array(r->n_before, sizeof *r->seen);
	r->by_path = map_new();
	for (size_t i = 0; i < r->n_before; i++)
		map_add(r->by_path, r->before[i].path, &r->seen[i]);
}

/* What stood at the path before; it is no longer gone. */
static const struct node *was_before(struct reading *r, struct str path)
{
	bool *seen = map_get(r->by_path, path);

	if (!seen)
		return NULL;
	*seen = true;
	return &r->before[seen - r->seen];
}

static bool add(struct reading *r, enum configure_change change, unsigned what,
	const struct node *n, struct err *e)
{
	struct configure_entry *c;

	if (r->n == CONFIGURE_DELTA_MAX)
		return err_set(e, ERR_LIMIT, "the scripts changed more than %d paths",
			CONFIGURE_DELTA_MAX);
	if (!utf8_valid(n->path) || !utf8_valid(n->target))
		return err_set(e, ERR_FORMAT, "the scripts left '%.*s', which is no UTF-8",
			STR_ARG(n->path));
	if (r->n == r->room) {
		r->room = r->room ? 2 * r->room : 1024;
		r->entries = mem_grow(r->entries, r->room, sizeof *r->entries);
	}
	c = &r->entries[r->n++];
	*c = (struct configure_entry){ .change = change, .what = what, .node = *n };
	c->node.path = arena_str(r->a, n->path);
	if (n->target.n)
		c->node.target = arena_str(r->a, n->target);
	c->node.origin = STR(CONFIGURE_ORIGIN);
	return (c->node.path.p && (!n->target.n || c->node.target.p)) || arena_full(r->a, e);
}

static unsigned differences(const struct node *was, const struct node *n)
{
	unsigned what = 0;

	if (was->kind != n->kind)
		what |= CONFIGURE_KIND;
	else if (n->kind == NODE_FILE &&
		 (was->content.size != n->content.size ||
			 memcmp(was->content.sha256, n->content.sha256, SHA256_SIZE) != 0))
		what |= CONFIGURE_CONTENT;
	else if (n->kind == NODE_LINK && !str_equal(was->target, n->target))
		what |= CONFIGURE_CONTENT;
	/* The mode of a link means nothing, and file systems make up different ones. */
	if (was->mode != n->mode && n->kind != NODE_LINK)
		what |= CONFIGURE_MODE;
	if (was->uid != n->uid || was->gid != n->gid)
		what |= CONFIGURE_OWNER;
	return what;
}

static bool hash(struct reading *r, struct node *n, struct err *e)
{
	CLEANUP(hasher_freep) struct hasher *h = hasher_new(DIGEST_SHA256);

	if (!file_hash(h, r->data, n->content.at, n->content.at + n->content.size, BOX_LISTING_DATA,
		    e))
		return false;
	hasher_end(h, n->content.sha256);
	return true;
}

static bool take(struct reading *r, struct node *n, struct err *e)
{
	const struct node *was = was_before(r, n->path);
	unsigned what;

	if (!was && configure_leftover_drops(n->path, n->kind))
		return true;
	if (n->kind == NODE_FILE && !hash(r, n, e))
		return false;
	if (n->kind == NODE_LINK)
		n->mode = 0777;
	if (!was)
		return add(r, CONFIGURE_ADDED, 0, n, e);
	what = differences(was, n);
	return !what || add(r, CONFIGURE_CHANGED, what, n, e);
}

static bool take_all(struct reading *r, int out, struct err *e)
{
	CLEANUP(buf_done) struct buf list = { 0 };
	struct box_listing l;
	struct stat st;
	struct node n;
	bool found;

	r->data = openat(out, BOX_LISTING_DATA, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (r->data < 0 || fstat(r->data, &st) < 0)
		return err_os(e, "cannot read what the scripts left");
	if (!file_read(out, BOX_LISTING_LIST, BOX_LISTING_MAX, &list, e) ||
		!box_listing_open(&l, buf_span(&list), (uint64_t)st.st_size, e))
		return false;
	do
		if (!box_listing_next(&l, &n, &found, e) || (found && !take(r, &n, e)))
			return false;
	while (found);
	return true;
}

/* The box's own mounts lie over these: what packages have there was not seen. */
static bool is_covered(struct str path)
{
	static const char *const covered[] = { "dev", "proc", "sys" };
	struct str head, rest;

	(void)str_cut(path, '/', &head, &rest);
	for (size_t i = 0; i < ARRAY_LEN(covered); i++)
		if (str_is(head, covered[i]))
			return true;
	return false;
}

static bool take_removed(struct reading *r, struct err *e)
{
	for (size_t i = 0; i < r->n_before; i++) {
		struct node n = r->before[i];

		if (r->seen[i] || is_covered(n.path))
			continue;
		n.content = (struct content){ 0 };
		n.inode = 0;
		n.xattrs = NULL;
		n.n_xattrs = 0;
		if (!add(r, CONFIGURE_REMOVED, 0, &n, e))
			return false;
	}
	return true;
}

static int by_path(const void *a, const void *b)
{
	const struct configure_entry *x = a, *y = b;

	return tree_path_compare(x->node.path, y->node.path);
}

static bool copy(struct reading *r, struct store_writer *w, const struct node *n, struct err *e)
{
	CLEANUP(mem_free) uint8_t *piece = mem_alloc(CONTENT_PIECE);

	for (uint64_t at = 0; at < n->content.size;) {
		uint64_t left = n->content.size - at;
		size_t step = left < CONTENT_PIECE ? (size_t)left : CONTENT_PIECE;

		if (!file_pread(r->data, piece, step, n->content.at + at, BOX_LISTING_DATA, e) ||
			!store_write(w, piece, step, e))
			return false;
		at += step;
	}
	return true;
}

static bool mend(struct reading *r, struct store_writer *w, struct node *n, struct err *e)
{
	CLEANUP(buf_done) struct buf text = buf_init(2 * MENDED_MAX);
	CLEANUP(mem_free) char *was = NULL;

	if (n->content.size > MENDED_MAX)
		return err_set(e, ERR_LIMIT, "'%.*s' is larger than %d bytes", STR_ARG(n->path),
			MENDED_MAX);
	was = mem_alloc((size_t)n->content.size + 1);
	if (!file_pread(r->data, was, (size_t)n->content.size, n->content.at, BOX_LISTING_DATA, e))
		return false;
	configure_leftover_mend(&text, str_make(was, (size_t)n->content.size), r->day);
	if (!buf_ok(&text))
		return buf_full(&text, "a mended file", e);
	n->content.size = text.n;
	sha256_of(n->content.sha256, buf_span(&text));
	return store_write(w, text.p, text.n, e);
}

static bool write_contents(struct reading *r, struct store_writer *w, struct err *e)
{
	for (size_t i = 0; i < r->n; i++) {
		struct node *n = &r->entries[i].node;

		if (r->entries[i].change == CONFIGURE_REMOVED || n->kind != NODE_FILE)
			continue;
		if (configure_leftover_mends(n->path) ? !mend(r, w, n, e) : !copy(r, w, n, e))
			return false;
	}
	return true;
}

/* Contents in one object: thousands of small ones would each be synced. */
static bool keep(struct reading *r, struct configure_delta *d, struct err *e)
{
	struct store_writer *w;
	struct content data;
	uint64_t at = 0;

	if (!store_write_begin(r->store, &w, e))
		return false;
	if (!write_contents(r, w, e)) {
		store_write_abort(w);
		return false;
	}
	if (!store_write_finish(w, NULL, d->data_sha256, e) ||
		!store_content(r->store, d->data_sha256, &data, e))
		return false;
	d->entries = ARENA_ARRAY(r->a, r->n, struct configure_entry);
	if (!d->entries)
		return arena_full(r->a, e);
	for (size_t i = 0; i < r->n; i++) {
		struct content *c = &r->entries[i].node.content;

		c->source = data.source;
		c->at = data.at + at;
		at += c->size;
		d->entries[i] = r->entries[i];
	}
	d->n = r->n;
	return true;
}

bool configure_read(struct configure_delta *ret, struct store *s, const struct tree *before,
	int out, uint64_t day, struct arena *a, struct err *e)
{
	CLEANUP(reading_done)
	struct reading r = { .store = s, .a = a, .day = day, .data = -1 };
	struct configure_delta d = { 0 };

	reading_init(&r, before);
	if (!take_all(&r, out, e) || !take_removed(&r, e))
		return false;
	if (r.n)
		qsort(r.entries, r.n, sizeof *r.entries, by_path);
	if (!keep(&r, &d, e))
		return false;
	*ret = d;
	return true;
}
