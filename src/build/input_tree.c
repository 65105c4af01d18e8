#include "build/input_tree.h"

#include <limits.h>
#include <stdlib.h>

#include "base/hex.h"
#include "build/component_source.h"
#include "build/source_list.h"
#include "rootfs/entry.h"
#include "sys/file.h"
#include "tree/folder.h"
#include "base/banned.h"

#define ORIGIN "generated:archive"
enum { HEX = 2 * SHA256_SIZE + 1 };

struct making {
	struct tree *t;
	struct tree *sources; /* what lies in source/, for its list */
	const struct inputs *in;
	struct store *s;
	struct arena *a;
	struct str folder; /* of assay.yaml in the tree: "source/examples/hello" */
	size_t *n_missing;
	bool is_small;
};

/* An object, opened when it is read. */
struct object_source {
	struct content_source source;
	const struct store *s;
	uint8_t sha256[SHA256_SIZE];
};

static bool read_object(
	const struct content_source *source, uint64_t at, void *dst, size_t n, struct err *e)
{
	const struct object_source *o = (const struct object_source *)source;
	CLEANUP(file_closep) int fd = store_open_object(o->s, o->sha256, NULL, e);

	return fd >= 0 && file_pread(fd, dst, n, at, "an object of the store", e);
}

static bool object_content(
	struct making *m, const uint8_t *sha256, struct content *ret, struct err *e)
{
	struct object_source *o = ARENA_NEW(m->a, struct object_source);
	struct content c = { 0 };
	int fd;

	if (!o)
		return arena_full(m->a, e);
	fd = store_open_object(m->s, sha256, &c.size, e);
	if (fd < 0)
		return false;
	file_closep(&fd);
	o->source.read = read_object;
	o->s = m->s;
	memcpy(o->sha256, sha256, SHA256_SIZE);
	memcpy(c.sha256, sha256, SHA256_SIZE);
	c.source = &o->source;
	*ret = c;
	return true;
}

/* From a path below the tree's root to its root: "../../". */
static void add_way_up(struct buf *b, struct str path)
{
	for (size_t i = 0; i < path.n; i++)
		if (path.p[i] == '/')
			buf_add_cstr(b, "../");
}

/* The object, and a link to it at path. An object may have several names. */
static bool add_input(struct making *m, struct str path, const uint8_t *sha256, struct err *e)
{
	CLEANUP(buf_done) struct buf target = buf_init(TREE_PATH_MAX);
	struct node link = { .path = path, .kind = NODE_LINK, .mode = 0777, .origin = STR(ORIGIN) };
	struct node file = { .kind = NODE_FILE, .mode = 0644, .origin = STR(ORIGIN) };
	char hex[HEX];

	hex_write(hex, sha256, SHA256_SIZE);
	file.path = arena_printf(m->a, "objects/%.2s/%s", hex, hex + 2);
	if (!path.p || !file.path.p)
		return arena_full(m->a, e);
	add_way_up(&target, path);
	buf_add_str(&target, file.path);
	if (!buf_ok(&target))
		return buf_full(&target, "a path of the archive", e);
	if (!object_content(m, sha256, &file.content, e))
		return false;
	link.target = buf_str(&target);
	if (!tree_find(m->t, file.path) &&
		(!entry_parents(m->t, file.path, ORIGIN, e) || !tree_add(m->t, &file, e)))
		return false;
	return entry_parents(m->t, path, ORIGIN, e) && tree_add(m->t, &link, e);
}

/* What replays the signatures may be missing where the caller counts it. */
static bool is_missing(struct making *m, const uint8_t *sha256)
{
	if (!m->n_missing || store_has(m->s, sha256))
		return false;
	++*m->n_missing;
	return true;
}

static bool add_releases(struct making *m, struct err *e)
{
	const struct lock *l = &m->in->lock;

	for (size_t i = 0; i < l->n_suites; i++) {
		const struct lock_suite *s = &l->suites[i];
		struct str path = arena_printf(
			m->a, "%.*s/dists/%.*s/InRelease", STR_ARG(s->archive), STR_ARG(s->suite));

		if (!is_missing(m, s->release_sha256) && !add_input(m, path, s->release_sha256, e))
			return err_wrap(e, "the InRelease of suite '%.*s'", STR_ARG(s->suite));
	}
	return true;
}

/* By digest and by name: whether a Release promises the former is up to the archive. */
static bool add_indexes(struct making *m, const struct lock_index *indexes, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		const struct lock_index *x = &indexes[i];
		const struct lock_suite *s = &m->in->lock.suites[x->suite];
		struct str dist = arena_printf(
			m->a, "%.*s/dists/%.*s", STR_ARG(s->archive), STR_ARG(s->suite));
		struct str parent = tree_parent(x->path);
		char hex[HEX];

		hex_write(hex, x->sha256, SHA256_SIZE);
		if (is_missing(m, x->sha256))
			continue;
		if (!add_input(m, arena_printf(m->a, "%.*s/%.*s", STR_ARG(dist), STR_ARG(x->path)),
			    x->sha256, e) ||
			!add_input(m,
				arena_printf(m->a, "%.*s/%.*s/by-hash/SHA256/%s", STR_ARG(dist),
					STR_ARG(parent), hex),
				x->sha256, e))
			return err_wrap(e, "index '%.*s' of suite '%.*s'", STR_ARG(x->path),
				STR_ARG(s->suite));
	}
	return true;
}

static bool add_packages(struct making *m, struct err *e)
{
	const struct lock *l = &m->in->lock;

	if (m->is_small)
		return true;
	for (size_t i = 0; i < l->n_packages; i++) {
		const struct lock_package *p = &l->packages[i];
		const struct lock_suite *s = &l->suites[l->indexes[p->index].suite];
		struct str path = arena_printf(
			m->a, "%.*s/%.*s", STR_ARG(s->archive), STR_ARG(p->path));

		if (!add_input(m, path, p->sha256, e))
			return err_wrap(e, "package '%.*s'", STR_ARG(p->name));
	}
	return true;
}

static bool add_source_packages(struct making *m, struct err *e)
{
	const struct lock *l = &m->in->lock;

	if (m->is_small)
		return true;
	for (size_t i = 0; i < l->n_sources; i++) {
		const struct lock_source *src = &l->sources[i];
		struct str archive = l->suites[l->source_indexes[src->index].suite].archive;

		for (size_t k = 0; k < src->n_files; k++) {
			const struct lock_file *f = &src->files[k];
			struct str path = lock_source_path(src, f, m->a);

			if (!lock_source_file_is_read(f) && !store_has(m->s, f->sha256))
				continue;
			path = arena_printf(m->a, "%.*s/%.*s", STR_ARG(archive), STR_ARG(path));
			if (!add_input(m, path, f->sha256, e))
				return err_wrap(e, "source package '%.*s'", STR_ARG(src->name));
		}
	}
	return true;
}

/* Git trees and tarballs, where a mirror that the user names is asked for them. One may serve several components. */
static bool add_fetched(struct making *m, const struct component *c, struct err *e)
{
	const struct source_request *r = &c->source;
	struct str path;
	char hex[HEX];

	if (!r->pinned || m->is_small)
		return true;
	hex_write(hex, r->sha256, SHA256_SIZE);
	path = arena_printf(m->a, "sources/%s", hex);
	return (path.p && tree_find(m->t, path)) || add_input(m, path, r->sha256, e);
}

/* How many "../" a folder of the description starts with. */
static size_t count_up(struct str folder)
{
	size_t n = 0;

	while ((n + 1) * 3 <= folder.n && memcmp(folder.p + 3 * n, "../", 3) == 0)
		n++;
	return n + (folder.n == 3 * n + 2 && memcmp(folder.p + 3 * n, "..", 2) == 0);
}

/* As many components of the description's real path as its folders reach above it. */
static bool place_description(struct making *m, struct err *e)
{
	const struct description *d = &m->in->description;
	struct str dir = arena_str(m->a, d->dir);
	char real[PATH_MAX];
	size_t up = 0, at;

	for (size_t i = 0; i < d->n_components; i++) {
		size_t n = count_up(d->components[i].from);

		up = n > up ? n : up;
	}
	for (size_t i = 0; i < d->overlays.n; i++) {
		size_t n = count_up(d->overlays.items[i]);

		up = n > up ? n : up;
	}
	if (!dir.p)
		return arena_full(m->a, e);
	if (!realpath(dir.p, real))
		return err_os(e, "cannot open '%s'", dir.p);
	at = strlen(real);
	for (size_t n = 0; n < up && at; n++)
		for (at--; at && real[at] != '/';)
			at--;
	if (up && !real[at])
		return err_set(e, ERR_NOTFOUND, "a folder of assay.yaml lies above the root");
	m->folder = arena_printf(m->a, "source%s", up ? real + at : "");
	return m->folder.p || arena_full(m->a, e);
}

/* Where a folder that the description names lies in the tree; p NULL when the arena is full. */
static struct str place_of(struct making *m, struct str folder)
{
	size_t up = count_up(folder), skip = 3 * up < folder.n ? 3 * up : folder.n;
	struct str base = m->folder, rest = str_make(folder.p + skip, folder.n - skip);

	for (size_t i = 0; i < up; i++)
		base = tree_parent(base);
	if (!rest.n || str_is(rest, "."))
		return arena_str(m->a, base);
	return arena_printf(m->a, "%.*s/%.*s", STR_ARG(base), STR_ARG(rest));
}

/* What was just added to source/ goes into its list, under its path there. */
static bool list_source(struct making *m, struct str path, struct err *e)
{
	size_t skip = path.n > strlen(SOURCE_LIST_FOLDER "/") ? strlen(SOURCE_LIST_FOLDER "/")
							      : path.n;
	struct node n = *tree_find(m->t, path);

	n.path = str_make(path.p + skip, path.n - skip);
	return entry_parents(m->sources, n.path, ORIGIN, e) && tree_add(m->sources, &n, e);
}

/* Folders that the description names may overlap: the same file is there once. */
static bool add_once(struct making *m, const struct node *n, struct err *e)
{
	const struct node *was = tree_find(m->t, n->path);
	bool same = was && was->kind == n->kind && was->mode == n->mode;

	if (same && (n->kind == NODE_FOLDER ||
			    (n->kind == NODE_LINK && str_equal(was->target, n->target)) ||
			    (n->kind == NODE_FILE && memcmp(was->content.sha256, n->content.sha256,
							     SHA256_SIZE) == 0)))
		return true;
	return entry_parents(m->t, n->path, ORIGIN, e) && tree_add(m->t, n, e) &&
	       list_source(m, n->path, e);
}

static bool put_file(void *ctx, int fd, struct content *ret, struct err *e)
{
	struct making *m = ctx;
	CLEANUP(buf_done) struct buf bytes = { 0 };
	uint8_t sha256[SHA256_SIZE];

	return file_read_fd(fd, "a file of an overlay", INPUT_TREE_FILE_MAX, &bytes, e) &&
	       store_put(m->s, buf_span(&bytes), sha256, e) && object_content(m, sha256, ret, e);
}

static bool add_overlay(struct making *m, struct str overlay, struct err *e)
{
	CLEANUP(tree_freep) struct tree *t = tree_new(INPUT_TREE_MEMORY_MAX);
	const struct folder_put put = { put_file, m };
	struct str folder = arena_printf(
		m->a, "%.*s/%.*s", STR_ARG(m->in->description.dir), STR_ARG(overlay));
	struct str place = place_of(m, overlay);
	const struct node *nodes;
	size_t n;

	if (!folder.p || !place.p)
		return arena_full(m->a, e);
	if (!tree_from_folder(t, AT_FDCWD, folder.p, place, STR(ORIGIN), &put, e) ||
		!tree_finish(t, m->in->source_date_epoch, e))
		return false;
	nodes = tree_nodes(t, &n);
	for (size_t i = 0; i < n; i++)
		if (!add_once(m, &nodes[i], e))
			return false;
	return true;
}

static bool add_folder(struct making *m, const struct component *c, struct err *e)
{
	struct str folder = arena_printf(
		m->a, "%.*s/%.*s", STR_ARG(m->in->description.dir), STR_ARG(c->from));
	struct str place = place_of(m, c->from);
	const struct component_source *sources;
	size_t n;

	if (!folder.p || !place.p)
		return arena_full(m->a, e);
	if (!component_source_collect(&sources, &n, m->s, folder.p, &c->files, m->a, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct node file = { .kind = NODE_FILE, .origin = STR(ORIGIN) };

		file.path = arena_printf(
			m->a, "%.*s/%.*s", STR_ARG(place), STR_ARG(sources[i].path));
		file.mode = sources[i].executable ? 0755 : 0644;
		if (!file.path.p)
			return arena_full(m->a, e);
		if (!object_content(m, sources[i].sha256, &file.content, e) ||
			!add_once(m, &file, e))
			return false;
	}
	return true;
}

/* A component may have named the same file. */
static bool add_text(
	struct making *m, struct str folder, const char *name, struct span bytes, struct err *e)
{
	struct str path = arena_printf(
		m->a, "%.*s%s%s", STR_ARG(folder), folder.n ? "/" : "", name);

	if (!path.p)
		return arena_full(m->a, e);
	return tree_find(m->t, path) || entry_file(m->t, path, bytes, 0644, ORIGIN, e);
}

static bool add_source_text(struct making *m, const char *name, struct span bytes, struct err *e)
{
	struct str path = arena_printf(m->a, "%.*s/%s", STR_ARG(m->folder), name);

	if (!path.p)
		return arena_full(m->a, e);
	if (tree_find(m->t, path))
		return true;
	return add_text(m, m->folder, name, bytes, e) && list_source(m, path, e);
}

static bool add_description(struct making *m, struct err *e)
{
	const struct description *d = &m->in->description;
	CLEANUP(buf_done) struct buf lock = buf_init(LOCK_SIZE_MAX);

	lock_emit(&m->in->lock, &lock);
	if (!place_description(m, e))
		return false;
	for (size_t i = 0; i < d->overlays.n; i++)
		if (!add_overlay(m, d->overlays.items[i], e))
			return err_wrap(e, "overlay '%.*s'", STR_ARG(d->overlays.items[i]));
	for (size_t i = 0; i < d->n_components; i++)
		if (d->components[i].source.kind == SOURCE_FOLDER
				? !add_folder(m, &d->components[i], e)
				: !add_fetched(m, &d->components[i], e))
			return err_wrap(e, "component '%.*s'", STR_ARG(d->components[i].name));
	return add_source_text(m, "assay.yaml", str_span(d->text), e) &&
	       add_source_text(m, "assay.lock", buf_span(&lock), e) &&
	       entry_link(m->t, STR("description"), m->folder, ORIGIN, e);
}

static bool add_list(struct making *m, struct err *e)
{
	CLEANUP(buf_done) struct buf text = buf_init(SOURCE_LIST_SIZE_MAX);
	size_t skip = m->folder.n > strlen(SOURCE_LIST_FOLDER "/") ? strlen(SOURCE_LIST_FOLDER "/")
								   : m->folder.n;

	if (!tree_finish(m->sources, m->in->source_date_epoch, e))
		return false;
	source_list_emit(m->sources, str_make(m->folder.p + skip, m->folder.n - skip), &text);
	return buf_ok(&text) ? add_text(m, STR(""), SOURCE_LIST, buf_span(&text), e)
			     : buf_full(&text, SOURCE_LIST, e);
}

static bool add_readme(struct making *m, struct err *e)
{
	static const char use[] =
		"\n"
		"    sha256sum -c --quiet SHA256SUMS\n"
		"    assay build description --mirror \"$PWD\" --output out\n"
		"\n"
		"run in this folder check it and build the image again; no network is needed. SHA256SUMS names\n"
		"the bytes of every file, and its own SHA-256 all of them. sources.json lists links, folders and executable\n"
		"bits of source/, which have no line there.\n"
		"objects/ holds packages, InRelease files and indexes by their SHA-256; debian/ and debian-security/\n"
		"are links to them, laid out as a mirror, and so is sources/, with git trees and tarballs.\n"
		"\n";
	static const char use_small[] =
		"\n"
		"    sha256sum -c --quiet SHA256SUMS\n"
		"\n"
		"run in this folder checks it. sources.json lists links, folders and executable bits of source/, which have no\n"
		"line there. objects/ holds InRelease files and indexes by their SHA-256; debian/ and debian-security/ are links\n"
		"to them, laid out as a mirror. Packages, git trees and tarballs are not here: assay.lock and assay.yaml name\n"
		"them by digest, and mirrors and snapshot archives have them.\n"
		"\n";
	CLEANUP(buf_done) struct buf text = buf_init(4096);

	buf_printf(&text, "%s to build the image '%.*s': %s.\n",
		m->is_small ? "What says how" : "All that assay reads",
		STR_ARG(m->in->description.name),
		m->is_small ? "description, overlays, sources, what the archives signed"
			    : "packages, description, overlays, sources");
	buf_add_cstr(&text, m->is_small ? use_small : use);
	if (m->n_missing && *m->n_missing)
		buf_printf(&text,
			"%zu InRelease files or indexes could not be had any more: what is here cannot show that the\n"
			"archives signed for these packages (assay lock verify).\n",
			*m->n_missing);
	else
		buf_add_cstr(&text,
			"    assay lock verify description --mirror \"$PWD\"\n"
			"\n"
			"replays the archives' signatures; the keyring is yours to bring (--keyring).\n");
	return add_text(m, STR(""), "README", buf_span(&text), e);
}

static bool make(struct making *m, struct err *e)
{
	CLEANUP(tree_freep) struct tree *sources = tree_new(INPUT_TREE_MEMORY_MAX);
	struct tree *t = m->t;
	const struct lock *l = &m->in->lock;

	m->sources = sources;
	m->a = tree_arena(t);
	if (m->n_missing)
		*m->n_missing = 0;
	return entry_folder(t, STR(""), ORIGIN, e) && entry_folder(sources, STR(""), ORIGIN, e) &&
	       add_releases(m, e) && add_indexes(m, l->indexes, l->n_indexes, e) &&
	       add_indexes(m, l->source_indexes, l->n_source_indexes, e) && add_packages(m, e) &&
	       add_source_packages(m, e) && add_description(m, e) && add_list(m, e) &&
	       add_readme(m, e) && tree_finish(t, m->in->source_date_epoch, e);
}

bool input_tree_make(
	struct tree *t, const struct inputs *in, struct store *s, size_t *n_missing, struct err *e)
{
	struct making m = { .t = t, .in = in, .s = s, .n_missing = n_missing };

	return make(&m, e);
}

bool input_tree_make_small(
	struct tree *t, const struct inputs *in, struct store *s, size_t *n_missing, struct err *e)
{
	struct making m = { .t = t, .in = in, .s = s, .n_missing = n_missing, .is_small = true };

	return make(&m, e);
}
