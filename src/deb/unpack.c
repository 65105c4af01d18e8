#include "deb/unpack.h"

#include <stdlib.h>

#include "base/hex.h"
#include "base/mem.h"
#include "deb/archive_error.h"
#include "deb/inflate.h"
#include "deb/layout.h"
#include "deb/pack_index.h"
#include "deb/pack_write.h"
#include "deb/tarball.h"
#include "base/banned.h"

struct unpack {
	struct ar *ar;
	struct arena *arena; /* of all metadata */
	struct layout *layout;
	struct pack_write *write;
	uint64_t total, max; /* bytes of all files; limit of that, and of each tar archive */
	struct pack_member control[PACK_CONTROL_MEMBERS_MAX];
	size_t n_control, control_size;
};

static void unpack_done(struct unpack *u)
{
	layout_free(u->layout);
	pack_write_free(u->write);
	arena_free(u->arena);
	ar_free(u->ar);
}

static bool copy_piece(struct unpack *u, const void *p, size_t n, uint64_t gap, struct err *e)
{
	return (gap == 0 || pack_write_zeros(u->write, gap, e)) &&
	       pack_write_add(u->write, p, n, e);
}

/* The content of the current entry into the pack. */
static bool copy_content(struct unpack *u, struct tarball *t, const struct tar_entry *entry,
	struct content *ret, struct err *e)
{
	uint64_t done = 0, at;
	const void *p;
	size_t n;

	if (entry->size > UNPACK_FILE_MAX || entry->size > u->max - u->total)
		return err_set(e, ERR_LIMIT,
			"%llu bytes, limits %llu for a file and %llu for all of a package of this size",
			(unsigned long long)entry->size, UNPACK_FILE_MAX,
			(unsigned long long)u->max);
	u->total += entry->size;
	pack_write_begin(u->write);
	for (;;) {
		if (!tarball_read(t, &p, &n, &at, e))
			return false;
		if (n == 0)
			break;
		if (at < done || at > entry->size || n > entry->size - at ||
			(at > done && !entry->sparse))
			return err_set(e, ERR_FORMAT, "a piece of content out of place");
		if (!copy_piece(u, p, n, at - done, e))
			return false;
		done = at + n;
	}
	if (done < entry->size && !entry->sparse)
		return err_set(e, ERR_FORMAT, "truncated: %llu of %llu bytes",
			(unsigned long long)done, (unsigned long long)entry->size);
	if (!pack_write_zeros(u->write, entry->size - done, e))
		return false;
	pack_write_end(u->write, ret);
	return true;
}

/* Another name of a file that came before: everything but the path is that file's. */
static bool add_hard_link(
	struct unpack *u, const struct tar_entry *entry, struct str path, struct err *e)
{
	struct node *target, n;
	struct str target_path;

	if (!layout_path(u->layout, entry->hard_link, NODE_FILE, &target_path, e))
		return err_wrap(e, "hard link");
	target = layout_linked(u->layout, target_path, e);
	if (!target)
		return false;
	n = *target;
	n.path = path;
	return layout_add(u->layout, &n, e) != NULL;
}

static bool add_entry(struct unpack *u, struct tarball *t, struct tar_entry *entry, struct err *e)
{
	struct node *n;
	struct str path;

	if (!layout_path(u->layout, entry->name, entry->node.kind, &path, e))
		return false;
	if (entry->hard_link.p)
		return add_hard_link(u, entry, path, e);
	if (path.n == 0 && entry->node.kind != NODE_FOLDER)
		return err_set(e, ERR_FORMAT, "the root is not a folder");
	entry->node.path = path;
	n = layout_add(u->layout, &entry->node, e);
	return n && (n->kind != NODE_FILE || copy_content(u, t, entry, &n->content, e));
}

static bool unpack_data(struct unpack *u, struct tarball *t, struct err *e)
{
	char shown[SHOWN_MAX + 1];
	struct tar_entry entry;
	bool found;

	for (;;) {
		if (!tarball_next(t, u->arena, &entry, &found, e))
			return false;
		if (!found)
			return layout_check(u->layout, e);
		if (!add_entry(u, t, &entry, e))
			return err_wrap(e, "'%s'", archive_error_show(shown, entry.name));
	}
}

/* Of a member of control.tar, which must be a plain file at the top. */
static bool control_name(
	struct unpack *u, const struct tar_entry *entry, struct str *ret, struct err *e)
{
	struct str name = entry->name;

	if (entry->hard_link.p || entry->node.kind != NODE_FILE)
		return err_set(e, ERR_FORMAT, "not a file, as a member of control.tar must be");
	if (str_starts(name, "./"))
		name = str_make(name.p + 2, name.n - 2);
	if (name.n == 0 || !tree_check_path(name, e) || str_find(name, '/') < name.n)
		return err_set(e, ERR_FORMAT, "not a name for a member of control.tar");
	for (size_t i = 0; i < u->n_control; i++)
		if (str_equal(u->control[i].name, name))
			return err_set(e, ERR_FORMAT, "there twice");
	*ret = arena_str(u->arena, name);
	return ret->p || arena_full(u->arena, e);
}

static bool read_control(
	struct tarball *t, const struct tar_entry *entry, uint8_t *to, struct err *e)
{
	uint64_t done = 0, at;
	const void *p;
	size_t n = 1;

	for (;;) {
		if (!tarball_read(t, &p, &n, &at, e))
			return false;
		if (n == 0)
			break;
		if (at != done || n > entry->size - done)
			return err_set(e, ERR_FORMAT, "a piece of content out of place");
		memcpy(to + done, p, n);
		done += n;
	}
	return done == entry->size ||
	       err_set(e, ERR_FORMAT, "truncated: %llu of %llu bytes", (unsigned long long)done,
		       (unsigned long long)entry->size);
}

static bool add_control(
	struct unpack *u, struct tarball *t, const struct tar_entry *entry, struct err *e)
{
	struct pack_member m;
	uint8_t *bytes;

	if (entry->node.kind == NODE_FOLDER &&
		(str_is(entry->name, "./") || str_is(entry->name, ".")))
		return true;
	if (u->n_control == PACK_CONTROL_MEMBERS_MAX)
		return err_set(e, ERR_LIMIT, "more than %d members", PACK_CONTROL_MEMBERS_MAX);
	if (entry->size > UNPACK_CONTROL_MAX - u->control_size)
		return err_set(e, ERR_LIMIT, "%llu bytes, limit %d for all members",
			(unsigned long long)entry->size, UNPACK_CONTROL_MAX);
	if (!control_name(u, entry, &m.name, e))
		return false;
	bytes = arena_alloc(u->arena, (size_t)entry->size);
	if (!bytes)
		return arena_full(u->arena, e);
	if (!read_control(t, entry, bytes, e))
		return false;
	m.bytes = span_make(bytes, (size_t)entry->size);
	u->control[u->n_control++] = m;
	u->control_size += m.bytes.n;
	return true;
}

static bool unpack_control(struct unpack *u, struct tarball *t, struct err *e)
{
	char shown[SHOWN_MAX + 1];
	struct tar_entry entry;
	bool found;

	for (;;) {
		if (!tarball_next(t, u->arena, &entry, &found, e))
			return false;
		if (!found)
			break;
		if (!add_control(u, t, &entry, e))
			return err_wrap(e, "'%s'", archive_error_show(shown, entry.name));
	}
	for (size_t i = 0; i < u->n_control; i++)
		if (str_is(u->control[i].name, "control"))
			return true;
	return err_set(e, ERR_FORMAT, "no member 'control'");
}

static bool next_member(struct unpack *u, const char *wanted, struct ar_member *ret, struct err *e)
{
	bool found;

	if (!ar_next(u->ar, ret, &found, e))
		return false;
	return found || err_set(e, ERR_FORMAT, "no member %s", wanted);
}

static bool check_version(struct unpack *u, struct err *e)
{
	struct ar_member m;
	const uint8_t *p;
	size_t n;

	if (!next_member(u, "debian-binary", &m, e) || !ar_read(u->ar, &p, &n, e))
		return false;
	if (strcmp(m.name, "debian-binary") != 0)
		return err_set(
			e, ERR_FORMAT, "the first member is '%s', wanted debian-binary", m.name);
	return span_equal(span_make(p, n), span_make("2.0\n", 4)) ||
	       err_set(e, ERR_FORMAT, "debian-binary: not a package of version 2.0");
}

static bool unpack_tar(struct unpack *u, const char *base,
	bool (*unpack)(struct unpack *u, struct tarball *t, struct err *e), struct err *e)
{
	CLEANUP(inflate_freep) struct inflate *i = NULL;
	CLEANUP(tarball_freep) struct tarball *t = NULL;
	struct ar_member m;

	if (!next_member(u, base, &m, e))
		return false;
	if (!inflate_open(&i, u->ar, &m, base, e) || !tarball_open(&t, i, u->max, e) ||
		!unpack(u, t, e))
		return err_wrap(e, "%s", m.name);
	return true;
}

static bool check_end(struct unpack *u, const uint8_t *sha256, struct err *e)
{
	char hex[2 * SHA256_SIZE + 1];
	uint8_t got[SHA256_SIZE];
	struct ar_member m;
	bool found;

	if (!ar_next(u->ar, &m, &found, e))
		return false;
	if (found)
		return err_set(e, ERR_FORMAT, "a member '%s' after data.tar", m.name);
	ar_digest(u->ar, got);
	if (ct_equal(got, sha256, SHA256_SIZE))
		return true;
	hex_write(hex, got, sizeof got);
	return err_set(e, ERR_MISMATCH, "the stored .deb is damaged: its SHA-256 is %s", hex);
}

static bool write_index(struct unpack *u, const uint8_t *sha256, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(PACK_INDEX_MAX);
	const struct pack_content_sum *sums;
	struct node *const *nodes;
	size_t n;

	nodes = layout_nodes(u->layout, &n);
	pack_index_emit_control(&b, sha256, u->control, u->n_control);
	pack_index_emit_nodes(&b, nodes, n);
	sums = pack_write_sums(u->write, &n);
	pack_index_emit_sums(&b, sums, n);
	if (!buf_ok(&b))
		return buf_full(&b, "the index", e);
	return pack_write_finish(u->write, buf_span(&b), e);
}

static uint64_t max_of(uint64_t deb_size)
{
	uint64_t max = UNPACK_TOTAL_MAX;

	if (deb_size < UNPACK_TOTAL_MAX / UNPACK_RATIO_MAX)
		max = deb_size * UNPACK_RATIO_MAX;
	return max < UNPACK_RATIO_FROM ? UNPACK_RATIO_FROM : max;
}

bool unpack_deb(int deb_fd, uint64_t size, const uint8_t sha256[static SHA256_SIZE], int out_fd,
	struct err *e)
{
	CLEANUP(unpack_done) struct unpack u = { 0 };

	u.max = max_of(size);
	u.arena = arena_new(UNPACK_METADATA_MAX);
	u.layout = layout_new(u.arena);
	u.write = pack_write_new(out_fd, "the pack");
	return ar_open(&u.ar, deb_fd, size, e) && check_version(&u, e) &&
	       unpack_tar(&u, "control.tar", unpack_control, e) &&
	       unpack_tar(&u, "data.tar", unpack_data, e) && check_end(&u, sha256, e) &&
	       write_index(&u, sha256, e);
}
