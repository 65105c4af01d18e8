#define ASSAY_MAY_ASK_THE_MACHINE
#include "build/rebuild_changelog.h"

#include <archive.h>
#include <archive_entry.h>
#include <limits.h>

#include "base/mem.h"
#include "build/source_debian.h"
#include "deb/pack.h"
#include "sys/file.h"
#include "base/banned.h"

enum { COMPRESSED_MAX = 4 << 20, PIECE = 65536 };

static void archive_done(struct archive **a)
{
	if (*a)
		archive_read_free(*a);
}

/* The text of a gzip file; what it is not is no text. */
static bool gunzip(struct buf *out, struct span bytes, struct err *e)
{
	CLEANUP(archive_done) struct archive *z = archive_read_new();
	CLEANUP(mem_free) char *piece = mem_alloc(PIECE);
	struct archive_entry *entry;
	la_ssize_t n = -1;

	if (z && archive_read_support_filter_gzip(z) == ARCHIVE_OK &&
		archive_read_support_format_raw(z) == ARCHIVE_OK &&
		archive_read_open_memory(z, bytes.p, bytes.n) == ARCHIVE_OK &&
		archive_read_next_header(z, &entry) == ARCHIVE_OK)
		while ((n = archive_read_data(z, piece, PIECE)) > 0 && buf_ok(out))
			buf_add(out, piece, (size_t)n);
	if (n < 0)
		return err_set(e, ERR_FORMAT, "a changelog does not decompress");
	return buf_ok(out) || buf_full(out, "a changelog", e);
}

static bool is_changelog(const struct node *n, const char *name)
{
	return n->kind == NODE_FILE && n->content.size <= COMPRESSED_MAX &&
	       str_glob(STR("usr/share/doc/*/*"), n->path) && str_is(tree_name(n->path), name);
}

/* Strings of the arena instead of those of a text that goes. */
static bool keep(struct changelog_entry *ret, const struct changelog_entry *x, struct arena *a,
	struct err *e)
{
	*ret = *x;
	ret->text = arena_str(a, x->text);
	ret->name = arena_str(a, x->name);
	ret->version = arena_str(a, x->version);
	return (ret->text.p && ret->name.p && ret->version.p) || arena_full(a, e);
}

bool rebuild_changelog_of_package(struct changelog_entry *ret, bool *found, struct store *s,
	const struct lock_package *p, const char *name, struct arena *a, struct err *e)
{
	CLEANUP(buf_done) struct buf text = buf_init(CHANGELOG_MAX);
	CLEANUP(pack_freep) struct pack *pack = NULL;
	CLEANUP(mem_free) uint8_t *bytes = NULL;
	const struct node *nodes;
	struct changelog_entry newest;
	size_t n, i = 0, size;

	*found = false;
	if (!pack_open(&pack, s, p->sha256, p->name, e))
		return false;
	nodes = pack_nodes(pack, &n);
	while (i < n && !is_changelog(&nodes[i], name))
		i++;
	if (i == n)
		return true;
	size = (size_t)nodes[i].content.size;
	bytes = mem_alloc(size + 1);
	if (!content_read(&nodes[i].content, 0, bytes, size, e) ||
		!gunzip(&text, span_make(bytes, size), e) ||
		!changelog_newest(&newest, buf_str(&text), e))
		return err_wrap(e, "'%.*s'", STR_ARG(nodes[i].path));
	*found = true;
	return keep(ret, &newest, a, e);
}

/* entry stays empty where the package has none. */
static bool entry_of_package(struct str *entry, struct store *s, const struct lock_package *p,
	struct arena *a, struct err *e)
{
	struct changelog_entry newest;
	bool found;

	if (!rebuild_changelog_of_package(&newest, &found, s, p, "changelog.Debian.amd64.gz", a, e))
		return false;
	if (found && newest.binary_only)
		*entry = newest.text;
	return true;
}

static bool find_entry(struct str *entry, struct store *s, const struct rebuild_unit *unit,
	const struct buildinfo *info, struct arena *a, struct err *e)
{
	if (info && info->binary_only.n) {
		*entry = info->binary_only;
		return true;
	}
	for (size_t i = 0; i < unit->n && !entry->n; i++)
		if (!entry_of_package(entry, s, unit->packages[i], a, e))
			return err_wrap(e, "package '%.*s'", STR_ARG(unit->packages[i]->name));
	if (entry->n)
		return true;
	err_set(e, ERR_NOTFOUND,
		"'%.*s' is a binNMU, and none of its packages here has the changelog entry that was made for it",
		STR_ARG(unit->name));
	return err_hint(e, "its .buildinfo has it: --buildinfo FILE");
}

static bool read_binnmu(struct rebuild_changelog *ret, struct store *s,
	const struct rebuild_unit *unit, const struct buildinfo *info, struct arena *a,
	struct err *e)
{
	struct changelog_entry newest;
	struct str entry = { 0 };

	if (!find_entry(&entry, s, unit, info, a, e) || !changelog_newest(&newest, entry, e))
		return false;
	if (!str_equal(newest.version, unit->version))
		return err_set(e, ERR_MISMATCH,
			"the changelog entry of the binNMU is of version %.*s, wanted %.*s",
			STR_ARG(newest.version), STR_ARG(unit->version));
	ret->binnmu = arena_printf(a, "%.*s\n", STR_ARG(newest.text));
	ret->date_unix = newest.date_unix;
	return ret->binnmu.p || arena_full(a, e);
}

static bool read_source(struct rebuild_changelog *ret, struct store *s,
	const struct lock_source *src, const char *tmp, struct err *e)
{
	CLEANUP(buf_done) struct buf text = { 0 };
	CLEANUP(file_closep) int dir = -1;
	struct changelog_entry newest;
	char at[PATH_MAX];

	if (!source_debian_lay(at, tmp, src, s, 0, e))
		return false;
	dir = open(at, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir < 0)
		return err_os(e, "cannot open '%s'", at);
	if (!file_read(dir, "debian/changelog", CHANGELOG_MAX, &text, e) ||
		!changelog_newest(&newest, buf_str(&text), e))
		return false;
	ret->date_unix = newest.date_unix;
	return true;
}

bool rebuild_changelog_read(struct rebuild_changelog *ret, struct store *s,
	const struct rebuild_unit *unit, const struct lock_source *src,
	const struct buildinfo *info, int64_t otherwise_unix, struct arena *a, struct err *e)
{
	char *tmp;
	bool ok;

	*ret = (struct rebuild_changelog){ .date_unix = otherwise_unix };
	if (unit->binnmu.n)
		return read_binnmu(ret, s, unit, info, a, e);
	if (str_is(src->format, "1.0"))
		return true;
	if (!store_tmpdir(s, &tmp, e))
		return false;
	ok = read_source(ret, s, src, tmp, e);
	store_tmpdir_remove(s, tmp);
	return ok;
}
