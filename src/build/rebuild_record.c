#include "build/rebuild_record.h"

#include "codec/json.h"
#include "lock/source_stanza.h"
#include "base/banned.h"

#define RECORD_FORMAT "assay.rebuilt/1"

static const uint64_t size_max = 1ULL << 40;

static bool parse_file(struct rebuild_file *f, const struct json *o, struct err *e)
{
	static const char *const keys[] = { "name", "size", "sha256", NULL };

	if (!json_only(o, "a file", keys, e) || !json_get_str(o, "name", &f->name, e) ||
		!json_get_u64(o, "size", size_max, &f->size, e) ||
		!json_get_hex(o, "sha256", f->sha256, SHA256_SIZE, e))
		return false;
	return source_stanza_is_file(f->name) ||
	       err_set(e, ERR_FORMAT, "line %zu: no name of a file", o->line);
}

static bool parse(struct rebuild_built *built, struct span text, struct arena *a, struct err *e)
{
	static const char *const keys[] = { "format", "files", NULL };
	const struct json *v;
	struct rebuild_file *files;
	struct json top;

	if (!json_parse(&top, text, a, e) || !json_only(&top, "the record", keys, e) ||
		!json_check_format(&top, RECORD_FORMAT, e) || !json_get_array(&top, "files", &v, e))
		return false;
	if (v->n > REBUILD_BOX_FILES_MAX)
		return err_set(e, ERR_LIMIT, "%zu files, limit %d", v->n, REBUILD_BOX_FILES_MAX);
	files = ARENA_ARRAY(a, v->n + 1, struct rebuild_file);
	if (!files)
		return arena_full(a, e);
	for (size_t i = 0; i < v->n; i++)
		if (!parse_file(&files[i], &v->items[i], e))
			return false;
	built->files = files;
	built->n_files = v->n;
	return true;
}

bool rebuild_record_get(struct rebuild_built *built, bool *found, const struct store *s,
	struct arena *a, struct err *e)
{
	CLEANUP(buf_done) struct buf text = { 0 };
	struct rebuild_built was = *built;

	*found = false;
	if (!store_result_get(s, built->derivation, &text, e))
		return e->kind == ERR_NOTFOUND || e->kind == ERR_MISMATCH;
	if (!parse(&was, buf_span(&text), a, e))
		return err_wrap(e, "the store's record of a rebuild");
	for (size_t i = 0; i < was.n_files; i++)
		if (!store_has_size(s, was.files[i].sha256, was.files[i].size))
			return true;
	*built = was;
	*found = true;
	return true;
}

bool rebuild_record_put(struct store *s, const struct rebuild_built *built, struct err *e)
{
	CLEANUP(buf_done) struct buf text = buf_init(STORE_RESULT_MAX);
	struct json_out o = json_out_to(&text);

	json_object(&o);
	json_put_cstr(&o, "format", RECORD_FORMAT);
	json_key(&o, "files");
	json_array(&o);
	for (size_t i = 0; i < built->n_files; i++) {
		json_object(&o);
		json_put_str(&o, "name", built->files[i].name);
		json_put_uint(&o, "size", built->files[i].size);
		json_put_hex(&o, "sha256", SPAN_OF(built->files[i].sha256));
		json_end_object(&o);
	}
	json_end_array(&o);
	json_end_object(&o);
	if (!buf_ok(&text))
		return buf_full(&text, "the record of a rebuild", e);
	return store_result_put(s, built->derivation, buf_span(&text), e) ||
	       err_wrap(e, "the packages are other bytes than before from the same inputs");
}
