#include "lock/lock_sources.h"

#include <stdlib.h>

#include "base/mem.h"
#include "deb/control.h"
#include "deb/version.h"
#include "lock/lock_index.h"
#include "lock/packages_text.h"
#include "lock/source_stanza.h"
#include "base/banned.h"

bool lock_sources_wanted(const struct description *d)
{
	for (size_t i = 0; i < d->n_components; i++)
		if (d->components[i].source.kind == SOURCE_DEBIAN)
			return true;
	return false;
}

static int compare_requests(const void *x, const void *y)
{
	const struct source_request *const *a = x, *const *b = y;
	int c = str_compare((*a)->name, (*b)->name);

	return c ? c : str_compare((*a)->version, (*b)->version);
}

/* What components ask for, sorted, each once; owned by the caller. */
static const struct source_request **requests_of(const struct description *d, size_t *n)
{
	const struct source_request **list = mem_array(d->n_components, sizeof(*list));
	size_t kept = 0;

	*n = 0;
	for (size_t i = 0; i < d->n_components; i++)
		if (d->components[i].source.kind == SOURCE_DEBIAN)
			list[(*n)++] = &d->components[i].source;
	if (*n)
		qsort(list, *n, sizeof(*list), compare_requests);
	for (size_t i = 0; i < *n; i++)
		if (!kept || compare_requests(&list[kept - 1], &list[i]) != 0)
			list[kept++] = list[i];
	*n = kept;
	return list;
}

void lock_sources_put_requests(struct json_out *w, const struct description *d)
{
	size_t n;
	CLEANUP(mem_free) const struct source_request **list = requests_of(d, &n);

	if (!n)
		return;
	json_key(w, "sources");
	json_array(w);
	for (size_t i = 0; i < n; i++) {
		json_object(w);
		json_put_str(w, "name", list[i]->name);
		json_put_str(w, "version", list[i]->version);
		json_end_object(w);
	}
	json_end_array(w);
}

/* ---- choosing ---- */

struct choosing {
	struct lock *l;
	struct arena *a;
	struct err *e;
	const struct source_request **requests;
	struct lock_source *found; /* one a request; name.p NULL: none yet */
	size_t n;
	struct lock_index *indexes;
	size_t n_indexes;
};

/* The arena's copies of what still borrows an index. */
static bool keep(struct lock_source *src, struct arena *a, struct err *e)
{
	struct str *const strings[] = { &src->name, &src->version, &src->format, &src->directory };
	struct lock_file *files = ARENA_ARRAY(a, src->n_files, struct lock_file);

	for (size_t i = 0; i < ARRAY_LEN(strings); i++) {
		*strings[i] = arena_str(a, *strings[i]);
		if (!strings[i]->p)
			return arena_full(a, e);
	}
	for (size_t i = 0; files && i < src->n_files; i++) {
		files[i] = src->files[i];
		files[i].name = arena_str(a, files[i].name);
		if (!files[i].name.p)
			return arena_full(a, e);
	}
	src->files = files;
	return files || arena_full(a, e);
}

/* Of equal versions the one of the first index stays. */
static bool consider(struct choosing *k, size_t i, size_t index, const struct control_stanza *s)
{
	const struct source_request *r = k->requests[i];
	struct lock_source *found = &k->found[i], src;
	struct str version = control_field(s, "Version");

	if (r->version.n ? version_compare(version, r->version) != 0 || found->name.p
			 : found->name.p && version_compare(version, found->version) <= 0)
		return true;
	if (!source_stanza_read(&src, s, k->a, k->e) || !keep(&src, k->a, k->e))
		return err_wrap(k->e, "source package '%.*s'", STR_ARG(r->name));
	src.index = index;
	*found = src;
	return true;
}

static bool read_index(struct choosing *k, size_t index, const struct archive_access *q)
{
	CLEANUP(buf_done) struct buf text = { 0 };
	CLEANUP(mem_free) struct control_stanza *s = MEM_NEW(struct control_stanza);
	struct control_reader r;
	bool found = true;

	if (!packages_text_read(q->store, k->indexes[index].sha256, &text, k->e))
		return false;
	control_init(&r, buf_span(&text));
	while (control_next(&r, s, &found, k->e)) {
		struct str name;

		if (!found)
			return true;
		name = control_field(s, "Package");
		for (size_t i = 0; i < k->n; i++)
			if (str_equal(k->requests[i]->name, name) && !consider(k, i, index, s))
				return false;
	}
	return false;
}

/* Suites without sources are passed over. */
static bool take_indexes(
	struct choosing *k, const struct release *releases, const struct archive_access *q)
{
	for (size_t i = 0; i < k->l->n_indexes; i++) {
		const struct lock_index *binary = &k->l->indexes[i];
		struct lock_index *x = &k->indexes[k->n_indexes];
		bool there = false;

		if (!archive_take_source_index(q, &k->l->suites[binary->suite],
			    &releases[binary->suite], binary->component, k->a, x, &there, k->e))
			return false;
		x->suite = binary->suite;
		k->n_indexes += there;
	}
	if (k->n_indexes)
		return true;
	return err_set(k->e, ERR_NOTFOUND, "no suite has an index of source packages");
}

/* A diff upon a tarball would be a third way to make a source, for packages that nobody touched for long. */
static bool has_diff(const struct lock_source *src)
{
	for (size_t i = 0; i < src->n_files; i++)
		if (str_ends(src->files[i].name, ".diff.gz"))
			return true;
	return false;
}

static bool check_format(const struct lock_source *src, struct err *e)
{
	if (!source_stanza_is_format(src->format))
		return err_set(e, ERR_FORMAT,
			"source package '%.*s' has format '%.*s', wanted 3.0 (quilt), 3.0 (native) or 1.0",
			STR_ARG(src->name), STR_ARG(src->format));
	if (!has_diff(src))
		return true;
	err_set(e, ERR_FORMAT,
		"source package '%.*s' %.*s is a tarball and a diff, which assay does not unpack",
		STR_ARG(src->name), STR_ARG(src->version));
	return err_hint(e,
		"lay out its sources beside assay.yaml (dpkg-source -x), and name that folder with `from`");
}

static bool check_found(struct choosing *k)
{
	for (size_t i = 0; i < k->n; i++) {
		const struct source_request *r = k->requests[i];

		if (!k->found[i].name.p) {
			err_set(k->e, ERR_NOTFOUND, "no suite has source package '%.*s'%s%.*s",
				STR_ARG(r->name), r->version.n ? " in version " : "",
				STR_ARG(r->version));
			return err_hint(k->e,
				"is debian-source in assay.yaml spelt right, and its suite among `suites`?");
		}
		if (!check_format(&k->found[i], k->e))
			return false;
	}
	return true;
}

/* By name, then version; what two requests led to stands once. */
static int compare_sources(const void *x, const void *y)
{
	const struct lock_source *a = x, *b = y;
	int c = str_compare(a->name, b->name);

	return c ? c : str_compare(a->version, b->version);
}

static void settle_sources(struct choosing *k)
{
	size_t kept = 0;

	qsort(k->found, k->n, sizeof *k->found, compare_sources);
	for (size_t i = 0; i < k->n; i++)
		if (!kept || compare_sources(&k->found[kept - 1], &k->found[i]) != 0)
			k->found[kept++] = k->found[i];
	k->l->sources = k->found;
	k->l->n_sources = kept;
}

/* Only indexes that a source is from stay, in their order: places go down, never up, so none is renumbered twice. */
static void settle_indexes(struct choosing *k)
{
	size_t kept = 0;

	for (size_t i = 0; i < k->n_indexes; i++) {
		bool used = false;

		for (size_t s = 0; s < k->l->n_sources; s++) {
			if (k->found[s].index != i)
				continue;
			k->found[s].index = kept;
			used = true;
		}
		if (used)
			k->indexes[kept++] = k->indexes[i];
	}
	k->l->source_indexes = k->indexes;
	k->l->n_source_indexes = kept;
}

bool lock_sources_make(struct lock *l, const struct description *d, const struct release *releases,
	const struct archive_access *q, struct arena *a, struct err *e)
{
	struct choosing k = { .l = l, .a = a, .e = e };
	CLEANUP(mem_free) const struct source_request **requests = requests_of(d, &k.n);

	if (!k.n)
		return true;
	if (k.n > LOCK_SOURCES_MAX)
		return err_set(
			e, ERR_LIMIT, "%zu source packages, limit %d", k.n, LOCK_SOURCES_MAX);
	k.requests = requests;
	k.found = ARENA_ARRAY(a, k.n, struct lock_source);
	k.indexes = ARENA_ARRAY(a, l->n_indexes, struct lock_index);
	if (!k.found || !k.indexes)
		return arena_full(a, e);
	if (!take_indexes(&k, releases, q))
		return false;
	for (size_t i = 0; i < k.n_indexes; i++)
		if (!read_index(&k, i, q))
			return err_wrap(e, "'%.*s' of suite '%.*s'", STR_ARG(k.indexes[i].path),
				STR_ARG(l->suites[k.indexes[i].suite].suite));
	if (!check_found(&k))
		return false;
	settle_sources(&k);
	settle_indexes(&k);
	return true;
}

/* ---- in the lock ---- */

void lock_sources_put_indexes(struct json_out *w, const struct lock *l)
{
	if (l->n_sources)
		lock_index_put(w, "source-indexes", l->source_indexes, l->n_source_indexes);
}

static void put_one(struct json_out *w, const struct lock_source *src)
{
	json_object(w);
	json_put_str(w, "name", src->name);
	json_put_str(w, "version", src->version);
	json_put_str(w, "format", src->format);
	json_put_str(w, "directory", src->directory);
	json_put_uint(w, "index", src->index);
	json_key(w, "files");
	json_array(w);
	for (size_t i = 0; i < src->n_files; i++) {
		json_object(w);
		json_put_str(w, "name", src->files[i].name);
		json_put_uint(w, "size", src->files[i].size);
		json_put_hex(w, "sha256", SPAN_OF(src->files[i].sha256));
		json_end_object(w);
	}
	json_end_array(w);
	json_end_object(w);
}

void lock_sources_put(struct json_out *w, const struct lock *l)
{
	if (!l->n_sources)
		return;
	json_key(w, "sources");
	json_array(w);
	for (size_t i = 0; i < l->n_sources; i++)
		put_one(w, &l->sources[i]);
	json_end_array(w);
}
