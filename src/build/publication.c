#include "build/publication.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "build/finished.h"
#include "build/input_archive.h"
#include "build/inputs.h"
#include "build/manifest.h"
#include "build/source_list.h"
#include "net/url.h"
#include "sys/file.h"
#include "base/banned.h"

#define ARCHIVE "archive"
#define DESCRIPTION "description"
#define YAML "assay.yaml"
#define LOCK "assay.lock"

void publication_done(struct publication *p)
{
	arena_free(p->a);
	free(p->description);
	free(p->archive);
	*p = (struct publication){ 0 };
}

static bool take_manifest(struct publication *p, struct span text, struct err *e)
{
	sha256_of(p->manifest_sha256, text);
	/* json_parse copies every string: nothing points into the text afterwards. */
	if (!manifest_parse(&p->manifest, text, p->a, e))
		return err_wrap(e, "'" FINISHED_MANIFEST "'");
	p->is_published = true;
	return true;
}

static bool take_values(struct publication *p, struct span text, struct err *e)
{
	struct str copy = arena_str(p->a, str_make((const char *)text.p, text.n));

	if (!copy.p)
		return arena_full(p->a, e);
	p->values_text = copy;
	return reference_values_parse(&p->values, str_span(copy), p->a, e) ||
	       err_wrap(e, "'" FINISHED_VALUES "'");
}

/* ---- on this machine ---- */

static bool has(const char *folder, const char *name)
{
	CLEANUP(buf_done) struct buf path = buf_init(PATH_MAX);

	buf_printf(&path, "%s/%s", folder, name);
	buf_u8(&path, 0);
	return buf_ok(&path) && access((const char *)path.p, F_OK) == 0;
}

/* The folder FOLDER/BELOW when a description lies there. */
static char *description_in(const char *folder, const char *below)
{
	CLEANUP(buf_done) struct buf path = buf_init(PATH_MAX);

	buf_printf(&path, "%s/%s", folder, below);
	buf_u8(&path, 0);
	return buf_ok(&path) && has((const char *)path.p, YAML)
		       ? mem_string(str_of((const char *)path.p))
		       : NULL;
}

static bool find_description(
	struct publication *p, const char *folder, const char *given, struct err *e)
{
	static const char *const places[] = { ".", DESCRIPTION, ARCHIVE "/" DESCRIPTION, ".." };

	if (given)
		p->description = mem_string(str_of(given));
	for (size_t i = 0; i < ARRAY_LEN(places) && !p->description; i++)
		p->description = description_in(folder, places[i]);
	if (p->description)
		return true;
	err_set(e, ERR_USAGE, "no " YAML " belongs to '%s'", folder);
	return err_hint(e, "name the folder of its " YAML " and " LOCK " with --description DIR");
}

/* An archive that was written to its end, as an absolute path. */
static void find_archive(struct publication *p, const char *folder)
{
	CLEANUP(buf_done) struct buf path = buf_init(PATH_MAX);

	buf_printf(&path, "%s/" ARCHIVE, folder);
	buf_u8(&path, 0);
	if (buf_ok(&path) && has((const char *)path.p, INPUT_ARCHIVE_SUMS))
		p->archive = realpath((const char *)path.p, NULL);
	else if (has(folder, INPUT_ARCHIVE_SUMS) && has(folder, SOURCE_LIST))
		p->archive = realpath(folder, NULL);
}

static bool read_published(struct publication *p, const char *folder, struct err *e)
{
	CLEANUP(buf_done) struct buf manifest = { 0 }, values = { 0 };
	CLEANUP(file_closep) int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir < 0)
		return err_os(e, "cannot open '%s'", folder);
	if (!file_read(dir, FINISHED_MANIFEST, MANIFEST_SIZE_MAX, &manifest, e) ||
		!take_manifest(p, buf_span(&manifest), e) ||
		!file_read(dir, FINISHED_VALUES, REFERENCE_VALUES_SIZE_MAX, &values, e) ||
		!take_values(p, buf_span(&values), e))
		return err_wrap(e, "'%s'", folder);
	return true;
}

static bool read_local(struct publication *p, const struct publication_request *r, struct err *e)
{
	CLEANUP(mem_free) char *folder = mem_string(str_of(r->target));
	struct str path = str_of(r->target);
	struct stat st;

	if (stat(r->target, &st) < 0)
		return err_os(e, "cannot open '%s'", r->target);
	if (!S_ISDIR(st.st_mode)) {
		if (!str_is(path, LOCK) && !str_ends(path, "/" LOCK)) {
			err_set(e, ERR_USAGE, "'%s' is no folder and no " LOCK, r->target);
			return err_hint(e,
				"give the folder that `assay build` wrote, an " LOCK ", or a URL");
		}
		folder[path.n - strlen(LOCK)] = 0;
		if (!folder[0]) {
			free(folder);
			folder = mem_string(STR("."));
		}
	}
	find_archive(p, folder);
	if (has(folder, FINISHED_MANIFEST) && !read_published(p, folder, e))
		return false;
	return find_description(p, folder, r->description, e);
}

/* ---- on a server ---- */

struct serving {
	struct publication *p;
	const struct publication_request *r;
	char *base, *archive; /* URLs */
};

/* *there false for what the server does not have. */
static bool ask(const struct serving *s, const char *base, const char *name, size_t max,
	struct buf *out, bool *there, struct err *e)
{
	const struct fetch_bases bases = { (const char *const *)&base, 1 };
	struct err why = { 0 };

	*there = fetch_unpinned(&bases, str_of(name), max, s->r->fetch, out, &why);
	if (*there || why.kind == ERR_NOTFOUND)
		return true;
	*e = why;
	return false;
}

static bool ask_published(struct serving *s, struct err *e)
{
	CLEANUP(buf_done) struct buf manifest = { 0 }, values = { 0 };
	bool there;

	if (!ask(s, s->base, FINISHED_MANIFEST, MANIFEST_SIZE_MAX, &manifest, &there, e))
		return false;
	if (!there)
		return true;
	if (!take_manifest(s->p, buf_span(&manifest), e) ||
		!ask(s, s->base, FINISHED_VALUES, REFERENCE_VALUES_SIZE_MAX, &values, &there, e))
		return false;
	if (!there)
		return err_set(
			e, ERR_NOTFOUND, "there is " FINISHED_MANIFEST " and no " FINISHED_VALUES);
	return take_values(s->p, buf_span(&values), e);
}

/* sources.json of the archive at the base, or in the folder `archive` below it. */
static bool ask_list(struct serving *s, struct source_list *ret, struct arena *a, struct err *e)
{
	CLEANUP(buf_done) struct buf text = { 0 };
	bool there;

	if (!ask(s, s->base, SOURCE_LIST, SOURCE_LIST_SIZE_MAX, &text, &there, e))
		return false;
	if (there) {
		s->archive = mem_string(str_of(s->base));
	} else {
		if (!url_join(&s->archive, s->base, STR(ARCHIVE), e) ||
			!ask(s, s->archive, SOURCE_LIST, SOURCE_LIST_SIZE_MAX, &text, &there, e))
			return false;
	}
	if (!there) {
		err_set(e, ERR_NOTFOUND,
			"it has neither " SOURCE_LIST " nor " ARCHIVE "/" SOURCE_LIST);
		return err_hint(e,
			"it shows no sources; get them otherwise and name their folder with --description DIR");
	}
	return source_list_parse(ret, buf_span(&text), a, e) || err_wrap(e, "'" SOURCE_LIST "'");
}

static bool fetch_sources(
	struct serving *s, const struct source_list *l, struct arena *a, struct err *e)
{
	CLEANUP(mem_free) struct fetch_item *items = mem_array(l->n_files, sizeof *items);
	const struct fetch_bases bases = { (const char *const *)&s->archive, 1 };

	for (size_t i = 0; i < l->n_files; i++) {
		const struct source_list_file *f = &l->files[i];

		items[i] = (struct fetch_item){ .path = arena_printf(a, SOURCE_LIST_FOLDER "/%.*s",
							STR_ARG(f->path)),
			.size = f->size,
			.bases = bases };
		if (!items[i].path.p)
			return arena_full(a, e);
		memcpy(items[i].sha256, f->sha256, SHA256_SIZE);
	}
	if (fetch_all(s->r->store, items, l->n_files, s->r->fetch, e))
		return true;
	return err_hint(e, "what is published there is not whole: ask who published it");
}

/* The sources that were fetched, as a folder of the scratch. */
static bool lay_sources(
	struct serving *s, const struct source_list *l, struct tree *t, struct err *e)
{
	struct input_archive done;
	CLEANUP(buf_done) struct buf at = buf_init(PATH_MAX);

	buf_printf(&at, "%s/" SOURCE_LIST_FOLDER "%s%.*s", s->r->scratch,
		l->description.n ? "/" : "", STR_ARG(l->description));
	if (!buf_ok(&at))
		return buf_full(&at, "the path of the sources", e);
	if (!source_list_tree(t, l, s->r->store, e))
		return err_wrap(e, "'" SOURCE_LIST "'");
	if (!input_archive_write(&done, t, 0, s->r->scratch, e))
		return false;
	s->p->description = buf_take_cstr(&at);
	return true;
}

static bool ask_sources(struct serving *s, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(SOURCE_LIST_MEMORY_MAX);
	CLEANUP(tree_freep) struct tree *t = tree_new(SOURCE_LIST_MEMORY_MAX);
	struct source_list l;
	struct description d;

	return ask_list(s, &l, a, e) && fetch_sources(s, &l, a, e) && lay_sources(s, &l, t, e) &&
	       description_read(&d, s->p->description, a, e) && source_list_holds(&l, t, &d, e);
}

static bool read_remote(struct publication *p, const struct publication_request *r, struct err *e)
{
	struct serving s = { .p = p, .r = r };
	bool ok = url_of_base(&s.base, str_of(r->target), e) && ask_published(&s, e) &&
		  (r->description || ask_sources(&s, e));

	if (ok && r->description)
		p->description = mem_string(str_of(r->description));
	free(s.base);
	p->archive = s.archive;
	return ok || err_wrap(e, "'%s'", r->target);
}

bool publication_read(struct publication *ret, const struct publication_request *r, struct err *e)
{
	struct publication p = { .a = arena_new(MANIFEST_MEMORY_MAX) };
	struct str target = str_of(r->target);
	bool remote = str_starts(target, "http://") || str_starts(target, "https://");

	if (remote ? !read_remote(&p, r, e) : !read_local(&p, r, e)) {
		publication_done(&p);
		return false;
	}
	*ret = p;
	return true;
}
