#include "trust/publication_index.h"

#include "codec/json.h"
#include "base/banned.h"

bool publication_index_path_ok(struct str path)
{
	struct str rest = path, part;
	bool more = true;

	if (!path.n || path.n > PUBLICATION_INDEX_PATH_MAX)
		return false;
	for (size_t i = 0; i < path.n; i++)
		if ((unsigned char)path.p[i] < ' ' || path.p[i] == 0x7f || path.p[i] == '\\')
			return false;
	while (more) {
		more = str_cut(rest, '/', &part, &rest);
		if (!part.n || str_is(part, ".") || str_is(part, ".."))
			return false;
	}
	return !str_is(path, PUBLICATION_INDEX);
}

void publication_index_emit(struct buf *out, const struct publication_index *p)
{
	struct json_out w = json_out_to(out);

	json_object(&w);
	json_put_cstr(&w, "format", PUBLICATION_INDEX_FORMAT);
	json_put_str(&w, "name", p->name);
	json_key(&w, "files");
	json_array(&w);
	for (size_t i = 0; i < p->n_files; i++) {
		json_object(&w);
		json_put_str(&w, "path", p->files[i].path);
		json_put_uint(&w, "size", p->files[i].size);
		json_put_hex(&w, "sha256", SPAN_OF(p->files[i].sha256));
		json_end_object(&w);
	}
	json_end_array(&w);
	json_end_object(&w);
}

static bool read_file(struct publication_file *ret, const struct json *v, struct err *e)
{
	static const char *const keys[] = { "path", "size", "sha256", NULL };

	if (!json_only(v, "a file", keys, e) || !json_get_str(v, "path", &ret->path, e) ||
		!json_get_u64(v, "size", PUBLICATION_INDEX_FILE_SIZE_MAX, &ret->size, e) ||
		!json_get_hex(v, "sha256", ret->sha256, SHA256_SIZE, e))
		return false;
	return publication_index_path_ok(ret->path) ||
	       err_set(e, ERR_FORMAT, "line %zu: no path of a publication", v->line);
}

static bool read_files(
	struct publication_index *p, const struct json *top, struct arena *a, struct err *e)
{
	const struct json *v = NULL;
	struct publication_file *files;

	if (!json_get_array(top, "files", &v, e))
		return false;
	if (v->n > PUBLICATION_INDEX_FILES_MAX)
		return err_set(
			e, ERR_LIMIT, "%zu files, limit %d", v->n, PUBLICATION_INDEX_FILES_MAX);
	files = ARENA_ARRAY(a, v->n, struct publication_file);
	if (!files)
		return arena_full(a, e);
	for (size_t i = 0; i < v->n; i++) {
		if (!read_file(&files[i], &v->items[i], e))
			return false;
		if (i && str_compare(files[i - 1].path, files[i].path) >= 0)
			return err_set(
				e, ERR_FORMAT, "line %zu: paths are ascending", v->items[i].line);
	}
	p->files = files;
	p->n_files = v->n;
	return true;
}

bool publication_index_parse(
	struct publication_index *ret, struct span text, struct arena *a, struct err *e)
{
	static const char *const keys[] = { "format", "name", "files", NULL };
	struct publication_index p = { 0 };
	struct json v;

	if (text.n > PUBLICATION_INDEX_SIZE_MAX)
		return err_set(e, ERR_LIMIT, "'" PUBLICATION_INDEX "' is %zu bytes, limit %d",
			text.n, PUBLICATION_INDEX_SIZE_MAX);
	if (!json_parse(&v, text, a, e) || !json_check_format(&v, PUBLICATION_INDEX_FORMAT, e) ||
		!json_only(&v, "a publication", keys, e) || !json_get_str(&v, "name", &p.name, e) ||
		!read_files(&p, &v, a, e))
		return err_wrap(e, "'" PUBLICATION_INDEX "'");
	*ret = p;
	return true;
}

const struct publication_file *publication_index_find(
	const struct publication_index *p, struct str path)
{
	size_t from = 0, to = p->n_files;

	while (from < to) {
		size_t at = from + (to - from) / 2;
		int order = str_compare(p->files[at].path, path);

		if (!order)
			return &p->files[at];
		if (order < 0)
			from = at + 1;
		else
			to = at;
	}
	return NULL;
}

bool publication_index_check(
	const struct publication_index *p, struct str path, struct span bytes, struct err *e)
{
	const struct publication_file *f = publication_index_find(p, path);
	uint8_t sha256[SHA256_SIZE];

	if (!f)
		return err_set(e, ERR_NOTFOUND, "'" PUBLICATION_INDEX "' does not list '%.*s'",
			STR_ARG(path));
	sha256_of(sha256, bytes);
	if (f->size == bytes.n && ct_equal(sha256, f->sha256, SHA256_SIZE))
		return true;
	err_set(e, ERR_MISMATCH, "'%.*s' is not the file that '" PUBLICATION_INDEX "' lists",
		STR_ARG(path));
	return err_hint(e, "the publication is damaged or was changed: get it again, or ask who "
			   "published it");
}
