#include "build/build_work.h"
#include "rootfs/entry.h"
#include "base/banned.h"

enum { OS_RELEASE_MAX = 65536 };

/* Packages as their own scripts leave them. */
static bool run_scripts(struct build_work *w, struct err *e)
{
	const struct configure_inputs in = { .store = w->r->store,
		.description = w->d,
		.set = &w->image,
		.incomplete = w->r->inputs->lock.left_out.n > 0,
		.source_date_epoch = w->r->inputs->source_date_epoch,
		.how = w->r->how };

	if (!w->d->run_scripts)
		return true;
	build_work_stage(w, "maintainer scripts");
	if (!configure_build(w->root, &w->configured, &in, w->arena, w->r->failure, e))
		return false;
	if (w->r->explain)
		w->r->explain(w->r->ctx, "scripts",
			w->configured.cached
				? STR("from the store: none of their inputs changed")
				: STR("packages, accounts or the source date are new to this store"));
	return true;
}

/* An image without packages may have none, and then the kernel image has no such section. */
static bool take_os_release(struct build_work *w, struct err *e)
{
	return (!w->d->packages.n && !entry_resolve(w->root, STR("etc/os-release"))) ||
	       entry_text(w->root, STR("etc/os-release"), OS_RELEASE_MAX, &w->os_release, e);
}

static bool assemble(struct build_work *w, struct err *e)
{
	const struct rootfs_inputs in = { .description = w->d,
		.store = w->r->store,
		.packages = w->image.packages,
		.packs = w->image.packs,
		.n_packages = w->image.n,
		.products = w->products[BUILD_TO_ROOT],
		.n_products = w->n_products[BUILD_TO_ROOT],
		.overlays = w->overlays,
		.source_date_epoch = w->r->inputs->source_date_epoch,
		.configured = w->d->run_scripts };
	int64_t epoch = w->r->inputs->source_date_epoch;

	w->initrd = tree_new(BUILD_TREE_MEMORY_MAX);
	return rootfs_merge(w->root, &in, e) && build_boot_kernel(w, e) &&
	       rootfs_initrd(w->initrd, w->root, w->r->store, w->d, w->products[BUILD_TO_INITRD],
		       w->n_products[BUILD_TO_INITRD], e) &&
	       rootfs_trim(w->root, w->r->store, w->d, e) && take_os_release(w, e) &&
	       tree_finish(w->root, epoch, e) && tree_finish(w->initrd, epoch, e);
}

bool build_trees_make(struct build_work *w, struct err *e)
{
	build_work_stage(w, "packages");
	if (w->d->packages.n &&
		!package_set_open(&w->image, w->r->store, &w->r->inputs->lock, "image", e))
		return false;
	if (!build_boot_firmware(w, e))
		return false;
	w->root = tree_new(BUILD_TREE_MEMORY_MAX);
	if (!run_scripts(w, e))
		return false;
	build_work_stage(w, "trees");
	return assemble(w, e);
}
