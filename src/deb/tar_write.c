#include "deb/tar_write.h"

#include <stdio.h>

#include "base/banned.h"

enum {
	BLOCK = 512,
	NAME_MAX_HERE = 100,
	PREFIX_MAX = 155,
	LINK_MAX_HERE = 100,
};

#define SIZE_MAX_HERE UINT64_C(077777777777)
#define OWNER_MAX_HERE 07777777U

/* An octal number of `digits` digits and its NUL. */
static void put_octal(uint8_t *p, int digits, uint64_t v)
{
	p[digits] = 0;
	while (digits--) {
		p[digits] = (uint8_t)('0' + (v & 7));
		v >>= 3;
	}
}

/* An archive under way. */
struct tar_out {
	struct sink *to;
	bool pax; /* what has no room in a header goes into one of its own */
};

/* "./" and the path, a folder with a '/' at its end; a long name is cut at a '/' into prefix and name. */
static bool put_name(uint8_t *header, const char *name, size_t all)
{
	size_t cut = 0;

	if (all > NAME_MAX_HERE)
		for (cut = all - NAME_MAX_HERE - 1; cut < all - 1 && name[cut] != '/'; cut++)
			;
	if (cut > PREFIX_MAX || (cut && cut >= all - 1))
		return false;
	memcpy(header + 345, name, cut);
	memcpy(header, name + cut + (cut != 0), all - cut - (cut != 0));
	return true;
}

static bool check(const struct node *n, struct err *e)
{
	bool known = n->kind == NODE_FOLDER || n->kind == NODE_FILE || n->kind == NODE_LINK;

	if (!known || n->inode || n->n_xattrs)
		return err_set(e, ERR_FORMAT, "'%.*s' is %s: a package of ours has none",
			STR_ARG(n->path),
			!known     ? "a device or a fifo"
			: n->inode ? "one of several names of a file"
				   : "a file with extended attributes");
	if (n->kind == NODE_FILE && n->content.size > SIZE_MAX_HERE)
		return err_set(e, ERR_LIMIT, "'%.*s' is larger than 8 GiB", STR_ARG(n->path));
	if (n->uid > OWNER_MAX_HERE || n->gid > OWNER_MAX_HERE)
		return err_set(e, ERR_LIMIT,
			"'%.*s' is of user %u and group %u, and the limit is %u", STR_ARG(n->path),
			n->uid, n->gid, OWNER_MAX_HERE);
	if (n->mtime_unix < 0 || (uint64_t)n->mtime_unix > SIZE_MAX_HERE)
		return err_set(
			e, ERR_LIMIT, "'%.*s' has a time that is out of range", STR_ARG(n->path));
	return true;
}

static void put_sum(uint8_t h[static BLOCK])
{
	uint64_t sum = 0;

	memcpy(h + 257,
		"ustar\0"
		"00",
		8);
	memset(h + 148, ' ', 8);
	for (size_t i = 0; i < BLOCK; i++)
		sum += h[i];
	put_octal(h + 148, 6, sum);
}

/* "LENGTH KEY=VALUE\n", where the length counts its own digits. */
static void add_record(struct buf *b, const char *key, struct str value)
{
	size_t rest = strlen(key) + value.n + 3, n = rest + 1, before = 0;

	while (n != before) {
		before = n;
		n = rest + (size_t)snprintf(NULL, 0, "%zu", before);
	}
	buf_printf(b, "%zu %s=%.*s\n", n, key, STR_ARG(value));
}

/* The header in front of a header: what the latter has no room for. */
static bool put_extended(struct tar_out *w, struct str records, struct err *e)
{
	static const char name[] = "./pax";
	uint8_t h[2 * BLOCK * 10] = { 0 };
	size_t room = (records.n + BLOCK - 1) / BLOCK * BLOCK;

	memcpy(h, name, sizeof name);
	put_octal(h + 100, 7, 0644);
	put_octal(h + 108, 7, 0);
	put_octal(h + 116, 7, 0);
	put_octal(h + 124, 11, records.n);
	put_octal(h + 136, 11, 0);
	h[156] = 'x';
	put_sum(h);
	memcpy(h + BLOCK, records.p, records.n);
	return sink_write(w->to, h, BLOCK + room, e);
}

/* Name and target of a link, where they have room, else before the header. */
static bool put_names(struct tar_out *w, uint8_t *h, const struct node *n, struct err *e)
{
	CLEANUP(buf_done) struct buf records = buf_init(2 * TREE_PATH_MAX + 64);
	char name[TREE_PATH_MAX + 4];
	int size = snprintf(name, sizeof name, "./%.*s%s", STR_ARG(n->path),
		n->kind == NODE_FOLDER && n->path.n ? "/" : "");

	if (!put_name(h, name, (size_t)size)) {
		if (!w->pax)
			return err_set(e, ERR_LIMIT,
				"'%.*s' is too long a name for a package of ours",
				STR_ARG(n->path));
		add_record(&records, "path", str_make(name, (size_t)size));
		memcpy(h, name, NAME_MAX_HERE);
	}
	if (n->kind == NODE_LINK && n->target.n > LINK_MAX_HERE) {
		if (!w->pax)
			return err_set(e, ERR_LIMIT,
				"the link '%.*s' has a target of more than %d bytes",
				STR_ARG(n->path), LINK_MAX_HERE);
		add_record(&records, "linkpath", n->target);
	}
	/* Readers want some target in the header to know what the record is of. */
	if (n->kind == NODE_LINK)
		memcpy(h + 157, n->target.p,
			n->target.n < LINK_MAX_HERE ? n->target.n : LINK_MAX_HERE);
	return !records.n || put_extended(w, buf_str(&records), e);
}

static bool put_header(struct tar_out *w, const struct node *n, struct err *e)
{
	uint8_t h[BLOCK] = { 0 };

	if (!check(n, e) || !put_names(w, h, n, e))
		return false;
	put_octal(h + 100, 7, n->mode & 07777);
	put_octal(h + 108, 7, n->uid);
	put_octal(h + 116, 7, n->gid);
	put_octal(h + 124, 11, n->kind == NODE_FILE ? n->content.size : 0);
	put_octal(h + 136, 11, (uint64_t)n->mtime_unix);
	h[156] = n->kind == NODE_FOLDER ? '5' : n->kind == NODE_LINK ? '2' : '0';
	put_sum(h);
	return sink_write(w->to, h, BLOCK, e);
}

static bool put_content(struct tar_out *w, const struct content *c, struct err *e)
{
	uint8_t piece[64 * BLOCK];
	size_t rest = (size_t)(-c->size % BLOCK);

	for (uint64_t at = 0; at < c->size;) {
		size_t n = c->size - at < sizeof piece ? (size_t)(c->size - at) : sizeof piece;

		if (!content_read(c, at, piece, n, e) || !sink_write(w->to, piece, n, e))
			return false;
		at += n;
	}
	memset(piece, 0, BLOCK);
	return !rest || sink_write(w->to, piece, rest, e);
}

static bool put_all(struct tar_out *w, const struct tree *t, struct err *e)
{
	static const uint8_t end[2 * BLOCK];
	size_t n;
	const struct node *nodes = tree_nodes(t, &n);

	for (size_t i = 0; i < n; i++) {
		if (!put_header(w, &nodes[i], e))
			return false;
		if (nodes[i].kind == NODE_FILE && !put_content(w, &nodes[i].content, e))
			return err_wrap(e, "'%.*s'", STR_ARG(nodes[i].path));
	}
	return sink_write(w->to, end, sizeof end, e);
}

struct buf_sink {
	struct sink sink;
	struct buf *to;
};

static bool add_to_buf(struct sink *s, const void *p, size_t n, struct err *e)
{
	struct buf *b = ((struct buf_sink *)s)->to;

	buf_add(b, p, n);
	return buf_ok(b) || buf_full(b, "tar archive", e);
}

bool tar_write(struct buf *out, const struct tree *t, struct err *e)
{
	struct buf_sink to = { { add_to_buf }, out };
	struct tar_out w = { &to.sink, false };

	return put_all(&w, t, e);
}

bool tar_write_pax(struct sink *out, const struct tree *t, struct err *e)
{
	struct tar_out w = { out, true };

	return put_all(&w, t, e);
}
