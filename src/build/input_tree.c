#include "build/input_tree_inside.h"

#include "base/hex.h"
#include "rootfs/entry.h"
#include "sys/file.h"
#include "base/banned.h"

enum { HEX = 2 * SHA256_SIZE + 1 };

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

bool input_tree_content(
	struct input_tree *m, const uint8_t *sha256, struct content *ret, struct err *e)
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

bool input_tree_add(struct input_tree *m, struct str path, const uint8_t *sha256, struct err *e)
{
	CLEANUP(buf_done) struct buf target = buf_init(TREE_PATH_MAX);
	struct node link = {
		.path = path, .kind = NODE_LINK, .mode = 0777, .origin = STR(INPUT_TREE_ORIGIN)
	};
	struct node file = { .kind = NODE_FILE, .mode = 0644, .origin = STR(INPUT_TREE_ORIGIN) };
	char hex[HEX];

	hex_write(hex, sha256, SHA256_SIZE);
	file.path = arena_printf(m->a, "objects/%.2s/%s", hex, hex + 2);
	if (!path.p || !file.path.p)
		return arena_full(m->a, e);
	add_way_up(&target, path);
	buf_add_str(&target, file.path);
	if (!buf_ok(&target))
		return buf_full(&target, "a path of the archive", e);
	if (!input_tree_content(m, sha256, &file.content, e))
		return false;
	link.target = buf_str(&target);
	if (!tree_find(m->t, file.path) && (!entry_parents(m->t, file.path, INPUT_TREE_ORIGIN, e) ||
						   !tree_add(m->t, &file, e)))
		return false;
	return entry_parents(m->t, path, INPUT_TREE_ORIGIN, e) && tree_add(m->t, &link, e);
}

/* What replays the signatures may be missing where the caller counts it. */
static bool is_missing(struct input_tree *m, const uint8_t *sha256)
{
	if (!m->n_missing || store_has(m->s, sha256))
		return false;
	++*m->n_missing;
	return true;
}

static bool add_releases(struct input_tree *m, struct err *e)
{
	const struct lock *l = &m->in->lock;

	for (size_t i = 0; i < l->n_suites; i++) {
		const struct lock_suite *s = &l->suites[i];
		struct str path = arena_printf(
			m->a, "%.*s/dists/%.*s/InRelease", STR_ARG(s->archive), STR_ARG(s->suite));

		if (!is_missing(m, s->release_sha256) &&
			!input_tree_add(m, path, s->release_sha256, e))
			return err_wrap(e, "the InRelease of suite '%.*s'", STR_ARG(s->suite));
	}
	return true;
}

/* By digest and by name: whether a Release promises the former is up to the archive. */
static bool add_indexes(
	struct input_tree *m, const struct lock_index *indexes, size_t n, struct err *e)
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
		if (!input_tree_add(m,
			    arena_printf(m->a, "%.*s/%.*s", STR_ARG(dist), STR_ARG(x->path)),
			    x->sha256, e) ||
			!input_tree_add(m,
				arena_printf(m->a, "%.*s/%.*s/by-hash/SHA256/%s", STR_ARG(dist),
					STR_ARG(parent), hex),
				x->sha256, e))
			return err_wrap(e, "index '%.*s' of suite '%.*s'", STR_ARG(x->path),
				STR_ARG(s->suite));
	}
	return true;
}

static bool add_packages(struct input_tree *m, struct err *e)
{
	const struct lock *l = &m->in->lock;

	if (m->is_small)
		return true;
	for (size_t i = 0; i < l->n_packages; i++) {
		const struct lock_package *p = &l->packages[i];
		const struct lock_suite *s = &l->suites[l->indexes[p->index].suite];
		struct str path = arena_printf(
			m->a, "%.*s/%.*s", STR_ARG(s->archive), STR_ARG(p->path));

		if (!input_tree_add(m, path, p->sha256, e))
			return err_wrap(e, "package '%.*s'", STR_ARG(p->name));
	}
	return true;
}

static bool add_source_packages(struct input_tree *m, struct err *e)
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
			if (!input_tree_add(m, path, f->sha256, e))
				return err_wrap(e, "source package '%.*s'", STR_ARG(src->name));
		}
	}
	return true;
}

bool input_tree_text(
	struct input_tree *m, struct str folder, const char *name, struct span bytes, struct err *e)
{
	struct str path = arena_printf(
		m->a, "%.*s%s%s", STR_ARG(folder), folder.n ? "/" : "", name);

	if (!path.p)
		return arena_full(m->a, e);
	return tree_find(m->t, path) || entry_file(m->t, path, bytes, 0644, INPUT_TREE_ORIGIN, e);
}

static bool add_readme(struct input_tree *m, struct err *e)
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
	return input_tree_text(m, STR(""), "README", buf_span(&text), e);
}

static bool make(struct input_tree *m, struct err *e)
{
	CLEANUP(tree_freep) struct tree *sources = tree_new(INPUT_TREE_MEMORY_MAX);
	struct tree *t = m->t;
	const struct lock *l = &m->in->lock;

	m->sources = sources;
	m->a = tree_arena(t);
	if (m->n_missing)
		*m->n_missing = 0;
	return entry_folder(t, STR(""), INPUT_TREE_ORIGIN, e) &&
	       entry_folder(sources, STR(""), INPUT_TREE_ORIGIN, e) && add_releases(m, e) &&
	       add_indexes(m, l->indexes, l->n_indexes, e) &&
	       add_indexes(m, l->source_indexes, l->n_source_indexes, e) && add_packages(m, e) &&
	       add_source_packages(m, e) && input_tree_description(m, e) && input_tree_list(m, e) &&
	       add_readme(m, e) && tree_finish(t, m->in->source_date_epoch, e);
}

bool input_tree_make(
	struct tree *t, const struct inputs *in, struct store *s, size_t *n_missing, struct err *e)
{
	struct input_tree m = { .t = t, .in = in, .s = s, .n_missing = n_missing };

	return make(&m, e);
}

bool input_tree_make_small(
	struct tree *t, const struct inputs *in, struct store *s, size_t *n_missing, struct err *e)
{
	struct input_tree m = {
		.t = t, .in = in, .s = s, .n_missing = n_missing, .is_small = true
	};

	return make(&m, e);
}
