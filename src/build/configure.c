#define ASSAY_MAY_ASK_THE_MACHINE
#include "build/configure.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "box/box.h"
#include "build/configure_job.h"
#include "build/configure_leftover.h"
#include "build/configure_read.h"
#include "rootfs/entry.h"
#include "rootfs/rootfs_unpacked.h"
#include "sys/file.h"
#include "base/banned.h"

#define DERIVATION_FORMAT "assay.derivation.configure/1"

enum { DERIVATION_MAX = 16 << 20, TREE_MEMORY_MAX = 512 << 20, SECONDS_A_DAY = 86400 };

struct work {
	const struct configure_inputs *in;
	struct configure_order order;
	struct tree *base; /* the first batch, where dpkg starts */
	struct arena *a;
	struct configure_result result;
};

static const struct lock_package *const *packages_of(const struct work *w)
{
	return (const struct lock_package *const *)w->in->set->packages;
}

static struct pack *const *packs_of(const struct work *w)
{
	return (struct pack *const *)w->in->set->packs;
}

/* dpkg starts no service that a script wants started: invoke-rc.d and deb-systemd-invoke ask this program. */
static bool add_policy(struct tree *t, struct err *e)
{
	static const char policy[] = "#!/bin/sh\nexit 101\n";

	return entry_file_over(t, STR("usr/sbin/policy-rc.d"), str_span(str_of(policy)), 0755,
		"generated:policy", e);
}

static bool make_base(struct work *w, struct err *e)
{
	size_t n = w->in->set->n, n_base = 0;
	CLEANUP(mem_free) const struct lock_package **packages = mem_array(n, sizeof *packages);
	CLEANUP(mem_free) struct pack **packs = mem_array(n, sizeof(struct pack *));

	for (size_t i = 0; i < n; i++)
		if (w->order.batch[i] == 0) {
			packages[n_base] = w->in->set->packages[i];
			packs[n_base++] = w->in->set->packs[i];
		}
	w->base = tree_new(TREE_MEMORY_MAX);
	return add_policy(w->base, e) && rootfs_unpacked(w->base, w->in->description, packages,
						 packs, n_base, w->in->source_date_epoch, e);
}

static bool make_order(struct work *w, struct err *e)
{
	const struct package_set *set = w->in->set;
	CLEANUP(mem_free) struct configure_order_item *items = mem_array(set->n, sizeof *items);

	for (size_t i = 0; i < set->n; i++)
		items[i] = (struct configure_order_item){ set->packages[i]->name,
			pack_control(set->packs[i], "control") };
	return configure_order_make(&w->order, items, set->n, w->a, e);
}

static bool make_trees(struct work *w, struct err *e)
{
	w->result.before = tree_new(TREE_MEMORY_MAX);
	return make_order(w, e) &&
	       rootfs_unpacked(w->result.before, w->in->description, packages_of(w), packs_of(w),
		       w->in->set->n, w->in->source_date_epoch, e) &&
	       make_base(w, e);
}

static void put_tree(struct json_out *o, const char *key, const struct tree *t)
{
	uint8_t digest[SHA256_SIZE];

	tree_digest(t, digest);
	json_put_hex(o, key, SPAN_OF(digest));
}

static bool derive(struct work *w, struct err *e)
{
	CLEANUP(buf_done) struct buf text = buf_init(DERIVATION_MAX);
	struct json_out o = json_out_to(&text);

	json_object(&o);
	json_put_cstr(&o, "format", DERIVATION_FORMAT);
	json_put_uint(&o, "version", CONFIGURE_VERSION);
	json_put_uint(&o, "box", BOX_VERSION);
	json_key(&o, "source_date_epoch");
	json_int(&o, w->in->source_date_epoch);
	json_put_bool(&o, "incomplete", w->in->incomplete);
	json_key(&o, "packages");
	json_array(&o);
	for (size_t i = 0; i < w->in->set->n; i++) {
		json_object(&o);
		json_put_uint(&o, "batch", w->order.batch[i]);
		json_put_hex(&o, "sha256", SPAN_OF(w->in->set->packages[i]->sha256));
		json_end_object(&o);
	}
	json_end_array(&o);
	put_tree(&o, "before", w->result.before);
	put_tree(&o, "base", w->base);
	json_end_object(&o);
	if (!buf_ok(&text))
		return buf_full(&text, "the derivation of the configured root", e);
	sha256_of(w->result.derivation, buf_span(&text));
	return true;
}

/* Without a record, or when it or its object is gone or damaged, the scripts run again: *found is false. */
static bool look_up(struct work *w, bool *found, struct err *e)
{
	CLEANUP(buf_done) struct buf text = { 0 };
	struct err why = { 0 };

	*found = !component_is_fresh(w->in->how) &&
		 store_result_get(w->in->store, w->result.derivation, &text, &why) &&
		 configure_record_parse(
			 &w->result.delta, buf_span(&text), w->in->store, w->a, &why);
	if (*found || component_is_fresh(w->in->how) || why.kind == ERR_NOTFOUND ||
		why.kind == ERR_MISMATCH)
		return true;
	*e = why;
	return err_wrap(e, "the store's record of the configured root");
}

static bool write_record(struct work *w, struct err *e)
{
	CLEANUP(buf_done) struct buf text = buf_init(STORE_RESULT_MAX);

	if (!configure_record_emit(&text, &w->result.delta, e))
		return false;
	if (store_result_put(w->in->store, w->result.derivation, buf_span(&text), e))
		return true;
	return err_wrap(
		e, "the maintainer scripts gave other bytes than before from the same inputs");
}

static bool run_in(
	struct work *w, const char *tmp, struct component_failure *failure, struct err *e)
{
	const struct configure_job job = { .store = w->in->store,
		.packages = packages_of(w),
		.n_packages = w->in->set->n,
		.order = &w->order,
		.incomplete = w->in->incomplete,
		.base = w->base,
		.how = w->in->how,
		.source_date_epoch = w->in->source_date_epoch,
		.derivation = w->result.derivation };
	CLEANUP(file_closep) int dir = -1;
	char out[PATH_MAX];

	if (snprintf(out, sizeof out, "%s/out", tmp) >= (int)sizeof out)
		return err_set(e, ERR_LIMIT, "the path of the store is too long");
	if (mkdir(out, 0700) < 0)
		return err_os(e, "cannot make folder '%s'", out);
	if (!configure_job_run(&job, tmp, out, failure, e))
		return false;
	dir = open(out, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir < 0)
		return err_os(e, "cannot open '%s'", out);
	return configure_read(&w->result.delta, w->in->store, w->result.before, dir,
		(uint64_t)w->in->source_date_epoch / SECONDS_A_DAY, w->a, e);
}

static bool run(struct work *w, struct component_failure *failure, struct err *e)
{
	char *tmp;
	bool ok;

	if (!store_tmpdir(w->in->store, &tmp, e))
		return false;
	ok = run_in(w, tmp, failure, e);
	store_tmpdir_remove(w->in->store, tmp);
	return ok && (component_is_fresh(w->in->how) || write_record(w, e));
}

static bool is_excluded(const struct description *d, struct str path)
{
	for (size_t i = 0; i < d->exclude.n; i++)
		if (str_glob(d->exclude.items[i], path))
			return true;
	return false;
}

/* What comes from seeded randomness can be made again by everyone. */
static bool refuse_keys(const struct work *w, struct err *e)
{
	for (size_t i = 0; i < w->result.delta.n; i++) {
		const struct node *n = &w->result.delta.entries[i].node;
		size_t size = n->content.size < CONFIGURE_LEFTOVER_KEY_WINDOW
				      ? (size_t)n->content.size
				      : CONFIGURE_LEFTOVER_KEY_WINDOW;
		uint8_t start[CONFIGURE_LEFTOVER_KEY_WINDOW];

		if (!content_read(&n->content, 0, start, size, e))
			return false;
		if (!configure_leftover_is_key(span_make(start, size)) ||
			is_excluded(w->in->description, n->path))
			continue;
		err_set(e, ERR_MISMATCH, "a maintainer script made the private key '/%.*s'",
			STR_ARG(n->path));
		return err_hint(e,
			"everyone who builds this image has that key: take it out with image: exclude:, and make one when the machine starts");
	}
	return true;
}

void configure_result_done(struct configure_result *r)
{
	tree_free(r->before);
	*r = (struct configure_result){ 0 };
}

static bool build(struct tree *t, struct work *w, struct component_failure *failure, struct err *e)
{
	if (!make_trees(w, e) || !derive(w, e) || !look_up(w, &w->result.cached, e))
		return false;
	if (!w->result.cached && !run(w, failure, e))
		return false;
	return refuse_keys(w, e) && configure_delta_apply(t, w->result.before, &w->result.delta, e);
}

bool configure_build(struct tree *t, struct configure_result *ret,
	const struct configure_inputs *in, struct arena *a, struct component_failure *failure,
	struct err *e)
{
	struct work w = { .in = in, .a = a };
	bool ok = build(t, &w, failure, e);

	tree_free(w.base);
	if (ok)
		*ret = w.result;
	else
		configure_result_done(&w.result);
	return ok || err_wrap(e, "configure: scripts");
}
