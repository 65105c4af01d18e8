#include "build/configure_delta.h"

#include "base/map.h"
#include "base/banned.h"

bool configure_delta_apply(
	struct tree *t, const struct tree *before, const struct configure_delta *d, struct err *e)
{
	CLEANUP(map_freep) struct map *touched = map_new();
	size_t n;
	const struct node *nodes = tree_nodes(before, &n);

	for (size_t i = 0; i < d->n; i++)
		map_add(touched, d->entries[i].node.path, &d->entries[i]);
	for (size_t i = 0; i < n; i++)
		if (!map_get(touched, nodes[i].path) && !tree_add(t, &nodes[i], e))
			return false;
	for (size_t i = 0; i < d->n; i++)
		if (d->entries[i].change != CONFIGURE_REMOVED &&
			!tree_add(t, &d->entries[i].node, e))
			return false;
	return true;
}

static void put_what(struct json_out *w, unsigned what)
{
	static const struct {
		unsigned bit;
		const char *name;
	} names[] = {
		{ CONFIGURE_KIND, "kind" },
		{ CONFIGURE_CONTENT, "content" },
		{ CONFIGURE_MODE, "mode" },
		{ CONFIGURE_OWNER, "owner" },
	};

	json_key(w, "in");
	json_array(w);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (what & names[i].bit)
			json_cstr(w, names[i].name);
	json_end_array(w);
}

static void put_mode(struct json_out *w, uint32_t mode)
{
	CLEANUP(buf_done) struct buf text = buf_init(16);

	buf_printf(&text, "%04o", mode);
	json_put_str(w, "mode", buf_str(&text));
}

static const char *kind_name(enum node_kind kind)
{
	switch (kind) {
	case NODE_FOLDER:
		return "folder";
	case NODE_FILE:
		return "file";
	case NODE_LINK:
		return "link";
	case NODE_FIFO:
		return "fifo";
	case NODE_CHARDEV:
	case NODE_BLOCKDEV:
		break;
	}
	return "device";
}

static void put_entry(struct json_out *w, const struct configure_entry *c)
{
	static const char *const changes[] = { "added", "changed", "removed" };
	const struct node *n = &c->node;

	json_object(w);
	json_put_str(w, "path", n->path);
	json_put_cstr(w, "change", changes[c->change]);
	if (c->change == CONFIGURE_CHANGED)
		put_what(w, c->what);
	json_put_cstr(w, "kind", kind_name(n->kind));
	put_mode(w, n->mode);
	json_put_uint(w, "uid", n->uid);
	json_put_uint(w, "gid", n->gid);
	if (c->change != CONFIGURE_REMOVED && n->kind == NODE_FILE) {
		json_put_uint(w, "size", n->content.size);
		json_put_hex(w, "sha256", SPAN_OF(n->content.sha256));
	}
	if (n->kind == NODE_LINK)
		json_put_str(w, "target", n->target);
	json_end_object(w);
}

void configure_delta_emit(struct json_out *w, const struct configure_delta *d)
{
	json_array(w);
	for (size_t i = 0; i < d->n; i++)
		put_entry(w, &d->entries[i]);
	json_end_array(w);
}
