#include "build/build.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "build/changes.h"
#include "build/image_derivation.h"
#include "build/reference.h"
#include "build/stamp.h"
#include "image/uki.h"
#include "rootfs/entry.h"
#include "rootfs/rootfs.h"
#include "sys/file.h"
#include "sys/par.h"
#include "tree/list.h"
#include "base/banned.h"

enum { TREE_MEMORY_MAX = 512 << 20, FIRMWARE_FILE_MAX = 64 << 20, OS_RELEASE_MAX = 65536 };

/* All that one build holds while it runs. */
struct work {
	const struct build_request *r;
	const struct description *d;
	struct package_set image, firmware_set;
	struct tree *root, *initrd, *firmware_tree;
	struct tree **overlays;
	struct manifest_component *components;
	struct rootfs_product *products[2]; /* for the initrd, for the root */
	size_t n_products[2];
	struct arena *arena, *values_arena;
	struct str kernel_path, kernel_version, stub_version;
	struct content kernel, stub;
	struct buf os_release, stub_bytes;
	struct manifest_firmware firmware;
	struct artefacts artefacts;
	struct stamp stamp;
	struct changes
		changes; /* of the earlier build in the folder, where somebody wants to know */
	int out;
};

enum { TO_INITRD, TO_ROOT };

static void work_done(struct work *w)
{
	artefacts_done(&w->artefacts);
	changes_done(&w->changes);
	for (size_t i = 0; w->overlays && i < w->d->overlays.n; i++)
		tree_free(w->overlays[i]);
	free(w->overlays);
	buf_done(&w->os_release);
	buf_done(&w->stub_bytes);
	tree_free(w->root);
	tree_free(w->initrd);
	tree_free(w->firmware_tree);
	package_set_done(&w->image);
	package_set_done(&w->firmware_set);
	free(w->components);
	free(w->products[TO_INITRD]);
	free(w->products[TO_ROOT]);
	arena_free(w->arena);
	arena_free(w->values_arena);
	file_closep(&w->out);
}

static void stage(const struct work *w, const char *what)
{
	if (w->r->stage)
		w->r->stage(w->r->ctx, what);
}

static void explain_component(struct work *w, const struct manifest_component *c)
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

static void explain_image(struct work *w)
{
	CLEANUP(buf_done) struct buf why = buf_init(CHANGES_TEXT_MAX);

	if (!w->r->explain)
		return;
	changes_image(&w->changes, w->r->inputs, w->components, w->overlays, &why);
	w->r->explain(w->r->ctx, "image", buf_str(&why));
}

static void add_product(
	struct work *w, const struct component *c, const struct component_product *p)
{
	int to = str_is(p->output->to, "initrd") ? TO_INITRD : TO_ROOT;
	size_t n = w->n_products[to]++;

	w->products[to] = mem_grow(w->products[to], n + 1, sizeof *w->products[to]);
	w->products[to][n] = (struct rootfs_product){ p->output->path, p->output->mode, p->content,
		c->name };
}

static bool make_components(struct work *w, struct build_outcome *o, struct err *e)
{
	w->components = mem_array(w->d->n_components, sizeof *w->components);
	for (size_t i = 0; i < w->d->n_components; i++) {
		struct manifest_component *m = &w->components[i];

		m->component = &w->d->components[i];
		if (!component_build(&m->result, w->r->store, &w->r->inputs->lock, w->d,
			    m->component, w->r->inputs->source_date_epoch, w->arena, w->r->failure,
			    e))
			return false;
		o->n_components_made += !m->result.cached;
		explain_component(w, m);
		for (size_t k = 0; k < m->result.n_products; k++)
			add_product(w, m->component, &m->result.products[k]);
	}
	return true;
}

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
static bool take_firmware(struct work *w, struct err *e)
{
	const struct node *code;
	struct str package;

	w->firmware_tree = tree_new(TREE_MEMORY_MAX);
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
static bool take_kernel(struct work *w, struct err *e)
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

static bool assemble(struct work *w, struct err *e)
{
	const struct rootfs_inputs in = { .description = w->d,
		.store = w->r->store,
		.packages = w->image.packages,
		.packs = w->image.packs,
		.n_packages = w->image.n,
		.products = w->products[TO_ROOT],
		.n_products = w->n_products[TO_ROOT],
		.overlays = w->overlays,
		.source_date_epoch = w->r->inputs->source_date_epoch };
	int64_t epoch = w->r->inputs->source_date_epoch;

	w->root = tree_new(TREE_MEMORY_MAX);
	w->initrd = tree_new(TREE_MEMORY_MAX);
	return rootfs_merge(w->root, &in, e) && take_kernel(w, e) &&
	       rootfs_initrd(w->initrd, w->root, w->r->store, w->d, w->products[TO_INITRD],
		       w->n_products[TO_INITRD], e) &&
	       rootfs_trim(w->root, w->r->store, w->d, e) &&
	       entry_text(w->root, STR("etc/os-release"), OS_RELEASE_MAX, &w->os_release, e) &&
	       tree_finish(w->root, epoch, e) && tree_finish(w->initrd, epoch, e);
}

static struct artefacts_inputs image_inputs(const struct work *w)
{
	return (struct artefacts_inputs){ .description = w->d,
		.root = w->root,
		.initrd = w->initrd,
		.kernel = w->kernel,
		.stub = w->stub,
		.kernel_version = w->kernel_version,
		.os_release = buf_str(&w->os_release),
		.source_date_epoch = w->r->inputs->source_date_epoch };
}

static bool open_out(struct work *w, struct err *e)
{
	if (!file_mkdirs(AT_FDCWD, w->r->out, e))
		return false;
	w->out = open(w->r->out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return w->out >= 0 || err_os(e, "cannot open '%s'", w->r->out);
}

static bool export_firmware(struct work *w, struct err *e)
{
	static const char *const names[] = { "firmware/OVMF_CODE.fd", "firmware/OVMF_VARS.fd" };
	const struct content *contents[] = { &w->firmware.code, &w->firmware.vars };

	if (mkdirat(w->out, "firmware", 0755) < 0 && errno != EEXIST)
		return err_os(e, "cannot make folder 'firmware'");
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		CLEANUP(mem_free) uint8_t *bytes = NULL;

		if (contents[i]->size > FIRMWARE_FILE_MAX)
			return err_set(e, ERR_LIMIT, "firmware of %llu bytes, limit %d",
				(unsigned long long)contents[i]->size, FIRMWARE_FILE_MAX);
		bytes = mem_alloc((size_t)contents[i]->size);
		if (!content_read(contents[i], 0, bytes, (size_t)contents[i]->size, e) ||
			!file_replace(w->out, names[i], span_make(bytes, (size_t)contents[i]->size),
				0644, e))
			return false;
	}
	return true;
}

static bool write_manifest(struct work *w, struct build_outcome *o, struct err *e)
{
	const struct manifest_inputs in = { .inputs = w->r->inputs,
		.components = w->components,
		.n_components = w->d->n_components,
		.firmware = &w->firmware,
		.artefacts = &w->artefacts,
		.disk_sha256 = o->disk_sha256,
		.root = w->root,
		.initrd = w->initrd,
		.kernel_path = w->kernel_path,
		.kernel = w->kernel,
		.stub = w->stub,
		.stub_version = w->stub_version };
	CLEANUP(buf_done) struct buf out = buf_init(MANIFEST_SIZE_MAX);

	manifest_emit(&in, &out);
	if (!buf_ok(&out))
		return buf_full(&out, "manifest.json", e);
	sha256_of(o->manifest_sha256, buf_span(&out));
	return file_replace(w->out, "manifest.json", buf_span(&out), 0644, e);
}

static bool find_pcr0(struct work *w, struct build_outcome *o,
	struct digest pcr0[static RECORD_PCR0_BANKS], struct err *e)
{
	struct artefacts_inputs image = image_inputs(w);

	return reference_pcr0(
		w->r->store, &image, &w->firmware, !w->r->no_observe, &o->pcr0_known, pcr0, e);
}

/* What takes long and does not wait for each other: the digest of the disk, and the values of the registers. */
struct finals {
	struct work *w;
	struct build_outcome *o;
	const struct digest *pcr0;
	struct reference_values values;
};

static bool predict(struct finals *f, struct err *e)
{
	struct reference_inputs in = { .description = f->w->d,
		.artefacts = &f->w->artefacts,
		.firmware = &f->w->firmware,
		.pcr0 = f->pcr0 };

	return reference_predict(&f->values, &in, f->w->values_arena, e);
}

enum { FINAL_DIGEST, FINAL_VALUES, FINAL_FILES, FINALS };

static bool make_final(void *ctx, size_t i, struct err *e)
{
	struct finals *f = ctx;

	if (i == FINAL_DIGEST)
		return artefacts_disk_digest(&f->w->artefacts, f->o->disk_sha256, e);
	if (i == FINAL_VALUES)
		return predict(f, e);
	return export_firmware(f->w, e);
}

static bool write_reference_values(
	struct work *w, struct build_outcome *o, struct reference_values *v, struct err *e)
{
	CLEANUP(buf_done) struct buf out = buf_init(BUILD_REFERENCE_VALUES_MAX);

	memcpy(v->manifest_sha256, o->manifest_sha256, SHA256_SIZE);
	reference_values_emit(v, &out);
	if (!buf_ok(&out))
		return buf_full(&out, "reference-values.json", e);
	sha256_of(o->reference_values_sha256, buf_span(&out));
	return file_replace(w->out, "reference-values.json", buf_span(&out), 0644, e);
}

static bool put_stamp(struct work *w, const struct build_outcome *o, struct err *e)
{
	memcpy(w->stamp.firmware_sha256, w->firmware.code.sha256, SHA256_SIZE);
	w->stamp.outcome = *o;
	return stamp_write(&w->stamp, w->r->store, w->out, e);
}

/* What follows from the written artefacts. */
static bool measure(struct work *w, struct build_outcome *o, struct err *e)
{
	struct digest pcr0[RECORD_PCR0_BANKS];
	struct finals f = { .w = w, .o = o };

	if (w->d->platforms.n) { /* only what is measured for a platform needs it */
		stage(w, "PCR 0 of firmware");
		if (!find_pcr0(w, o, pcr0, e))
			return false;
	}
	f.pcr0 = o->pcr0_known ? pcr0 : NULL;
	stage(w, "reference values");
	memcpy(o->uki_sha256, w->artefacts.uki_sha256, SHA256_SIZE);
	memcpy(o->root_hash, w->artefacts.root_hash, SHA256_SIZE);
	o->disk_size = w->artefacts.disk.size;
	return par_for(FINALS, 0, make_final, &f, e) && artefacts_publish(&w->artefacts, e) &&
	       write_manifest(w, o, e) && write_reference_values(w, o, &f.values, e) &&
	       record_put_build(w->r->store, o->manifest_sha256, o->reference_values_sha256, e) &&
	       put_stamp(w, o, e);
}

static bool read_overlays(struct work *w, struct err *e)
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
static bool is_unchanged(struct work *w, struct build_outcome *o, bool *same, struct err *e)
{
	struct digest pcr0[RECORD_PCR0_BANKS];
	struct stamp was;
	bool known = false;

	if (!image_derivation(w->stamp.derivation, w->r->inputs, w->components, w->overlays, e) ||
		!stamp_read(&was, w->r->store, w->out, same, e))
		return false;
	*same = *same && ct_equal(was.derivation, w->stamp.derivation, SHA256_SIZE);
	if (*same && w->d->platforms.n && !was.outcome.pcr0_known) {
		if (!record_get_pcr0(w->r->store, was.firmware_sha256, &known, pcr0, e))
			return false;
		*same = !known && w->r->no_observe;
	}
	if (*same)
		*same = record_has_build(w->r->store, was.outcome.manifest_sha256,
				was.outcome.reference_values_sha256, &known, e) &&
			known;
	if (!*same)
		return true;
	was.outcome.n_components_made = o->n_components_made;
	*o = was.outcome;
	o->unchanged = true;
	return true;
}

static bool make_image(struct work *w, struct build_outcome *o, struct err *e)
{
	struct artefacts_inputs image;

	stage(w, "packages");
	if (!package_set_open(&w->image, w->r->store, &w->r->inputs->lock, "image", e) ||
		!take_firmware(w, e))
		return false;
	stage(w, "trees");
	if (!assemble(w, e))
		return false;
	stage(w, "image");
	image = image_inputs(w);
	return artefacts_write(&w->artefacts, &image, w->out, e) && measure(w, o, e);
}

static bool run(struct work *w, struct build_outcome *o, struct err *e)
{
	bool same;

	if (!open_out(w, e))
		return false;
	if (w->r->explain)
		changes_read(&w->changes, w->out);
	stage(w, "components");
	if (!make_components(w, o, e) || !read_overlays(w, e) || !is_unchanged(w, o, &same, e))
		return false;
	if (same) {
		if (w->r->explain)
			w->r->explain(w->r->ctx, "image", STR("unchanged: this folder has it"));
		return true;
	}
	explain_image(w);
	return make_image(w, o, e);
}

bool build_run(struct build_outcome *ret, const struct build_request *r, struct err *e)
{
	struct work w = {
		.r = r,
		.d = &r->inputs->description,
		.arena = arena_new(TREE_MEMORY_MAX),
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
