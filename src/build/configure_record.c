#include "build/configure_delta.h"

#include "base/banned.h"

#define RECORD_FORMAT "assay.configured/1"

enum { ID_MAX = 65535, MODE_DIGITS = 4 };

bool configure_record_emit(struct buf *out, const struct configure_delta *d, struct err *e)
{
	struct json_out w = json_out_to(out);

	json_object(&w);
	json_put_cstr(&w, "format", RECORD_FORMAT);
	json_put_hex(&w, "data", SPAN_OF(d->data_sha256));
	json_key(&w, "changes");
	configure_delta_emit(&w, d);
	json_end_object(&w);
	return buf_ok(out) || buf_full(out, "the list of what maintainer scripts changed", e);
}

/* The position of a word in names, which ends with NULL. */
static bool get_word(const struct json *o, const char *key, const char *const names[],
	unsigned *ret, struct err *e)
{
	struct str word;

	if (!json_get_str(o, key, &word, e))
		return false;
	for (unsigned i = 0; names[i]; i++)
		if (str_is(word, names[i])) {
			*ret = i;
			return true;
		}
	return err_set(e, ERR_FORMAT, "'%s' is '%.*s'", key, STR_ARG(word));
}

static bool get_mode(const struct json *o, uint32_t *ret, struct err *e)
{
	struct str text;

	if (!json_get_str(o, "mode", &text, e))
		return false;
	*ret = 0;
	for (size_t i = 0; i < text.n; i++) {
		if (text.n != MODE_DIGITS || text.p[i] < '0' || text.p[i] > '7')
			return err_set(e, ERR_FORMAT, "mode '%.*s'", STR_ARG(text));
		*ret = *ret * 8 + (uint32_t)(text.p[i] - '0');
	}
	return true;
}

static bool get_what(const struct json *o, unsigned *ret, struct err *e)
{
	static const char *const names[] = { "kind", "content", "mode", "owner" };
	const struct json *in;

	if (!json_get_array(o, "in", &in, e))
		return false;
	*ret = 0;
	for (size_t i = 0; i < in->n; i++)
		for (unsigned k = 0; k < ARRAY_LEN(names); k++)
			if (str_is(in->items[i].text, names[k]))
				*ret |= 1U << k;
	return true;
}

static bool get_node(struct configure_entry *c, const struct json *o, struct err *e)
{
	static const char *const kinds[] = { "folder", "file", "link", "device", "device", "fifo",
		NULL };
	struct node *n = &c->node;
	uint64_t uid, gid;
	unsigned kind;

	if (!json_get_str(o, "path", &n->path, e) || !tree_check_path(n->path, e) ||
		!get_word(o, "kind", kinds, &kind, e) || !get_mode(o, &n->mode, e) ||
		!json_get_u64(o, "uid", ID_MAX, &uid, e) ||
		!json_get_u64(o, "gid", ID_MAX, &gid, e))
		return false;
	n->kind = (enum node_kind)kind;
	n->uid = (uint32_t)uid;
	n->gid = (uint32_t)gid;
	n->origin = STR(CONFIGURE_ORIGIN);
	if (n->kind == NODE_LINK && !json_get_str(o, "target", &n->target, e))
		return false;
	if (n->kind != NODE_FILE || c->change == CONFIGURE_REMOVED)
		return true;
	return json_get_u64(o, "size", CONFIGURE_DATA_MAX, &n->content.size, e) &&
	       json_get_hex(o, "sha256", n->content.sha256, SHA256_SIZE, e);
}

/* data: all contents; *at goes on behind this one's. */
static bool get_entry(struct configure_entry *c, const struct json *o, const struct content *data,
	uint64_t *at, struct err *e)
{
	static const char *const changes[] = { "added", "changed", "removed", NULL };
	unsigned change;

	if (!get_word(o, "change", changes, &change, e))
		return false;
	c->change = (enum configure_change)change;
	if ((c->change == CONFIGURE_CHANGED && !get_what(o, &c->what, e)) || !get_node(c, o, e))
		return false;
	if (c->node.content.size > data->size - *at)
		return err_set(
			e, ERR_FORMAT, "the content of '%.*s' is not there", STR_ARG(c->node.path));
	c->node.content.source = data->source;
	c->node.content.at = data->at + *at;
	*at += c->node.content.size;
	return true;
}

bool configure_record_parse(struct configure_delta *ret, struct span text, struct store *s,
	struct arena *a, struct err *e)
{
	struct configure_delta d = { 0 };
	const struct json *changes;
	struct content data;
	struct json record;
	uint64_t at = 0;

	if (!json_parse(&record, text, a, e) || !json_check_format(&record, RECORD_FORMAT, e) ||
		!json_get_hex(&record, "data", d.data_sha256, SHA256_SIZE, e) ||
		!json_get_array(&record, "changes", &changes, e) ||
		!store_content(s, d.data_sha256, &data, e))
		return false;
	d.entries = ARENA_ARRAY(a, changes->n, struct configure_entry);
	if (!d.entries)
		return arena_full(a, e);
	for (; d.n < changes->n; d.n++)
		if (!get_entry(&d.entries[d.n], &changes->items[d.n], &data, &at, e))
			return false;
	*ret = d;
	return true;
}
