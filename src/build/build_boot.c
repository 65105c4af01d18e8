/* Kernel, stub and firmware of a build: of packages, or of what components gave. */
#include "base/mem.h"
#include "build/build_work.h"
#include "build/component_lay.h"
#include "image/uki.h"
#include "rootfs/entry.h"
#include "tree/list.h"
#include "base/banned.h"

static const char package_origin[] = "package:";

static bool of_tree(const struct tree *t, struct str path, const char *what,
	struct manifest_boot_file *ret, struct err *e)
{
	const struct node *n = entry_resolve(t, path);

	if (!n || n->kind != NODE_FILE) {
		err_set(e, ERR_NOTFOUND, "%s: no package has '%.*s'", what, STR_ARG(path));
		return err_hint(
			e, "correct the path in assay.yaml, or add the package that has it");
	}
	ret->content = n->content;
	ret->origin = n->origin;
	return true;
}

static const struct component_made *made_by(const struct build_work *w, struct str name)
{
	for (size_t i = 0; i < w->d->n_components; i++)
		if (str_equal(w->d->components[i].name, name))
			return &w->components[i];
	return NULL;
}

static bool of_component(struct build_work *w, const struct file_request *r, const char *what,
	struct manifest_boot_file *ret, struct err *e)
{
	const struct component_made *m = made_by(w, r->component);

	for (size_t i = 0; m && i < m->result.n_products; i++) {
		const struct component_product *p = &m->result.products[i];
		CLEANUP(buf_done) struct buf path = buf_init(2 * TREE_PATH_MAX);

		component_lay_path(&path, p);
		if (p->kind != NODE_FILE || !str_equal(buf_str(&path), r->path))
			continue;
		ret->content = p->content;
		ret->origin = arena_printf(w->arena, "component:%.*s", STR_ARG(r->component));
		return ret->origin.p || arena_full(w->arena, e);
	}
	err_set(e, ERR_NOTFOUND, "%s: component '%.*s' gave no file '%.*s'", what,
		STR_ARG(r->component), STR_ARG(r->path));
	return err_hint(e, "a link is none: name the file that it leads to");
}

/* In the firmware packages, or a component's. */
static bool find(struct build_work *w, const struct file_request *r, const char *what,
	struct manifest_boot_file *ret, struct err *e)
{
	return r->component.n ? of_component(w, r, what, ret, e)
			      : of_tree(w->firmware_tree, r->path, what, ret, e);
}

/*
 * What is told of its version: the description's word, else of a package its version, and of a component that of the source
 * package that it is built from.
 */
static void take_version(struct build_work *w)
{
	const struct component_made *m = made_by(w, w->d->firmware_code.component);
	struct str origin = w->firmware.code.origin;
	size_t skip = sizeof package_origin - 1;

	w->firmware.version = w->d->firmware_version;
	if (w->firmware.version.n)
		return;
	if (m && m->result.debian)
		w->firmware.version = m->result.debian->version;
	for (size_t i = 0; !m && i < w->firmware_set.n; i++)
		if (str_starts(origin, package_origin) &&
			str_equal(w->firmware_set.packages[i]->name,
				str_make(origin.p + skip, origin.n - skip)))
			w->firmware.version = w->firmware_set.packages[i]->version;
}

static bool read_stub(struct build_work *w, struct err *e)
{
	const struct content *c = &w->stub.content;
	uint8_t *bytes;

	if (c->size > UKI_STUB_MAX)
		return err_set(e, ERR_LIMIT, "image: stub: '%.*s' is %llu bytes, limit %d",
			STR_ARG(w->d->stub.path), (unsigned long long)c->size, UKI_STUB_MAX);
	bytes = mem_alloc((size_t)c->size + 1);
	w->stub_bytes = (struct buf){ bytes, (size_t)c->size, (size_t)c->size + 1, UKI_STUB_MAX,
		false };
	return content_read(c, 0, bytes, (size_t)c->size, e) &&
	       uki_stub_version(&w->stub_version, buf_span(&w->stub_bytes), e);
}

static bool find_platform_firmware(struct build_work *w, struct err *e)
{
	size_t n = w->d->n_platforms;

	w->platform_firmware = ARENA_ARRAY(w->arena, n, struct manifest_boot_file);
	if (!w->platform_firmware)
		return arena_full(w->arena, e);
	for (size_t i = 0; i < n; i++)
		if (w->d->platforms[i].firmware.path.n &&
			!find(w, &w->d->platforms[i].firmware, "platforms: firmware",
				&w->platform_firmware[i], e))
			return false;
	return true;
}

bool build_boot_firmware(struct build_work *w, struct err *e)
{
	w->firmware_tree = tree_new(BUILD_TREE_MEMORY_MAX);
	if (w->d->firmware_packages.n &&
		(!package_set_open(
			 &w->firmware_set, w->r->store, &w->r->inputs->lock, "firmware", e) ||
			!rootfs_add_packages(w->firmware_tree, w->firmware_set.packages,
				w->firmware_set.packs, w->firmware_set.n, e)))
		return false;
	if (!find(w, &w->d->firmware_code, "firmware: code", &w->firmware.code, e) ||
		!find(w, &w->d->firmware_vars, "firmware: vars", &w->firmware.vars, e) ||
		!find(w, &w->d->stub, "image: stub", &w->stub, e))
		return false;
	take_version(w);
	return find_platform_firmware(w, e) && read_stub(w, e);
}

/* "vmlinuz-VERSION" tells it; of another name nothing is known. */
static void take_kernel_version(struct build_work *w)
{
	struct str name = tree_name(w->kernel_path);

	if (str_starts(name, "vmlinuz-"))
		w->kernel_version = str_make(name.p + 8, name.n - 8);
}

bool build_boot_kernel(struct build_work *w, struct err *e)
{
	const struct file_request *r = &w->d->kernel;
	CLEANUP(tree_list_done) struct tree_list found = { 0 };

	if (r->component.n) {
		w->kernel_path = r->path;
		take_kernel_version(w);
		return of_component(w, r, "image: kernel", &w->kernel, e);
	}
	tree_list(w->root, r->path, &found);
	if (found.n != 1)
		return err_set(e, found.n ? ERR_MISMATCH : ERR_NOTFOUND,
			"image: kernel: '%.*s' matches %zu files, wanted one", STR_ARG(r->path),
			found.n);
	w->kernel_path = arena_str(w->arena, found.paths[0]);
	take_kernel_version(w);
	return of_tree(w->root, w->kernel_path, "image: kernel", &w->kernel, e);
}
