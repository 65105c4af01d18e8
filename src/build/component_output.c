#define ASSAY_MAY_ASK_THE_MACHINE
#include "build/component_output.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "sys/file.h"
#include "tree/folder.h"
#include "base/banned.h"

enum { PIECE = 1 << 20, PRODUCTS_MAX = 200000, TREE_MEMORY_MAX = 256 << 20 };

bool component_output_add(
	struct component_products *list, const struct component_product *p, struct err *e)
{
	struct component_product *item;

	if (list->n == PRODUCTS_MAX)
		return err_set(e, ERR_LIMIT, "more than %d files, folders and links in its outputs",
			PRODUCTS_MAX);
	if (list->n == list->room) {
		list->room = list->room ? 2 * list->room : 16;
		list->items = mem_grow(list->items, list->room, sizeof *list->items);
	}
	item = &list->items[list->n++];
	*item = *p;
	item->path = arena_str(list->a, p->path);
	item->target = arena_str(list->a, p->target);
	return (item->path.p && item->target.p) || arena_full(list->a, e);
}

/* "." says the root of the tree. */
static struct str prefix_of(const struct component_output *o)
{
	return str_is(o->path, ".") ? STR("") : o->path;
}

bool component_output_add_below(
	struct component_products *list, const struct component_product *p, struct err *e)
{
	CLEANUP(buf_done) struct buf path = buf_init(2 * TREE_PATH_MAX);
	struct component_product whole = *p;

	buf_add_str(&path, prefix_of(p->output));
	if (path.n && p->path.n)
		buf_u8(&path, '/');
	buf_add_str(&path, p->path);
	whole.path = buf_str(&path);
	return tree_check_path(whole.path, e) && component_output_add(list, &whole, e);
}

struct str component_output_below(const struct component_product *p)
{
	size_t skip = prefix_of(p->output).n;

	skip += skip && p->path.n > skip;
	return str_make(p->path.p + skip, p->path.n - skip);
}

bool component_output_finish(
	struct component_products *list, struct component_result *ret, struct err *e)
{
	struct component_product *items = ARENA_ARRAY(
		list->a, list->n ? list->n : 1, struct component_product);

	if (!items)
		return arena_full(list->a, e);
	if (list->n)
		memcpy(items, list->items, list->n * sizeof *items);
	ret->products = items;
	ret->n_products = list->n;
	return true;
}

void component_output_done(struct component_products *list)
{
	free(list->items);
	*list = (struct component_products){ 0 };
}

/* ---- taking ---- */

struct taking {
	struct component_products *list;
	struct store *store;
	const struct component_output *output;
	uint64_t left, size_max; /* bytes that may still be taken, and that could be at the start */
};

/* A hole takes no room in the box; the store has none. */
static bool too_much(const struct taking *t, struct err *e)
{
	err_set(e, ERR_LIMIT, "with it the outputs are larger than %llu bytes together",
		(unsigned long long)t->size_max);
	return err_hint(e, "holes count; `limits` in assay.yaml can have a higher `disk`");
}

static bool copy(struct store_writer *w, int fd, struct taking *t, struct err *e)
{
	uint64_t size = 0;
	CLEANUP(mem_free) uint8_t *piece = mem_alloc(PIECE);

	for (;;) {
		ssize_t n = pread(fd, piece, PIECE, (off_t)size);

		if (n == 0)
			return true;
		if (n < 0)
			return err_os(e, "cannot read it");
		if ((uint64_t)n > t->left)
			return too_much(t, e);
		t->left -= (uint64_t)n;
		if (!store_write(w, piece, (size_t)n, e))
			return false;
		size += (uint64_t)n;
		if (size > COMPONENT_OUTPUT_SIZE_MAX)
			return err_set(
				e, ERR_LIMIT, "larger than %d bytes", COMPONENT_OUTPUT_SIZE_MAX);
	}
}

/* Folder_put, too: the bytes of fd become an object. */
static bool put_file(void *ctx, int fd, struct content *ret, struct err *e)
{
	struct taking *t = ctx;
	uint8_t sha256[SHA256_SIZE];
	struct store_writer *w;

	if (!store_write_begin(t->store, &w, e))
		return false;
	if (!copy(w, fd, t, e)) {
		store_write_abort(w);
		return false;
	}
	return store_write_finish(w, NULL, sha256, e) && store_content(t->store, sha256, ret, e);
}

/* The folder that path stands in, opened component by component, so that no link that the steps made is followed. */
static int open_parent(int out, struct str path, struct err *e)
{
	CLEANUP(mem_free) char *copied = mem_string(path);
	char *name = copied;
	int dir = dup(out);

	for (char *slash; dir >= 0 && (slash = strchr(name, '/')); name = slash + 1) {
		int below;

		*slash = 0;
		below = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		close(dir);
		dir = below;
	}
	if (dir < 0)
		err_os(e, "cannot open it");
	return dir;
}

static bool take_file(struct taking *t, int dir, const char *name, struct err *e)
{
	const struct component_output *o = t->output;
	CLEANUP(file_closep)
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	struct component_product p = {
		.output = o, .path = o->path, .kind = NODE_FILE, .mode = o->mode
	};
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_os(e, "cannot open it");
	if (S_ISDIR(st.st_mode)) {
		err_set(e, ERR_FORMAT, "a folder, and a file was wanted");
		return err_hint(
			e, "an output without `mode` is a folder, and all below it is taken");
	}
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_FORMAT, "no regular file");
	return put_file(t, fd, &p.content, e) && component_output_add(t->list, &p, e);
}

/* Places that are there while the steps run, and in no image. */
static bool is_of_the_box(struct str target)
{
	static const char *const places[] = { "/out", "/src", "/need", "/build", "/tmp", "/proc" };

	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		size_t n = strlen(places[i]);

		if (str_starts(target, places[i]) && (target.n == n || target.p[n] == '/'))
			return true;
	}
	return false;
}

/* A relative target may climb as far as the root of the tree and no further. */
static bool check_link(const struct node *n, struct err *e)
{
	struct str rest = n->target, part;
	size_t depth = 0;
	bool more = true;

	for (size_t i = 0; i < n->path.n; i++)
		depth += n->path.p[i] == '/';
	if (n->target.n && n->target.p[0] == '/')
		return !is_of_the_box(n->target) ||
		       err_set(e, ERR_FORMAT, "'%.*s' is a link to '%.*s', which only the box has",
			       STR_ARG(n->path), STR_ARG(n->target));
	while (more) {
		more = str_cut(rest, '/', &part, &rest);
		if (str_is(part, "..") && depth-- == 0)
			return err_set(e, ERR_FORMAT,
				"'%.*s' is a link to '%.*s', which leads out of the image",
				STR_ARG(n->path), STR_ARG(n->target));
		if (part.n && !str_is(part, ".") && !str_is(part, ".."))
			depth++;
	}
	return true;
}

static bool is_below(struct str path, struct str prefix)
{
	return !prefix.n || str_equal(path, prefix) ||
	       (path.n > prefix.n && path.p[prefix.n] == '/' &&
		       memcmp(path.p, prefix.p, prefix.n) == 0);
}

static bool add_nodes(struct taking *t, const struct tree *tree, struct err *e)
{
	struct str prefix = prefix_of(t->output);
	const struct node *nodes;
	size_t n;

	nodes = tree_nodes(tree, &n);
	for (size_t i = 0; i < n; i++) {
		struct component_product p = { t->output, nodes[i].path, nodes[i].kind,
			nodes[i].mode, nodes[i].target, nodes[i].content };

		if (!is_below(nodes[i].path, prefix))
			continue;
		if ((nodes[i].kind == NODE_LINK && !check_link(&nodes[i], e)) ||
			!component_output_add(t->list, &p, e))
			return false;
	}
	return true;
}

static bool take_tree(struct taking *t, int dir, const char *name, struct err *e)
{
	CLEANUP(tree_freep) struct tree *tree = tree_new(TREE_MEMORY_MAX);
	const struct folder_put put = { put_file, t };
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_os(e, "cannot open it");
	if (!S_ISDIR(st.st_mode)) {
		err_set(e, ERR_FORMAT, "no folder, and an output without `mode` is one");
		return err_hint(e, "give the mode of a file: mode: \"0644\"");
	}
	return tree_from_folder(tree, dir, name, prefix_of(t->output), STR("component"), &put, e) &&
	       tree_finish(tree, 0, e) && add_nodes(t, tree, e);
}

static bool take_output(struct taking *t, int out, struct err *e)
{
	struct str from = t->output->from;
	CLEANUP(mem_free) char *name = mem_string(tree_name(from));
	CLEANUP(file_closep) int dir = -1;

	if (!tree_check_path(from, e))
		return false;
	dir = open_parent(out, from, e);
	if (dir >= 0 && (t->output->tree ? take_tree(t, dir, name, e) : take_file(t, dir, name, e)))
		return true;
	if (e->os != ENOENT || e->kind == ERR_FORMAT)
		return err_wrap(e, "output '%.*s'", STR_ARG(from));
	err_set(e, ERR_NOTFOUND, "the steps left no '/out/%.*s'", STR_ARG(from));
	return err_hint(e, "an output's `from` is a path below /out");
}

bool component_output_take(struct component_products *list, const struct component *c, int out,
	uint64_t size_max, struct store *s, struct err *e)
{
	struct taking t = { .list = list, .store = s, .left = size_max, .size_max = size_max };

	for (size_t i = 0; i < c->n_outputs; i++) {
		t.output = &c->outputs[i];
		if (!take_output(&t, out, e))
			return err_wrap(e, "component '%.*s'", STR_ARG(c->name));
	}
	return true;
}
