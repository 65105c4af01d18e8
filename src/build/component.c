#include "build/component.h"

#include <limits.h>
#include <stdio.h>

#include "base/hex.h"
#include "base/mem.h"
#include "box/box.h"
#include "build/component_run.h"
#include "build/component_source.h"
#include "build/sysroot.h"
#include "codec/json.h"
#include "base/banned.h"

#define DERIVATION_FORMAT "assay.derivation.component/1"
#define RECORD_FORMAT "assay.component/1"

enum { DERIVATION_MAX = 16 << 20, RECORD_MAX = 1 << 20, SET_NAME_MAX = 256 };

/* All that a build of one component works on. */
struct work {
	struct store *store;
	const struct lock *lock;
	const struct component *component;
	char set[SET_NAME_MAX]; /* "toolchain:c" */
	int64_t source_date_epoch;
	struct component_how how;
	struct arena *a;
	struct component_result result;
};

static void put_texts(struct json_out *w, const struct str_list *list)
{
	json_array(w);
	for (size_t i = 0; i < list->n; i++)
		json_text(w, list->items[i]);
	json_end_array(w);
}

static void put_sources(struct json_out *w, const struct component_result *r)
{
	json_key(w, "sources");
	json_array(w);
	for (size_t i = 0; i < r->n_sources; i++) {
		json_object(w);
		json_put_str(w, "path", r->sources[i].path);
		json_put_bool(w, "executable", r->sources[i].executable);
		json_put_hex(w, "sha256", span_make(r->sources[i].sha256, SHA256_SIZE));
		json_end_object(w);
	}
	json_end_array(w);
}

static void put_toolchain(struct json_out *w, const struct lock *l, const struct lock_set *set)
{
	json_key(w, "toolchain");
	json_array(w);
	for (size_t i = 0; i < set->n; i++)
		json_hex(w, span_make(l->packages[set->packages[i]].sha256, SHA256_SIZE));
	json_end_array(w);
}

/* Where outputs go is not in it: that does not reach their bytes. */
static bool derive(struct work *k, struct err *e)
{
	const struct component *c = k->component;
	const struct lock_set *set = lock_set_find(k->lock, k->set);
	CLEANUP(buf_done) struct buf text = buf_init(DERIVATION_MAX);
	struct json_out w = json_out_to(&text);

	if (!set)
		return err_set(e, ERR_NOTFOUND, "the lock has no set '%s'", k->set);
	json_object(&w);
	json_put_cstr(&w, "format", DERIVATION_FORMAT);
	json_put_uint(&w, "box", BOX_VERSION);
	json_key(&w, "source_date_epoch");
	json_int(&w, k->source_date_epoch);
	put_toolchain(&w, k->lock, set);
	put_sources(&w, &k->result);
	json_key(&w, "steps");
	json_array(&w);
	for (size_t i = 0; i < c->n_steps; i++)
		put_texts(&w, &c->steps[i].args);
	json_end_array(&w);
	json_key(&w, "outputs");
	json_array(&w);
	for (size_t i = 0; i < c->n_outputs; i++)
		json_text(&w, c->outputs[i].from);
	json_end_array(&w);
	json_end_object(&w);
	if (!buf_ok(&text))
		return buf_full(&text, "the derivation", e);
	sha256_of(k->result.derivation, buf_span(&text));
	return true;
}

static bool fill_product(struct work *k, struct component_product *p,
	const struct component_output *o, const uint8_t sha256[static SHA256_SIZE], struct err *e)
{
	p->output = o;
	return store_content(k->store, sha256, &p->content, e);
}

static bool read_output(struct work *k, struct component_product *p,
	const struct component_output *o, const struct json *item, struct err *e)
{
	struct str from;
	uint8_t sha256[SHA256_SIZE];

	if (!json_get_str(item, "from", &from, e) ||
		!json_get_hex(item, "sha256", sha256, sizeof sha256, e))
		return false;
	if (!str_equal(from, o->from))
		return err_set(e, ERR_MISMATCH, "output '%.*s', wanted '%.*s'", STR_ARG(from),
			STR_ARG(o->from));
	return fill_product(k, p, o, sha256, e);
}

static bool read_record(
	struct work *k, struct component_product *products, struct span text, struct err *e)
{
	const struct component *c = k->component;
	const struct json *outputs;
	struct json record;

	if (!json_parse(&record, text, k->a, e) || !json_check_format(&record, RECORD_FORMAT, e) ||
		!json_get_array(&record, "outputs", &outputs, e))
		return false;
	if (outputs->n != c->n_outputs)
		return err_set(
			e, ERR_MISMATCH, "%zu outputs, wanted %zu", outputs->n, c->n_outputs);
	for (size_t i = 0; i < c->n_outputs; i++)
		if (!read_output(k, &products[i], &c->outputs[i], &outputs->items[i], e))
			return false;
	return true;
}

/* Without a record, or when it or an object of it is gone or damaged, the steps run again: *found is false. */
static bool look_up(struct work *k, struct component_product *products, bool *found, struct err *e)
{
	CLEANUP(buf_done) struct buf text = { 0 };
	struct err why = { 0 };

	*found = false;
	if (!store_result_get(k->store, k->result.derivation, &text, &why)) {
		if (why.kind == ERR_NOTFOUND || why.kind == ERR_MISMATCH)
			return true;
		*e = why;
		return false;
	}
	if (read_record(k, products, buf_span(&text), &why)) {
		*found = true;
		return true;
	}
	if (why.kind == ERR_NOTFOUND || why.kind == ERR_MISMATCH)
		return true;
	*e = why;
	return err_wrap(e, "the store's record of component '%.*s'", STR_ARG(k->component->name));
}

static bool write_record(struct work *k, const struct component_made *made, struct err *e)
{
	const struct component *c = k->component;
	CLEANUP(buf_done) struct buf text = buf_init(RECORD_MAX);
	struct json_out w = json_out_to(&text);

	json_object(&w);
	json_put_cstr(&w, "format", RECORD_FORMAT);
	json_key(&w, "outputs");
	json_array(&w);
	for (size_t i = 0; i < c->n_outputs; i++) {
		json_object(&w);
		json_put_str(&w, "from", c->outputs[i].from);
		json_put_uint(&w, "size", made[i].size);
		json_put_hex(&w, "sha256", span_make(made[i].sha256, SHA256_SIZE));
		json_end_object(&w);
	}
	json_end_array(&w);
	json_end_object(&w);
	if (!buf_ok(&text))
		return buf_full(&text, "the record of a component", e);
	if (store_result_put(k->store, k->result.derivation, buf_span(&text), e))
		return true;
	return err_wrap(e, "component '%.*s' gave other bytes than before from the same inputs",
		STR_ARG(c->name));
}

static bool run(struct work *k, struct component_product *products,
	struct component_failure *failure, struct err *e)
{
	const struct component *c = k->component;
	CLEANUP(mem_free) struct component_made *made = mem_array(c->n_outputs, sizeof *made);
	CLEANUP(mem_free) char *sysroot = NULL;

	if (!sysroot_of_set(&sysroot, k->store, k->lock, k->set, e))
		return false;
	const struct component_run r = {
		.store = k->store,
		.component = c,
		.sources = k->result.sources,
		.n_sources = k->result.n_sources,
		.sysroot = sysroot,
		.source_date_epoch = k->source_date_epoch,
		.derivation = k->result.derivation,
		.how = &k->how,
	};
	if (!component_run(made, &r, failure, e) ||
		(!component_is_fresh(&k->how) && !write_record(k, made, e)))
		return false;
	for (size_t i = 0; i < c->n_outputs; i++)
		if (!fill_product(k, &products[i], &c->outputs[i], made[i].sha256, e))
			return false;
	return true;
}

bool component_is_fresh(const struct component_how *how)
{
	return how && (how->fresh || how->view);
}

static bool check(const struct component *c, struct err *e)
{
	if (c->n_steps == 0 || c->n_steps > BOX_COMMANDS_MAX || c->n_outputs == 0 ||
		c->n_outputs > COMPONENT_OUTPUTS_MAX)
		return err_set(e, ERR_LIMIT,
			"component '%.*s' has %zu steps and %zu outputs, wanted 1 to %d and 1 to %d",
			STR_ARG(c->name), c->n_steps, c->n_outputs, BOX_COMMANDS_MAX,
			COMPONENT_OUTPUTS_MAX);
	for (size_t i = 0; i < c->n_steps; i++)
		if (c->steps[i].args.n == 0)
			return err_set(e, ERR_FORMAT, "step %zu of component '%.*s' is empty",
				i + 1, STR_ARG(c->name));
	return true;
}

/* Sources, their digests and the name of the derivation. */
static bool prepare(struct work *k, const struct description *d, struct err *e)
{
	const struct component *c = k->component;
	char folder[PATH_MAX];

	if (snprintf(folder, sizeof folder, "%.*s/%.*s", STR_ARG(d->dir), STR_ARG(c->from)) >=
			(int)sizeof folder ||
		snprintf(k->set, sizeof k->set, "toolchain:%.*s", STR_ARG(c->toolchain)) >=
			(int)sizeof k->set)
		return err_set(e, ERR_LIMIT, "its source folder or toolchain has too long a name");
	if (!component_source_collect(&k->result.sources, &k->result.n_sources, k->store, folder,
		    &c->files, k->a, e)) {
		if (e->kind == ERR_NOTFOUND && !e->hint[0])
			err_hint(e, "its 'from:' in assay.yaml starts at the folder of assay.yaml");
		return false;
	}
	return derive(k, e);
}

bool component_build(struct component_result *ret, struct store *s, const struct lock *l,
	const struct description *d, const struct component *c, int64_t source_date_epoch,
	const struct component_how *how, struct arena *a, struct component_failure *failure,
	struct err *e)
{
	struct work k = { .store = s,
		.lock = l,
		.component = c,
		.source_date_epoch = source_date_epoch,
		.how = how ? *how : (struct component_how){ 0 },
		.a = a };
	struct component_product *products;

	if (!check(c, e))
		return false;
	if (!prepare(&k, d, e))
		return err_wrap(e, "component '%.*s'", STR_ARG(c->name));
	products = ARENA_ARRAY(a, c->n_outputs, struct component_product);
	if (!products)
		return arena_full(a, e);
	if (!component_is_fresh(&k.how) && !look_up(&k, products, &k.result.cached, e))
		return false;
	if (!k.result.cached && !run(&k, products, failure, e))
		return false;
	k.result.products = products;
	k.result.n_products = c->n_outputs;
	*ret = k.result;
	return true;
}
