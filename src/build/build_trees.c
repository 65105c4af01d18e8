#include "build/build_work.h"
#include "image/uki.h"
#include "rootfs/entry.h"
#include "tree/list.h"
#include "base/banned.h"

enum { OS_RELEASE_MAX = 65536 };

static bool file_of(
	const struct tree *t, struct str path, const char *what, struct content *ret, struct err *e)
{
	const struct node *n = entry_resolve(t, path);

	if (!n || n->kind != NODE_FILE) {
		err_set(e, ERR_NOTFOUND, "%s: no package has '%.*s'", what, STR_ARG(path));
		return err_hint(
			e, "correct the path in assay.yaml, or add the package that has it");
	}
	*ret = n->content;
	return true;
}

/* Firmware files and the stub, which come from the set "firmware"; the version is that of the code's package. */
static bool take_firmware(struct build_work *w, struct err *e)
{
	const struct node *code;
	struct str package;

	w->firmware_tree = tree_new(BUILD_TREE_MEMORY_MAX);
	if (!package_set_open(&w->firmware_set, w->r->store, &w->r->inputs->lock, "firmware", e) ||
		!rootfs_add_packages(w->firmware_tree, w->firmware_set.packages,
			w->firmware_set.packs, w->firmware_set.n, e) ||
		!file_of(w->firmware_tree, w->d->firmware_code, "firmware: code", &w->firmware.code,
			e) ||
		!file_of(w->firmware_tree, w->d->firmware_vars, "firmware: vars", &w->firmware.vars,
			e) ||
		!file_of(w->firmware_tree, w->d->stub, "image: stub", &w->stub, e))
		return false;
	code = entry_resolve(w->firmware_tree, w->d->firmware_code);
	package = str_make(code->origin.p + 8, code->origin.n - 8); /* behind "package:" */
	for (size_t i = 0; i < w->firmware_set.n; i++)
		if (str_equal(w->firmware_set.packages[i]->name, package))
			w->firmware.version = w->firmware_set.packages[i]->version;
	if (!entry_text(w->firmware_tree, w->d->stub, UKI_STUB_MAX, &w->stub_bytes, e))
		return false;
	return uki_stub_version(&w->stub_version, buf_span(&w->stub_bytes), e);
}

/* The one kernel that the glob names, and its version from its name "vmlinuz-VERSION". */
static bool take_kernel(struct build_work *w, struct err *e)
{
	CLEANUP(tree_list_done) struct tree_list found = { 0 };
	struct str name;

	tree_list(w->root, w->d->kernel, &found);
	if (found.n != 1)
		return err_set(e, found.n ? ERR_MISMATCH : ERR_NOTFOUND,
			"image: kernel: '%.*s' matches %zu files, wanted one",
			STR_ARG(w->d->kernel), found.n);
	w->kernel_path = arena_str(w->arena, found.paths[0]);
	name = tree_name(w->kernel_path);
	if (str_starts(name, "vmlinuz-"))
		w->kernel_version = str_make(name.p + 8, name.n - 8);
	return file_of(w->root, w->kernel_path, "image: kernel", &w->kernel, e);
}

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
	return rootfs_merge(w->root, &in, e) && take_kernel(w, e) &&
	       rootfs_initrd(w->initrd, w->root, w->r->store, w->d, w->products[BUILD_TO_INITRD],
		       w->n_products[BUILD_TO_INITRD], e) &&
	       rootfs_trim(w->root, w->r->store, w->d, e) &&
	       entry_text(w->root, STR("etc/os-release"), OS_RELEASE_MAX, &w->os_release, e) &&
	       tree_finish(w->root, epoch, e) && tree_finish(w->initrd, epoch, e);
}

bool build_trees_make(struct build_work *w, struct err *e)
{
	build_work_stage(w, "packages");
	if (!package_set_open(&w->image, w->r->store, &w->r->inputs->lock, "image", e) ||
		!take_firmware(w, e))
		return false;
	w->root = tree_new(BUILD_TREE_MEMORY_MAX);
	if (!run_scripts(w, e))
		return false;
	build_work_stage(w, "trees");
	return assemble(w, e);
}
