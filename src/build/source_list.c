#include "build/source_list.h"

#include "base/ckd.h"
#include "codec/json.h"
#include "rootfs/entry.h"
#include "base/banned.h"

#define ORIGIN "generated:sources"

/* ---- writing ---- */

static void emit_files(struct json_out *w, const struct node *nodes, size_t n)
{
	json_key(w, "files");
	json_array(w);
	for (size_t i = 0; i < n; i++) {
		if (nodes[i].kind != NODE_FILE)
			continue;
		json_object(w);
		json_put_str(w, "path", nodes[i].path);
		json_put_bool(w, "executable", (nodes[i].mode & 0100) != 0);
		json_put_uint(w, "size", nodes[i].content.size);
		json_put_hex(w, "sha256", SPAN_OF(nodes[i].content.sha256));
		json_end_object(w);
	}
	json_end_array(w);
}

static void emit_links(struct json_out *w, const struct node *nodes, size_t n)
{
	json_key(w, "links");
	json_array(w);
	for (size_t i = 0; i < n; i++) {
		if (nodes[i].kind != NODE_LINK)
			continue;
		json_object(w);
		json_put_str(w, "path", nodes[i].path);
		json_put_str(w, "target", nodes[i].target);
		json_end_object(w);
	}
	json_end_array(w);
}

void source_list_emit(const struct tree *t, struct str description, struct buf *out)
{
	struct json_out w = json_out_to(out);
	size_t n;
	const struct node *nodes = tree_nodes(t, &n);

	json_object(&w);
	json_put_cstr(&w, "format", SOURCE_LIST_FORMAT);
	json_put_str(&w, "description", description);
	emit_files(&w, nodes, n);
	emit_links(&w, nodes, n);
	json_key(&w, "folders");
	json_array(&w);
	for (size_t i = 0; i < n; i++)
		if (nodes[i].kind == NODE_FOLDER && nodes[i].path.n)
			json_text(&w, nodes[i].path);
	json_end_array(&w);
	json_end_object(&w);
}

/* ---- reading ---- */

static bool get_entries(
	const struct json *v, const char *key, const struct json **ret, struct err *e)
{
	if (!json_get_array(v, key, ret, e))
		return false;
	return (*ret)->n <= SOURCE_LIST_ENTRIES_MAX ||
	       err_set(e, ERR_LIMIT, "%zu %s, limit %d", (*ret)->n, key, SOURCE_LIST_ENTRIES_MAX);
}

static bool get_path(const struct json *v, struct str *ret, struct err *e)
{
	if (!json_get_str(v, "path", ret, e) || !tree_check_path(*ret, e))
		return false;
	return ret->n || err_set(e, ERR_FORMAT, "line %zu: an empty path", v->line);
}

static bool read_file(
	struct source_list_file *f, const struct json *v, uint64_t *total, struct err *e)
{
	static const char *const keys[] = { "path", "executable", "size", "sha256", NULL };

	return json_only(v, "a file", keys, e) && get_path(v, &f->path, e) &&
	       json_get_bool(v, "executable", &f->executable, e) &&
	       json_get_u64(v, "size", SOURCE_LIST_FILE_MAX, &f->size, e) &&
	       json_get_hex(v, "sha256", f->sha256, SHA256_SIZE, e) &&
	       ((!ckd_add(total, *total, f->size) && *total <= SOURCE_LIST_BYTES_MAX) ||
		       err_set(e, ERR_LIMIT, "the files have more than %llu bytes together",
			       (unsigned long long)SOURCE_LIST_BYTES_MAX));
}

static bool read_files(struct source_list *l, const struct json *v, struct arena *a, struct err *e)
{
	const struct json *list;
	struct source_list_file *files;
	uint64_t total = 0;

	if (!get_entries(v, "files", &list, e))
		return false;
	files = ARENA_ARRAY(a, list->n, struct source_list_file);
	if (!files)
		return arena_full(a, e);
	for (size_t i = 0; i < list->n; i++)
		if (!read_file(&files[i], &list->items[i], &total, e))
			return err_wrap(e, "'files'");
	l->files = files;
	l->n_files = list->n;
	return true;
}

static bool read_links(struct source_list *l, const struct json *v, struct arena *a, struct err *e)
{
	static const char *const keys[] = { "path", "target", NULL };
	const struct json *list;
	struct source_list_link *links;

	if (!get_entries(v, "links", &list, e))
		return false;
	links = ARENA_ARRAY(a, list->n, struct source_list_link);
	if (!links)
		return arena_full(a, e);
	for (size_t i = 0; i < list->n; i++)
		if (!json_only(&list->items[i], "a link", keys, e) ||
			!get_path(&list->items[i], &links[i].path, e) ||
			!json_get_str(&list->items[i], "target", &links[i].target, e))
			return err_wrap(e, "'links'");
	l->links = links;
	l->n_links = list->n;
	return true;
}

static bool read_folders(
	struct source_list *l, const struct json *v, struct arena *a, struct err *e)
{
	const struct json *list;
	struct str *folders;

	if (!get_entries(v, "folders", &list, e))
		return false;
	folders = ARENA_ARRAY(a, list->n, struct str);
	if (!folders)
		return arena_full(a, e);
	for (size_t i = 0; i < list->n; i++) {
		folders[i] = list->items[i].text;
		if (list->items[i].kind != JSON_STRING || !folders[i].n)
			return err_set(
				e, ERR_FORMAT, "'folders': line %zu: no path", list->items[i].line);
		if (!tree_check_path(folders[i], e))
			return err_wrap(e, "'folders'");
	}
	l->folders = (struct str_list){ folders, list->n };
	return true;
}

bool source_list_parse(struct source_list *ret, struct span text, struct arena *a, struct err *e)
{
	static const char *const keys[] = { "format", "description", "files", "links", "folders",
		NULL };
	struct source_list l = { 0 };
	struct json v;

	if (text.n > SOURCE_LIST_SIZE_MAX)
		return err_set(e, ERR_LIMIT, "a list of %zu bytes, limit %d", text.n,
			SOURCE_LIST_SIZE_MAX);
	if (!json_parse(&v, text, a, e) || !json_check_format(&v, SOURCE_LIST_FORMAT, e) ||
		!json_only(&v, "a list of sources", keys, e) ||
		!json_get_str(&v, "description", &l.description, e) ||
		!tree_check_path(l.description, e) || !read_files(&l, &v, a, e) ||
		!read_links(&l, &v, a, e) || !read_folders(&l, &v, a, e))
		return false;
	*ret = l;
	return true;
}

/* ---- what is listed ---- */

static bool add(struct tree *t, struct node *n, struct str path, struct err *e)
{
	struct str whole = arena_printf(tree_arena(t), SOURCE_LIST_FOLDER "/%.*s", STR_ARG(path));

	if (!whole.p)
		return arena_full(tree_arena(t), e);
	n->path = whole;
	n->origin = STR(ORIGIN);
	return tree_add(t, n, e);
}

bool source_list_tree(struct tree *t, const struct source_list *l, struct store *s, struct err *e)
{
	if (!entry_folder(t, STR(""), ORIGIN, e) ||
		!entry_folder(t, STR(SOURCE_LIST_FOLDER), ORIGIN, e))
		return false;
	for (size_t i = 0; i < l->folders.n; i++)
		if (!add(t, &(struct node){ .kind = NODE_FOLDER, .mode = 0755 },
			    l->folders.items[i], e))
			return false;
	for (size_t i = 0; i < l->n_files; i++) {
		struct node n = { .kind = NODE_FILE, .mode = l->files[i].executable ? 0755 : 0644 };

		if (!store_content(s, l->files[i].sha256, &n.content, e) ||
			!add(t, &n, l->files[i].path, e))
			return false;
	}
	for (size_t i = 0; i < l->n_links; i++)
		if (!add(t,
			    &(struct node){
				    .kind = NODE_LINK, .mode = 0777, .target = l->links[i].target },
			    l->links[i].path, e))
			return false;
	return tree_finish(t, 0, e);
}

/* From a folder of the tree along `path`, which may lead up, to a folder of the tree below SOURCE_LIST_FOLDER. */
static bool leads_to_folder(const struct tree *t, struct str from, struct str path)
{
	CLEANUP(buf_done) struct buf at = buf_init(TREE_PATH_MAX);
	struct str part;
	bool more;

	buf_add_str(&at, from);
	do {
		const struct node *n;

		more = str_cut(path, '/', &part, &path);
		if (str_is(part, ".."))
			at.n = tree_parent(buf_str(&at)).n;
		else if (part.n && !str_is(part, "."))
			buf_printf(&at, "/%.*s", STR_ARG(part));
		n = buf_ok(&at) && at.n ? tree_find(t, buf_str(&at)) : NULL;
		if (!n || n->kind != NODE_FOLDER)
			return false;
	} while (more);
	return true;
}

static bool check_folder(
	const struct source_list *l, const struct tree *t, struct str folder, struct err *e)
{
	CLEANUP(buf_done) struct buf from = buf_init(TREE_PATH_MAX);

	buf_printf(&from, SOURCE_LIST_FOLDER "%s%.*s", l->description.n ? "/" : "",
		STR_ARG(l->description));
	if (!str_starts(folder, "/") && buf_ok(&from) && leads_to_folder(t, buf_str(&from), folder))
		return true;
	err_set(e, ERR_MISMATCH,
		"assay.yaml names the folder '%.*s', which is not among its sources",
		STR_ARG(folder));
	return err_hint(e, "build nothing from it: it would read files of this machine");
}

bool source_list_holds(const struct source_list *l, const struct tree *t,
	const struct description *d, struct err *e)
{
	for (size_t i = 0; i < d->n_components; i++)
		if (d->components[i].from.n && !check_folder(l, t, d->components[i].from, e))
			return false;
	for (size_t i = 0; i < d->overlays.n; i++)
		if (!check_folder(l, t, d->overlays.items[i], e))
			return false;
	return true;
}
