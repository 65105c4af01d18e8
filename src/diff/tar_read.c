#include "diff/tar_read.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "deb/archive_error.h"
#include "diff/diff_list.h"
#include "base/banned.h"

enum { XATTRS_MAX = 1024 };

struct reader {
	struct diff_list l;
	struct archive *archive;
	struct archive_entry *entry;
	struct diff_member *m; /* that is being made */
};

static void free_archive(struct archive **a)
{
	archive_read_free(*a);
}

/* Of a name that is not UTF-8 libarchive may have one form and not the other. */
static struct str text_of(struct reader *r, const char *(*plain)(struct archive_entry *),
	const char *(*utf8)(struct archive_entry *))
{
	const char *s = plain(r->entry);

	return str_of(s ? s : utf8(r->entry));
}

static bool keep(struct reader *r, struct str *ret, struct str s, struct err *e)
{
	if (s.n > DIFF_MEMBER_PATH_MAX)
		return err_set(e, ERR_LIMIT, "tar: a name of %zu bytes, limit %d", s.n,
			DIFF_MEMBER_PATH_MAX);
	*ret = arena_str(r->l.arena, s);
	return ret->p || arena_full(r->l.arena, e);
}

static int by_name(const void *a, const void *b)
{
	const struct xattr *x = a, *y = b;
	int order = str_compare(x->name, y->name);
	size_t n = x->value.n < y->value.n ? x->value.n : y->value.n;

	if (!order && n)
		order = memcmp(x->value.p, y->value.p, n);
	return order ? order : x->value.n == y->value.n ? 0 : x->value.n < y->value.n ? -1 : 1;
}

/* libarchive writes each in two dialects, so that one is often there twice. */
static size_t without_twins(struct xattr *list, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (!kept || by_name(&list[kept - 1], &list[i]) != 0)
			list[kept++] = list[i];
	return kept;
}

static bool add_xattrs(struct reader *r, struct err *e)
{
	int count = archive_entry_xattr_reset(r->entry);
	size_t n = count > 0 ? (size_t)count : 0, size;
	struct xattr *list;
	const char *name;
	const void *value;

	if (!n)
		return true;
	if (n > XATTRS_MAX)
		return err_set(e, ERR_LIMIT, "tar: %zu extended attributes of one member, limit %d",
			n, XATTRS_MAX);
	list = ARENA_ARRAY(r->l.arena, n, struct xattr);
	if (!list)
		return arena_full(r->l.arena, e);
	for (size_t i = 0; i < n; i++) {
		struct str copy;

		if (archive_entry_xattr_next(r->entry, &name, &value, &size) != ARCHIVE_OK)
			return err_set(e, ERR_INTERNAL, "tar: attributes are not countable");
		copy = arena_str(r->l.arena, str_make(value, size));
		if (!copy.p)
			return arena_full(r->l.arena, e);
		list[i].value = str_span(copy);
		if (!keep(r, &list[i].name, str_of(name), e))
			return false;
	}
	qsort(list, n, sizeof *list, by_name);
	r->m->xattrs = list;
	r->m->n_xattrs = without_twins(list, n);
	return true;
}

static bool add_facts(struct reader *r, struct err *e)
{
	uint64_t at = r->m->at;

	return diff_list_fact(&r->l, "owner's name",
		       text_of(r, archive_entry_uname, archive_entry_uname_utf8), at + 265, 32,
		       e) &&
	       diff_list_fact(&r->l, "group's name",
		       text_of(r, archive_entry_gname, archive_entry_gname_utf8), at + 297, 32,
		       e) &&
	       diff_list_fact(&r->l, "file flags", str_of(archive_entry_fflags_text(r->entry)), at,
		       0, e) &&
	       diff_list_facts(&r->l, &r->m->facts, &r->m->n_facts, e);
}

/* Pieces are libarchive's views of our own bytes; since the source is one block, it never has to put one together itself. */
static bool add_content(struct reader *r, struct err *e)
{
	const struct span all = r->l.src->all;
	const void *p;
	la_int64_t at;
	size_t n;
	int rc;

	while ((rc = archive_read_data_block(r->archive, &p, &n, &at)) == ARCHIVE_OK) {
		uintptr_t start = (uintptr_t)p - (uintptr_t)all.p;

		if (at < 0 || (uint64_t)at < r->l.size)
			return err_set(e, ERR_FORMAT, "tar: pieces of a content overlap");
		if ((uint64_t)at > r->l.size && !diff_list_hole(&r->l, (uint64_t)at - r->l.size, e))
			return false;
		if (!n) /* only says where a sparse file ends */
			continue;
		if (start > all.n || n > all.n - start)
			return err_set(e, ERR_INTERNAL, "tar: a content without a place");
		if (!diff_list_piece(&r->l, start, n, e))
			return false;
	}
	if (rc != ARCHIVE_EOF)
		return archive_error(r->archive, &(struct err){ 0 }, e);
	return diff_list_content(&r->l, r->m, e);
}

static bool set_kind(struct reader *r, struct err *e)
{
	struct str link = text_of(r, archive_entry_hardlink, archive_entry_hardlink_utf8);
	struct diff_member *m = r->m;

	if (link.p) {
		m->kind = DIFF_MEMBER_HARDLINK;
		return keep(r, &m->target, diff_list_trimmed(link), e);
	}
	if (!diff_member_kind_of_mode(&m->kind, (uint32_t)archive_entry_filetype(r->entry)))
		return err_set(e, ERR_FORMAT, "tar: a member of no kind that a file can be");
	m->dev_major = (uint32_t)archive_entry_rdevmajor(r->entry);
	m->dev_minor = (uint32_t)archive_entry_rdevminor(r->entry);
	return m->kind != DIFF_MEMBER_LINK ||
	       keep(r, &m->target, text_of(r, archive_entry_symlink, archive_entry_symlink_utf8),
		       e);
}

static bool add_member(struct reader *r, struct err *e)
{
	struct diff_member m = {
		.mode = (uint32_t)archive_entry_perm(r->entry) & 07777,
		.uid = (uint32_t)archive_entry_uid(r->entry),
		.gid = (uint32_t)archive_entry_gid(r->entry),
		.mtime_unix = archive_entry_mtime(r->entry),
		.mtime_nanoseconds = (uint32_t)archive_entry_mtime_nsec(r->entry),
		.n_links = 1,
		.at = (uint64_t)archive_read_header_position(r->archive),
	};
	struct str name = text_of(r, archive_entry_pathname, archive_entry_pathname_utf8);

	r->m = &m;
	if (!name.p)
		return err_set(e, ERR_FORMAT, "tar: a name that is not UTF-8");
	return keep(r, &m.path, diff_list_trimmed(name), e) && set_kind(r, e) &&
	       add_content(r, e) && add_xattrs(r, e) && add_facts(r, e) &&
	       diff_list_add(&r->l, &m, e);
}

static bool read_all(struct reader *r, struct err *e)
{
	struct err none = { 0 };
	int rc;

	while ((rc = archive_read_next_header(r->archive, &r->entry)) == ARCHIVE_OK ||
		rc == ARCHIVE_WARN) {
		if (!add_member(r, e))
			return err_wrap(e, "member %zu", r->l.n + 1);
	}
	return rc == ARCHIVE_EOF || archive_error(r->archive, &none, e);
}

bool tar_read(
	struct diff_members *ret, const struct diff_bytes *src, struct arena *a, struct err *e)
{
	CLEANUP(free_archive) struct archive *archive = archive_read_new();
	/* libarchive passes names of pax headers, which are UTF-8, through the locale: always this one. */
	locale_t ours = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0), was;
	struct reader r = { .archive = archive };
	struct err none = { 0 };
	bool ok;

	if (!archive || !ours)
		abort(); /* only without memory, or without the C library's own locale */
	diff_list_init(&r.l, a, src);
	was = uselocale(ours);
	ok = archive_read_support_format_tar(archive) == ARCHIVE_OK &&
	     archive_read_open_memory(archive, src->all.p, src->all.n) == ARCHIVE_OK;
	ok = ok ? read_all(&r, e) && diff_list_end(&r.l, ret, src->all.n, e)
		: archive_error(archive, &none, e);
	uselocale(was);
	freelocale(ours);
	diff_list_done(&r.l);
	return ok;
}
