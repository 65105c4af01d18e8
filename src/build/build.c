#include "build/build.h"

#include <fcntl.h>
#include <stdlib.h>

#include "base/mem.h"
#include "build/build_work.h"
#include "build/image_derivation.h"
#include "build/manifest_origin.h"
#include "build/record.h"
#include "build/reference.h"
#include "sys/file.h"
#include "base/banned.h"

static void work_done(struct build_work *w)
{
	artefacts_done(&w->artefacts);
	buf_done(&w->eif);
	changes_done(&w->changes);
	for (size_t i = 0; w->overlays && i < w->d->overlays.n; i++)
		tree_free(w->overlays[i]);
	free(w->overlays);
	buf_done(&w->os_release);
	buf_done(&w->stub_bytes);
	tree_free(w->root);
	configure_result_done(&w->configured);
	tree_free(w->initrd);
	tree_free(w->firmware_tree);
	package_set_done(&w->image);
	package_set_done(&w->firmware_set);
	free(w->reproduced);
	free(w->components);
	free(w->products[BUILD_TO_INITRD]);
	free(w->products[BUILD_TO_ROOT]);
	arena_free(w->arena);
	arena_free(w->values_arena);
	file_closep(&w->out);
}

void build_work_stage(const struct build_work *w, const char *what)
{
	if (w->r->stage)
		w->r->stage(w->r->ctx, what);
}

static void explain_component(struct build_work *w, const struct component_made *c)
{
	CLEANUP(buf_done) struct buf why = buf_init(CHANGES_TEXT_MAX);
	CLEANUP(mem_free) char *name = mem_string(c->component->name);

	if (!w->r->explain)
		return;
	if (c->result.cached)
		buf_add_cstr(&why, "from the store: none of its inputs changed");
	else
		changes_component(&w->changes, c, &w->r->inputs->lock, &why);
	w->r->explain(w->r->ctx, name, buf_str(&why));
}

static void explain_image(struct build_work *w)
{
	CLEANUP(buf_done) struct buf why = buf_init(CHANGES_TEXT_MAX);

	if (!w->r->explain)
		return;
	changes_image(&w->changes, w->r->inputs, w->components, w->overlays, &why);
	w->r->explain(w->r->ctx, "image", buf_str(&why));
}

static void add_product(
	struct build_work *w, const struct component *c, const struct component_product *p)
{
	int to = str_is(p->output->to, "initrd") ? BUILD_TO_INITRD : BUILD_TO_ROOT;
	size_t n;

	if (str_is(p->output->to, "build"))
		return;
	n = w->n_products[to]++;
	w->products[to] = mem_grow(w->products[to], n + 1, sizeof *w->products[to]);
	w->products[to][n] = (struct rootfs_product){ p->path, p->kind, p->mode, p->content,
		p->target, c->name };
}

/* What is needed stands before who needs it; products are in the order of the description all the same. */
static bool make_components(struct build_work *w, struct build_outcome *o, struct err *e)
{
	size_t n = w->d->n_components;
	struct component_how how = w->r->how ? *w->r->how : (struct component_how){ 0 };

	how.made = w->components = mem_array(n, sizeof *w->components);
	how.n_made = n;
	for (size_t i = 0; i < n; i++) {
		size_t at = w->d->build_order[i];
		struct component_made now = { .component = &w->d->components[at] };

		if (!component_build(&now.result, w->r->store, &w->r->inputs->lock, w->d,
			    now.component, w->r->inputs->source_date_epoch, &how, w->arena,
			    w->r->failure, e))
			return false;
		w->components[at] = now;
		o->n_components_made += !now.result.cached;
		explain_component(w, &now);
	}
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < w->components[i].result.n_products; k++)
			add_product(w, w->components[i].component,
				&w->components[i].result.products[k]);
	return true;
}

/* One build writes to a folder at a time. */
static bool lock_out(struct build_work *w, struct err *e)
{
	if (file_lock_alone(w->out))
		return true;
	err_set(e, ERR_USAGE, "another build is writing to '%s'", w->r->out);
	return err_hint(e, "wait for it, or choose another folder with --output DIR");
}

static bool open_out(struct build_work *w, struct err *e)
{
	if (!file_mkdirs(AT_FDCWD, w->r->out, e))
		return false;
	w->out = open(w->r->out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (w->out < 0)
		return err_os(e, "cannot open '%s'", w->r->out);
	return lock_out(w, e);
}

static bool read_overlays(struct build_work *w, struct err *e)
{
	size_t n = w->d->overlays.n;

	w->overlays = mem_array(n, sizeof *w->overlays);
	for (size_t i = 0; i < n; i++)
		if (!rootfs_overlay(&w->overlays[i], w->d, i, w->r->store,
			    w->r->inputs->source_date_epoch, e))
			return false;
	return true;
}

/*
 * *same: the folder has the files that these inputs give. Values that lack PCR 0 only count as long as nobody knows it and
 * nobody asks for it.
 */
static bool is_unchanged(struct build_work *w, struct build_outcome *o, bool *same, struct err *e)
{
	struct digest pcr0[RECORD_PCR0_BANKS];
	struct err unreadable = { 0 }; /* a record that cannot be read is none */
	struct stamp was;
	bool known = false;

	if (!image_derivation(w->stamp.derivation, w->r->inputs, w->components, w->overlays,
		    w->reproduced, e) ||
		!stamp_read(&was, w->r->store, w->out, same, e))
		return false;
	*same = *same && ct_equal(was.derivation, w->stamp.derivation, SHA256_SIZE);
	if (*same && description_has_platform(w->d, PLATFORM_TPM) && !was.outcome.pcr0_known) {
		if (!record_get_pcr0(w->r->store, was.firmware_sha256, &known, pcr0, e))
			return false;
		*same = !known && w->r->no_observe;
	}
	if (*same)
		*same = record_has_build(w->r->store, was.outcome.manifest_sha256,
				was.outcome.reference_values_sha256, &known, &unreadable) &&
			known;
	if (!*same)
		return true;
	was.outcome.n_components_made = o->n_components_made;
	*o = was.outcome;
	o->unchanged = true;
	return true;
}

static bool look_up_reproduced(struct build_work *w, struct err *e)
{
	const struct lock *l = &w->r->inputs->lock;

	if (!w->r->reproduced)
		return true;
	w->reproduced = mem_array(l->n_packages, sizeof *w->reproduced);
	return manifest_origin_look_up(w->reproduced, w->r->store, l, e);
}

static bool run(struct build_work *w, struct build_outcome *o, struct err *e)
{
	bool same;

	if (!open_out(w, e))
		return false;
	if (w->r->explain)
		changes_read(&w->changes, w->out);
	if (!look_up_reproduced(w, e))
		return false;
	build_work_stage(w, "components");
	if (!make_components(w, o, e) || !read_overlays(w, e) || !is_unchanged(w, o, &same, e))
		return false;
	if (same) {
		if (w->r->explain)
			w->r->explain(w->r->ctx, "image", STR("unchanged: this folder has it"));
		return true;
	}
	explain_image(w);
	return build_trees_make(w, e) && build_outputs_write(w, o, e);
}

bool build_run(struct build_outcome *ret, const struct build_request *r, struct err *e)
{
	struct build_work w = {
		.r = r,
		.d = &r->inputs->description,
		.arena = arena_new(BUILD_TREE_MEMORY_MAX),
		.values_arena = arena_new(REFERENCE_MEMORY_MAX),
		.out = -1,
	};
	struct build_outcome o = { 0 };
	bool ok = run(&w, &o, e);

	work_done(&w);
	if (ok)
		*ret = o;
	return ok;
}
