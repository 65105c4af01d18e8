#include "deb/tarball.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "deb/archive_error.h"
#include "base/banned.h"

enum {
	TAR_END_SIZE = 1024,   /* two blocks of zeros */
	DEV_MAJOR_MAX = 0xfff, /* what the kernel's dev_t holds: 12 bits and 20 bits */
	DEV_MINOR_MAX = 0xfffff,
};

struct tarball {
	struct archive *archive;
	/* libarchive passes names of pax headers, which are UTF-8, through the locale: always this one, never the user's */
	locale_t locale;
	struct inflate *inflate;
	uint64_t size, max;       /* bytes taken from inflate, and their limit */
	uint64_t nonzero_size;    /* of them, up to the last that is not zero */
	struct err err;           /* of the reading below, when that failed */
	char last[SHOWN_MAX + 1]; /* name of the last entry, fit to print */
};

static bool take(struct tarball *t, const void **p, size_t *n, struct err *e)
{
	const uint8_t *bytes;
	size_t used;

	if (!inflate_read(t->inflate, p, n, e))
		return false;
	bytes = *p;
	for (used = *n; used && bytes[used - 1] == 0; used--)
		;
	if (used)
		t->nonzero_size = t->size + used;
	t->size += *n;
	return t->size <= t->max ||
	       err_set(e, ERR_LIMIT,
		       "it inflates to more than %llu bytes, the limit for a package of this size",
		       (unsigned long long)t->max);
}

static la_ssize_t read_inflate(struct archive *archive, void *ctx, const void **p)
{
	struct tarball *t = ctx;
	size_t n;

	if (!take(t, p, &n, &t->err)) {
		archive_set_error(archive, EIO, "read");
		return -1;
	}
	return (la_ssize_t)n;
}

bool tarball_open(struct tarball **ret, struct inflate *i, uint64_t max, struct err *e)
{
	CLEANUP(tarball_freep) struct tarball *t = MEM_NEW(struct tarball);

	t->inflate = i;
	t->max = max;
	t->locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	if (!t->locale)
		return err_os(e, "cannot use the locale C.UTF-8 of the C library");
	t->archive = archive_read_new();
	if (!t->archive)
		abort();
	if (archive_read_support_format_tar(t->archive) != ARCHIVE_OK ||
		archive_read_open2(t->archive, t, NULL, read_inflate, NULL, NULL) != ARCHIVE_OK)
		return archive_error(t->archive, &t->err, e);
	*ret = TAKE(t);
	return true;
}

void tarball_free(struct tarball *t)
{
	if (!t)
		return;
	archive_read_free(t->archive);
	if (t->locale)
		freelocale(t->locale);
	free(t);
}

void tarball_freep(struct tarball **t)
{
	tarball_free(*t);
}

/* Of a name that is not UTF-8 libarchive may have one form and not the other. */
static struct str text(struct archive_entry *entry, const char *(*plain)(struct archive_entry *),
	const char *(*utf8)(struct archive_entry *))
{
	const char *s = plain(entry);

	return str_of(s ? s : utf8(entry));
}

static bool node_kind(struct archive_entry *entry, enum node_kind *ret)
{
	switch (archive_entry_filetype(entry)) {
	case AE_IFREG:
		*ret = NODE_FILE;
		return true;
	case AE_IFDIR:
		*ret = NODE_FOLDER;
		return true;
	case AE_IFLNK:
		*ret = NODE_LINK;
		return true;
	case AE_IFCHR:
		*ret = NODE_CHARDEV;
		return true;
	case AE_IFBLK:
		*ret = NODE_BLOCKDEV;
		return true;
	case AE_IFIFO:
		*ret = NODE_FIFO;
		return true;
	default:
		return false;
	}
}

static bool read_owner(struct node *n, struct archive_entry *entry, struct err *e)
{
	la_int64_t uid = archive_entry_uid(entry), gid = archive_entry_gid(entry);

	/* The highest number means "no change" to chown. */
	if (uid < 0 || uid >= UINT32_MAX || gid < 0 || gid >= UINT32_MAX)
		return err_set(e, ERR_FORMAT, "owner %lld:%lld, wanted 0 to %u", (long long)uid,
			(long long)gid, UINT32_MAX - 1);
	n->uid = (uint32_t)uid;
	n->gid = (uint32_t)gid;
	return true;
}

static bool read_device(struct node *n, struct archive_entry *entry, struct err *e)
{
	dev_t major = archive_entry_rdevmajor(entry), minor = archive_entry_rdevminor(entry);

	if (n->kind != NODE_CHARDEV && n->kind != NODE_BLOCKDEV)
		return true;
	if (major > DEV_MAJOR_MAX || minor > DEV_MINOR_MAX)
		return err_set(e, ERR_FORMAT, "device %llu:%llu, limits %d:%d",
			(unsigned long long)major, (unsigned long long)minor, DEV_MAJOR_MAX,
			DEV_MINOR_MAX);
	n->dev_major = (uint32_t)major;
	n->dev_minor = (uint32_t)minor;
	return true;
}

static int by_name(const void *a, const void *b)
{
	const struct xattr *x = a, *y = b;

	return str_compare(x->name, y->name);
}

/*
 * Sorted and without repetition: archives written by libarchive say every attribute in two dialects. *n is the count
 * before and after; false when one name has two values.
 */
static bool settle_xattrs(struct xattr *list, size_t *n)
{
	size_t kept = 1;

	qsort(list, *n, sizeof *list, by_name);
	for (size_t i = 1; i < *n; i++) {
		const struct xattr *last = &list[kept - 1];

		if (!str_equal(last->name, list[i].name))
			list[kept++] = list[i];
		else if (!span_equal(last->value, list[i].value))
			return false;
	}
	*n = kept;
	return true;
}

static bool copy_xattr(struct xattr *ret, struct arena *a, const char *name, const void *value,
	size_t n, struct err *e)
{
	uint8_t *copy;

	if (n > TREE_XATTR_VALUE_MAX || strlen(name) > TREE_NAME_MAX || !name[0])
		return err_set(e, ERR_LIMIT,
			"an extended attribute with a name of %zu and a value of %zu bytes, limits %d and %d",
			strlen(name), n, TREE_NAME_MAX, TREE_XATTR_VALUE_MAX);
	copy = arena_alloc(a, n);
	ret->name = arena_str(a, str_of(name));
	if (!copy || !ret->name.p)
		return arena_full(a, e);
	if (n)
		memcpy(copy, value, n);
	ret->value = span_make(copy, n);
	return true;
}

static bool read_xattrs(
	struct node *node, struct archive_entry *entry, struct arena *a, struct err *e)
{
	int count = archive_entry_xattr_reset(entry);
	size_t n = count > 0 ? (size_t)count : 0, size;
	struct xattr *list;
	const char *name;
	const void *value;

	if (n == 0)
		return true;
	if (n > 2 * TREE_XATTRS_MAX)
		return err_set(
			e, ERR_LIMIT, "%zu extended attributes, limit %d", n, TREE_XATTRS_MAX);
	list = ARENA_ARRAY(a, n, struct xattr);
	if (!list)
		return arena_full(a, e);
	for (size_t i = 0; i < n; i++) {
		if (archive_entry_xattr_next(entry, &name, &value, &size) != ARCHIVE_OK)
			return err_set(e, ERR_INTERNAL, "extended attributes are not countable");
		if (!copy_xattr(&list[i], a, name, value, size, e))
			return false;
	}
	if (!settle_xattrs(list, &n))
		return err_set(e, ERR_FORMAT, "one extended attribute with two values");
	if (n > TREE_XATTRS_MAX)
		return err_set(
			e, ERR_LIMIT, "%zu extended attributes, limit %d", n, TREE_XATTRS_MAX);
	node->xattrs = list;
	node->n_xattrs = n;
	return true;
}

static bool read_target(struct node *n, struct archive_entry *entry, struct arena *a, struct err *e)
{
	struct str target = text(entry, archive_entry_symlink, archive_entry_symlink_utf8);

	if (n->kind != NODE_LINK)
		return true;
	if (target.n == 0 || target.n > TREE_PATH_MAX)
		return err_set(e, ERR_FORMAT, "a symbolic link to %zu bytes, wanted 1 to %d",
			target.n, TREE_PATH_MAX);
	for (size_t i = 0; i < target.n; i++)
		if ((unsigned char)target.p[i] < 0x20 || target.p[i] == 0x7f)
			return err_set(e, ERR_FORMAT,
				"a symbolic link with a control character in its target");
	n->target = arena_str(a, target);
	return n->target.p || arena_full(a, e);
}

static bool refuse_extras(struct archive_entry *entry, struct err *e)
{
	if (archive_entry_fflags_text(entry))
		return err_set(e, ERR_FORMAT, "file flags, which no image here can hold");
	if (archive_entry_acl_count(
		    entry, ARCHIVE_ENTRY_ACL_TYPE_POSIX1E | ARCHIVE_ENTRY_ACL_TYPE_NFS4) > 0)
		return err_set(
			e, ERR_FORMAT, "an access control list, which no image here can hold");
	return true;
}

static bool read_node(struct node *n, struct archive_entry *entry, struct arena *a, struct err *e)
{
	if (!node_kind(entry, &n->kind))
		return err_set(e, ERR_FORMAT, "neither file, folder, link, device nor fifo");
	n->mode = (uint32_t)archive_entry_perm(entry) & 07777;
	n->mtime_unix = archive_entry_mtime(entry);
	return read_owner(n, entry, e) && read_device(n, entry, e) && read_target(n, entry, a, e) &&
	       refuse_extras(entry, e) && read_xattrs(n, entry, a, e);
}

static bool read_entry(
	struct tar_entry *ret, struct archive_entry *entry, struct arena *a, struct err *e)
{
	struct tar_entry r = { 0 };

	r.name = text(entry, archive_entry_pathname, archive_entry_pathname_utf8);
	if (!r.name.p)
		return err_set(e, ERR_FORMAT, "a name that is not UTF-8");
	r.hard_link = text(entry, archive_entry_hardlink, archive_entry_hardlink_utf8);
	if (r.hard_link.p) {
		if (archive_entry_size(entry) > 0)
			return err_set(e, ERR_FORMAT, "a hard link with content");
		r.node.kind = NODE_FILE;
		*ret = r;
		return true;
	}
	if (!read_node(&r.node, entry, a, e))
		return false;
	if (archive_entry_size(entry) < 0)
		return err_set(e, ERR_FORMAT, "a negative size");
	r.size = r.node.kind == NODE_FILE ? (uint64_t)archive_entry_size(entry) : 0;
	r.sparse = archive_entry_sparse_count(entry) > 0;
	*ret = r;
	return true;
}

/* Behind the last entry: zeros, at least the two blocks that end an archive. */
static bool check_end(struct tarball *t, struct err *e)
{
	uint64_t end = (uint64_t)archive_read_header_position(t->archive);
	const void *p;
	size_t n = 1;

	while (n)
		if (!take(t, &p, &n, e))
			return false;
	if (t->nonzero_size > end)
		return err_set(e, ERR_FORMAT, "garbage after the end of the archive at %llu",
			(unsigned long long)end);
	if (t->size < end + TAR_END_SIZE)
		return err_set(e, ERR_FORMAT, "truncated: no end of the archive at %llu",
			(unsigned long long)end);
	return true;
}

static bool next_entry(
	struct tarball *t, struct arena *a, struct tar_entry *ret, bool *found, struct err *e)
{
	struct archive_entry *entry;
	int rc = archive_read_next_header(t->archive, &entry);

	*found = rc == ARCHIVE_OK;
	if (rc == ARCHIVE_EOF && check_end(t, e))
		return true;
	if (rc != ARCHIVE_EOF && rc != ARCHIVE_OK)
		archive_error(t->archive, &t->err, e);
	if (rc != ARCHIVE_OK)
		return t->last[0] ? err_wrap(e, "after '%s'", t->last) : false;
	archive_error_show(
		t->last, text(entry, archive_entry_pathname, archive_entry_pathname_utf8));
	return read_entry(ret, entry, a, e) || err_wrap(e, "'%s'", t->last);
}

bool tarball_next(
	struct tarball *t, struct arena *a, struct tar_entry *ret, bool *found, struct err *e)
{
	locale_t was = uselocale(t->locale);
	bool ok = next_entry(t, a, ret, found, e);

	uselocale(was);
	return ok;
}

bool tarball_read(struct tarball *t, const void **p, size_t *n, uint64_t *at, struct err *e)
{
	la_int64_t offset = 0;
	int rc;

	/* An empty piece only says where a sparse file ends. */
	do
		rc = archive_read_data_block(t->archive, p, n, &offset);
	while (rc == ARCHIVE_OK && *n == 0);
	if (rc == ARCHIVE_EOF)
		*n = 0;
	else if (rc != ARCHIVE_OK || offset < 0)
		return archive_error(t->archive, &t->err, e);
	*at = (uint64_t)offset;
	return true;
}
