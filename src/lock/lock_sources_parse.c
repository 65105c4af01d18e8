/* Reading the source packages of a lock: as strict as lock_parse.c. */
#include "deb/version.h"
#include "lock/lock_index.h"
#include "lock/lock_sources.h"
#include "lock/member.h"
#include "lock/source_stanza.h"
#include "base/banned.h"

static const uint64_t file_size_max = 1ULL << 33;

static bool bad(const struct json *at, const char *what, struct str v, struct err *e)
{
	return err_set(e, ERR_FORMAT, "line %zu: %s '%.*s'", at->line, what, STR_ARG(v));
}

static bool parse_file(struct lock_file *f, const struct json *o, struct err *e)
{
	static const char *const keys[] = { "name", "size", "sha256", NULL };

	if (!json_only(o, "a file of a source package", keys, e) ||
		!json_get_str(o, "name", &f->name, e) ||
		!json_get_u64(o, "size", file_size_max, &f->size, e) ||
		!json_get_hex(o, "sha256", f->sha256, SHA256_SIZE, e))
		return false;
	return source_stanza_is_file(f->name) || bad(o, "no name of a file:", f->name, e);
}

static bool parse_files(
	struct lock_source *src, const struct json *o, struct arena *a, struct err *e)
{
	const struct json *v;
	struct lock_file *files;

	if (!json_get_array(o, "files", &v, e))
		return false;
	if (!v->n || v->n > SOURCE_STANZA_FILES_MAX)
		return err_set(e, ERR_LIMIT, "line %zu: %zu files, wanted 1 to %d", v->line, v->n,
			SOURCE_STANZA_FILES_MAX);
	files = ARENA_ARRAY(a, v->n, struct lock_file);
	if (!files)
		return arena_full(a, e);
	for (size_t i = 0; i < v->n; i++) {
		if (!parse_file(&files[i], &v->items[i], e))
			return false;
		if (i && str_compare(files[i - 1].name, files[i].name) >= 0)
			return bad(&v->items[i], "out of order: file", files[i].name, e);
	}
	src->files = files;
	src->n_files = v->n;
	return true;
}

static bool parse_source(struct lock_source *src, const struct json *o, size_t n_indexes,
	struct arena *a, struct err *e)
{
	static const char *const keys[] = { "name", "version", "format", "directory", "index",
		"files", NULL };
	uint64_t index = 0;

	if (!json_only(o, "a source package", keys, e) || !json_get_str(o, "name", &src->name, e) ||
		!json_get_str(o, "version", &src->version, e) ||
		!json_get_str(o, "format", &src->format, e) ||
		!member_str(o, "directory", true, member_is_path, &src->directory, e) ||
		!json_get_u64(o, "index", n_indexes - 1, &index, e) || !parse_files(src, o, a, e))
		return false;
	src->index = (size_t)index;
	if (!source_stanza_is_name(src->name))
		return bad(o, "no name of a source package:", src->name, e);
	if (!source_stanza_is_format(src->format))
		return bad(o, "a format that cannot be built from:", src->format, e);
	return version_check(src->version, e) || err_wrap(e, "line %zu", o->line);
}

/* A source in no list of indexes, and an index without a source, are written by nobody. */
static bool check_used(const struct lock *l, struct err *e)
{
	for (size_t i = 0; i < l->n_source_indexes; i++) {
		bool used = false;

		for (size_t k = 0; k < l->n_sources; k++)
			used = used || l->sources[k].index == i;
		if (!used)
			return err_set(
				e, ERR_FORMAT, "no source package is from source index %zu", i);
	}
	return true;
}

bool lock_sources_parse(struct lock *l, const struct json *top, struct arena *a, struct err *e)
{
	const struct json *v;
	struct lock_source *list;

	if (!json_get(top, "sources") && !json_get(top, "source-indexes"))
		return true;
	if (!lock_index_parse(&l->source_indexes, &l->n_source_indexes, top, "source-indexes",
		    l->n_suites, a, e) ||
		!json_get_array(top, "sources", &v, e))
		return false;
	if (!v->n || v->n > LOCK_SOURCES_MAX)
		return err_set(e, ERR_LIMIT, "%zu source packages, wanted 1 to %d", v->n,
			LOCK_SOURCES_MAX);
	list = ARENA_ARRAY(a, v->n, struct lock_source);
	if (!list)
		return arena_full(a, e);
	for (size_t i = 0; i < v->n; i++) {
		int c;

		if (!parse_source(&list[i], &v->items[i], l->n_source_indexes, a, e))
			return false;
		c = i ? str_compare(list[i - 1].name, list[i].name) : -1;
		if (c > 0 || (c == 0 && str_compare(list[i - 1].version, list[i].version) >= 0))
			return bad(&v->items[i], "out of order: source package", list[i].name, e);
	}
	l->sources = list;
	l->n_sources = v->n;
	return check_used(l, e);
}
