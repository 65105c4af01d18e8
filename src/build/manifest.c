#include "build/manifest.h"

#include "build/manifest_origin.h"
#include "build/manifest_system.h"
#include "build/output_names.h"
#include "codec/json.h"
#include "base/banned.h"

/* A manifest on its way out. */
struct emitting {
	struct json_out w;
	const struct manifest_inputs *in;
	struct origin_class_shares shares; /* of what is measured, so far */
	struct err *e;
};

static bool count(struct emitting *m, enum origin_class c, uint64_t bytes)
{
	return origin_class_add(&m->shares, c, bytes) ||
	       err_set(m->e, ERR_LIMIT, "more bytes than a manifest can count");
}

/* The members that every measured file has, whose object is open. */
static bool emit_file(struct emitting *m, const struct content *c, struct str origin)
{
	const struct manifest_origin_packages p = { &m->in->inputs->lock, m->in->reproduced };
	enum origin_class class;

	if (!manifest_origin_class(&class, &p, origin, c, m->e) || !count(m, class, c->size))
		return false;
	json_put_uint(&m->w, "size", c->size);
	json_put_hex(&m->w, "sha256", SPAN_OF(c->sha256));
	json_put_str(&m->w, "origin", origin);
	json_put_cstr(&m->w, "class", origin_class_name(class));
	return true;
}

static bool emit_boot_file(struct emitting *m, const char *key, const struct manifest_boot_file *f)
{
	json_key(&m->w, key);
	json_object(&m->w);
	if (!emit_file(m, &f->content, f->origin))
		return false;
	json_end_object(&m->w);
	return true;
}

static void emit_suites(struct json_out *w, const struct lock *l)
{
	json_key(w, "suites");
	json_array(w);
	for (size_t i = 0; i < l->n_suites; i++) {
		json_object(w);
		json_put_str(w, "archive", l->suites[i].archive);
		json_put_str(w, "suite", l->suites[i].suite);
		json_put_hex(w, "release-sha256", SPAN_OF(l->suites[i].release_sha256));
		json_end_object(w);
	}
	json_end_array(w);
}

static void emit_packages(struct json_out *w, const struct lock *l)
{
	json_key(w, "packages");
	json_array(w);
	for (size_t i = 0; i < l->n_packages; i++) {
		const struct lock_package *p = &l->packages[i];

		json_object(w);
		json_put_str(w, "name", p->name);
		json_put_str(w, "version", p->version);
		json_put_str(w, "source", p->source);
		json_put_str(w, "source-version", p->source_version);
		json_put_hex(w, "sha256", SPAN_OF(p->sha256));
		json_key(w, "sets");
		json_array(w);
		for (size_t s = 0; s < l->n_sets; s++)
			for (size_t k = 0; k < l->sets[s].n; k++)
				if (l->sets[s].packages[k] == i)
					json_text(w, l->sets[s].name);
		json_end_array(w);
		json_end_object(w);
	}
	json_end_array(w);
}

/* Folders have no bytes, and of a link its target says all. */
static void emit_product(struct json_out *w, const struct component_product *p)
{
	if (p->kind == NODE_FOLDER)
		return;
	json_object(w);
	json_put_str(w, "to", p->output->to);
	json_put_str(w, "path", p->path);
	if (p->kind == NODE_LINK)
		json_put_str(w, "target", p->target);
	else
		json_put_hex(w, "sha256", SPAN_OF(p->content.sha256));
	json_end_object(w);
}

static void emit_components(struct json_out *w, const struct manifest_inputs *in)
{
	json_key(w, "components");
	json_array(w);
	for (size_t i = 0; i < in->n_components; i++) {
		const struct component_made *c = &in->components[i];

		json_object(w);
		json_put_str(w, "name", c->component->name);
		json_put_hex(w, "derivation", SPAN_OF(c->result.derivation));
		json_key(w, "needs");
		json_array(w);
		for (size_t k = 0; k < c->component->needs.n; k++)
			json_text(w, c->component->needs.items[k]);
		json_end_array(w);
		json_key(w, "sources");
		json_array(w);
		for (size_t k = 0; k < c->result.n_sources; k++) {
			json_object(w);
			json_put_str(w, "path", c->result.sources[k].path);
			json_put_hex(w, "sha256", SPAN_OF(c->result.sources[k].sha256));
			json_end_object(w);
		}
		json_end_array(w);
		json_key(w, "outputs");
		json_array(w);
		for (size_t k = 0; k < c->result.n_products; k++) {
			emit_product(w, &c->result.products[k]);
		}
		json_end_array(w);
		json_end_object(w);
	}
	json_end_array(w);
}

/* Overlay files are inputs, too: they are named here by what the tree took from them. */
static void emit_overlays(struct json_out *w, const struct tree *root)
{
	size_t n;
	const struct node *nodes = tree_nodes(root, &n);

	json_key(w, "overlays");
	json_array(w);
	for (size_t i = 0; i < n; i++) {
		if (!str_starts(nodes[i].origin, "overlay:") || nodes[i].kind != NODE_FILE)
			continue;
		json_object(w);
		json_put_str(w, "overlay", str_make(nodes[i].origin.p + 8, nodes[i].origin.n - 8));
		json_put_str(w, "path", nodes[i].path);
		json_put_hex(w, "sha256", SPAN_OF(nodes[i].content.sha256));
		json_end_object(w);
	}
	json_end_array(w);
}

static void emit_inputs(struct json_out *w, const struct manifest_inputs *in)
{
	const struct inputs *i = in->inputs;

	json_key(w, "inputs");
	json_object(w);
	json_put_hex(w, "description-sha256", SPAN_OF(i->description_sha256));
	json_put_hex(w, "lock-sha256", SPAN_OF(i->lock_sha256));
	emit_suites(w, &i->lock);
	emit_packages(w, &i->lock);
	emit_components(w, in);
	emit_overlays(w, in->root);
	json_end_object(w);
}

static void emit_part(struct json_out *w, const char *name, const struct gpt_partition *p)
{
	char uuid[UUID_TEXT_SIZE];

	identifier_text(uuid, p->uuid);
	json_key(w, name);
	json_object(w);
	json_put_uint(w, "at", p->at);
	json_put_uint(w, "size", p->size);
	json_put_cstr(w, "uuid", uuid);
}

static void emit_disk(struct json_out *w, const struct manifest_inputs *in)
{
	const struct artefacts *a = in->artefacts;

	json_key(w, "disk");
	json_object(w);
	json_put_cstr(w, "file", "disk.img");
	json_put_uint(w, "size", a->disk.size);
	json_put_hex(w, "sha256", span_make(in->disk_sha256, SHA256_SIZE));
	emit_part(w, "root", &a->disk.parts[DISK_ROOT]);
	json_put_hex(w, "tree-sha256", SPAN_OF(a->root_tree_sha256));
	json_put_hex(w, "root-hash", SPAN_OF(a->root_hash));
	json_put_hex(w, "salt", SPAN_OF(a->salt));
	json_end_object(w);
	emit_part(w, "root-verity", &a->disk.parts[DISK_VERITY]);
	json_end_object(w);
	emit_part(w, "esp", &a->disk.parts[DISK_ESP]);
	json_put_hex(w, "sha256", SPAN_OF(a->esp_sha256));
	json_end_object(w);
	json_end_object(w);
}

/* The command line counts as source: the description's words, and what assay computed. */
static bool emit_uki(struct emitting *m)
{
	const struct manifest_inputs *in = m->in;
	const struct artefacts *a = in->artefacts;
	struct json_out *w = &m->w;

	json_key(w, "uki");
	json_object(w);
	json_put_cstr(w, "file", "uki.efi");
	json_put_uint(w, "size", a->uki.n);
	json_put_hex(w, "sha256", SPAN_OF(a->uki_sha256));
	if (!emit_boot_file(m, "stub", &in->stub))
		return false;
	json_put_str(w, "stub-version", in->stub_version);
	if (!emit_boot_file(m, "kernel", &in->kernel))
		return false;
	json_put_str(w, "kernel-path", in->kernel_path);
	json_key(w, "initrd");
	json_object(w);
	json_put_uint(w, "size", a->initrd_size);
	json_put_hex(w, "sha256", SPAN_OF(a->initrd_sha256));
	json_put_hex(w, "tree-sha256", SPAN_OF(a->initrd_tree_sha256));
	json_end_object(w);
	json_put_str(w, "command-line", buf_str(&a->command_line));
	json_end_object(w);
	return count(m, ORIGIN_SOURCE, a->command_line.n);
}

/* Its kernel and ramdisks are those of the UKI and the root, which are counted already. */
static void emit_eif(struct json_out *w, struct span eif)
{
	struct digest d = digest_of(DIGEST_SHA256, eif);

	json_key(w, "eif");
	json_object(w);
	json_put_cstr(w, "file", "image.eif");
	json_put_uint(w, "size", eif.n);
	json_put_hex(w, "sha256", span_make(d.bytes, SHA256_SIZE));
	json_end_object(w);
}

static bool has_platform_firmware(const struct manifest_inputs *in)
{
	for (size_t i = 0; i < in->inputs->description.n_platforms; i++)
		if (in->platform_firmware[i].origin.n)
			return true;
	return false;
}

/* Firmware that a platform measures beside the image. It is not among the bytes that a machine with a TPM measures. */
static bool emit_platforms(struct emitting *m)
{
	const struct description *d = &m->in->inputs->description;
	struct origin_class_shares before = m->shares;
	char file[OUTPUT_FIRMWARE_MAX], last[OUTPUT_FIRMWARE_MAX] = "";

	if (!has_platform_firmware(m->in))
		return true;
	json_key(&m->w, "platforms");
	json_array(&m->w);
	for (size_t i = 0; i < d->n_platforms; i++) {
		const struct manifest_boot_file *f = &m->in->platform_firmware[i];
		struct str name = d->platforms[i].shape.name;

		output_firmware_name(file, name);
		if (!f->origin.n || strcmp(file, last) == 0)
			continue;
		memcpy(last, file, sizeof last);
		json_object(&m->w);
		json_put_str(&m->w, "name", str_make(name.p, str_find(name, '/')));
		json_put_str(&m->w, "shape", d->platforms[i].shape.base);
		json_put_cstr(&m->w, "file", file);
		if (!emit_file(m, &f->content, f->origin))
			return false;
		json_end_object(&m->w);
	}
	json_end_array(&m->w);
	m->shares = before;
	return true;
}

static bool emit_outputs(struct emitting *m)
{
	struct json_out *w = &m->w;

	json_key(w, "outputs");
	json_object(w);
	emit_disk(w, m->in);
	if (!emit_uki(m))
		return false;
	if (m->in->eif.n)
		emit_eif(w, m->in->eif);
	json_end_object(w);
	json_key(w, "firmware");
	json_object(w);
	json_put_str(w, "version", m->in->firmware->version);
	if (!emit_boot_file(m, "code", &m->in->firmware->code) ||
		!emit_boot_file(m, "vars", &m->in->firmware->vars))
		return false;
	json_end_object(w);
	return true;
}

/* What maintainer scripts made of the packages' contents. */
static void emit_configured(struct json_out *w, const struct configure_result *r)
{
	json_key(w, "configured");
	json_object(w);
	json_put_hex(w, "derivation", SPAN_OF(r->derivation));
	json_key(w, "changes");
	configure_delta_emit(w, &r->delta);
	json_end_object(w);
}

static bool emit_files(struct emitting *m, const char *key, const struct tree *t)
{
	struct json_out *w = &m->w;
	size_t n;
	const struct node *nodes = tree_nodes(t, &n);

	json_key(w, key);
	json_array(w);
	for (size_t i = 0; i < n; i++) {
		if (nodes[i].kind != NODE_FILE)
			continue;
		json_object(w);
		json_put_str(w, "path", nodes[i].path);
		if (!emit_file(m, &nodes[i].content, nodes[i].origin))
			return err_wrap(m->e, "'%.*s'", STR_ARG(nodes[i].path));
		json_end_object(w);
	}
	json_end_array(w);
	return true;
}

static void emit_shares(struct emitting *m)
{
	json_key(&m->w, "measured-bytes");
	json_object(&m->w);
	origin_class_emit(&m->w, &m->shares);
	json_end_object(&m->w);
}

static void emit_head(struct json_out *w, const struct manifest_inputs *in)
{
	json_put_cstr(w, "format", MANIFEST_FORMAT);
	json_put_str(w, "name", in->inputs->description.name);
	json_put_uint(w, "image-version", in->inputs->lock.image_version);
	json_put_uint(w, "source-date-epoch", (uint64_t)in->inputs->source_date_epoch);
	emit_inputs(w, in);
}

bool manifest_emit(const struct manifest_inputs *in, struct origin_class_shares *shares,
	struct buf *out, struct err *e)
{
	struct emitting m = { .w = json_out_to(out), .in = in, .e = e };

	json_object(&m.w);
	emit_head(&m.w, in);
	if (!emit_outputs(&m) || !emit_platforms(&m) ||
		!manifest_system_emit(&m.w, &in->inputs->description, in->root, e))
		return false;
	if (in->configured)
		emit_configured(&m.w, in->configured);
	if (!emit_files(&m, "initrd-files", in->initrd) || !emit_files(&m, "root-files", in->root))
		return false;
	emit_shares(&m);
	json_end_object(&m.w);
	if (!buf_ok(out))
		return buf_full(out, "manifest.json", e);
	*shares = m.shares;
	return true;
}
