#include "build/component_record.h"

#include "base/mem.h"
#include "build/component_output.h"
#include "codec/json.h"
#include "base/banned.h"

#define FORMAT "assay.component/2"

static const char *const kinds[] = {
	[NODE_FOLDER] = "folder", [NODE_FILE] = "file", [NODE_LINK] = "link"
};

/* ---- writing ---- */

static void put_bytes(struct json_out *w, const struct content *c)
{
	json_put_uint(w, "size", c->size);
	json_put_hex(w, "sha256", SPAN_OF(c->sha256));
}

static void put_entry(struct json_out *w, const struct component_product *p)
{
	json_object(w);
	json_put_str(w, "path", component_output_below(p));
	json_put_cstr(w, "kind", kinds[p->kind]);
	if (p->kind == NODE_FILE) {
		json_put_bool(w, "executable", p->mode & 0100);
		put_bytes(w, &p->content);
	}
	if (p->kind == NODE_LINK)
		json_put_str(w, "target", p->target);
	json_end_object(w);
}

/* The products of one output stand together; *at moves behind them. */
static void put_output(struct json_out *w, const struct component_output *o,
	const struct component_result *r, size_t *at)
{
	json_object(w);
	json_put_str(w, "from", o->from);
	if (!o->tree) {
		put_bytes(w, &r->products[(*at)++].content);
	} else {
		json_key(w, "tree");
		json_array(w);
		while (*at < r->n_products && r->products[*at].output == o)
			put_entry(w, &r->products[(*at)++]);
		json_end_array(w);
	}
	json_end_object(w);
}

bool component_record_put(
	struct store *s, const struct component *c, const struct component_result *r, struct err *e)
{
	CLEANUP(buf_done) struct buf text = buf_init(STORE_RESULT_MAX);
	struct json_out w = json_out_to(&text);
	size_t at = 0;

	json_object(&w);
	json_put_cstr(&w, "format", FORMAT);
	json_key(&w, "outputs");
	json_array(&w);
	for (size_t i = 0; i < c->n_outputs; i++)
		put_output(&w, &c->outputs[i], r, &at);
	json_end_array(&w);
	json_end_object(&w);
	if (!buf_ok(&text))
		return buf_full(&text, "the record of a component", e);
	if (store_result_put(s, r->derivation, buf_span(&text), e))
		return true;
	return err_wrap(e, "component '%.*s' gave other bytes than before from the same inputs",
		STR_ARG(c->name));
}

/* ---- reading ---- */

struct reading {
	struct store *store;
	struct component_products *list;
	struct err *e;
};

static bool get_bytes(struct reading *r, const struct json *o, struct component_product *p)
{
	uint8_t sha256[SHA256_SIZE];

	return json_get_hex(o, "sha256", sha256, sizeof sha256, r->e) &&
	       store_content(r->store, sha256, &p->content, r->e);
}

static bool get_entry(
	struct reading *r, const struct json *o, const struct component_output *output)
{
	struct component_product p = { .output = output };
	bool executable = false;
	struct str kind;

	if (!json_get_str(o, "path", &p.path, r->e) || !json_get_str(o, "kind", &kind, r->e))
		return false;
	if (str_is(kind, kinds[NODE_FILE])) {
		p.kind = NODE_FILE;
		if (!json_get_bool(o, "executable", &executable, r->e) || !get_bytes(r, o, &p))
			return false;
	} else if (str_is(kind, kinds[NODE_LINK])) {
		p.kind = NODE_LINK;
		if (!json_get_str(o, "target", &p.target, r->e))
			return false;
	} else if (!str_is(kind, kinds[NODE_FOLDER])) {
		return err_set(r->e, ERR_MISMATCH, "an entry of kind '%.*s'", STR_ARG(kind));
	}
	p.mode = p.kind == NODE_LINK ? 0777 : p.kind == NODE_FOLDER || executable ? 0755 : 0644;
	return component_output_add_below(r->list, &p, r->e);
}

static bool get_output(
	struct reading *r, const struct json *o, const struct component_output *output)
{
	struct component_product p = {
		.output = output, .path = output->path, .kind = NODE_FILE, .mode = output->mode
	};
	const struct json *tree;
	struct str from;

	if (!json_get_str(o, "from", &from, r->e))
		return false;
	if (!str_equal(from, output->from))
		return err_set(r->e, ERR_MISMATCH, "output '%.*s', wanted '%.*s'", STR_ARG(from),
			STR_ARG(output->from));
	if (!output->tree)
		return get_bytes(r, o, &p) && component_output_add(r->list, &p, r->e);
	if (!json_get_array(o, "tree", &tree, r->e))
		return false;
	for (size_t i = 0; i < tree->n; i++)
		if (!get_entry(r, &tree->items[i], output))
			return false;
	return true;
}

static bool read(struct reading *r, const struct component *c, struct span text, struct arena *a)
{
	const struct json *outputs;
	struct json record;

	if (!json_parse(&record, text, a, r->e) || !json_check_format(&record, FORMAT, r->e) ||
		!json_get_array(&record, "outputs", &outputs, r->e))
		return false;
	if (outputs->n != c->n_outputs)
		return err_set(
			r->e, ERR_MISMATCH, "%zu outputs, wanted %zu", outputs->n, c->n_outputs);
	for (size_t i = 0; i < c->n_outputs; i++)
		if (!get_output(r, &outputs->items[i], &c->outputs[i]))
			return false;
	return true;
}

bool component_record_get(struct component_result *ret, bool *found, struct store *s,
	const struct component *c, struct arena *a, struct err *e)
{
	CLEANUP(component_output_done) struct component_products list = { .a = a };
	CLEANUP(buf_done) struct buf text = { 0 };
	struct err why = { 0 };
	struct reading r = { s, &list, &why };

	*found = store_result_get(s, ret->derivation, &text, &why) &&
		 read(&r, c, buf_span(&text), a);
	if (*found)
		return component_output_finish(&list, ret, e);
	if (why.kind == ERR_NOTFOUND || why.kind == ERR_MISMATCH)
		return true;
	*e = why;
	return err_wrap(e, "the store's record of component '%.*s'", STR_ARG(c->name));
}
