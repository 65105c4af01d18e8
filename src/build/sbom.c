#include "build/sbom.h"

#include <stdlib.h>

#include "base/hex.h"
#include "base/mem.h"
#include "base/utc.h"
#include "build/sbom_name.h"
#include "codec/json.h"
#include "sys/file.h"
#include "base/banned.h"

#define NAMESPACE "https://spdx.org/spdxdocs/"
#define IMAGE "SPDXRef-Image"
#define UKI "SPDXRef-UKI"
enum { PURL_MAX = 8192, LINE_MAX_SIZE = 4096 };

/* One entry of packages; what is empty or NULL is left out. */
struct entry {
	const char *id, *purpose;
	struct str name, version, file, purl, source_info, comment;
	const uint8_t *sha256;
	bool from_debian;
};

struct emitting {
	struct json_out w;
	const struct manifest_inputs *in;
	const struct lock *l;
	const uint8_t *manifest_sha256;
	const struct lock_package **by_source; /* n_packages, sorted */
};

/* ---- packages ---- */

static void put_text(struct json_out *w, const char *key, struct str s)
{
	if (s.n)
		json_put_str(w, key, s);
}

static void put_checksum(struct json_out *w, const uint8_t *sha256)
{
	json_key(w, "checksums");
	json_array(w);
	json_object(w);
	json_put_cstr(w, "algorithm", "SHA256");
	json_put_hex(w, "checksumValue", span_make(sha256, SHA256_SIZE));
	json_end_object(w);
	json_end_array(w);
}

static void put_purl(struct json_out *w, struct str purl)
{
	json_key(w, "externalRefs");
	json_array(w);
	json_object(w);
	json_put_cstr(w, "referenceCategory", "PACKAGE-MANAGER");
	json_put_cstr(w, "referenceType", "purl");
	json_put_str(w, "referenceLocator", purl);
	json_end_object(w);
	json_end_array(w);
}

static void put_entry(struct emitting *m, const struct entry *p)
{
	struct json_out *w = &m->w;

	json_object(w);
	json_put_cstr(w, "SPDXID", p->id);
	json_put_str(w, "name", p->name);
	put_text(w, "versionInfo", p->version);
	put_text(w, "packageFileName", tree_name(p->file));
	json_put_cstr(w, "supplier", p->from_debian ? "Organization: Debian" : "NOASSERTION");
	json_put_cstr(w, "downloadLocation", "NOASSERTION");
	json_put_bool(w, "filesAnalyzed", false);
	if (p->sha256)
		put_checksum(w, p->sha256);
	put_text(w, "sourceInfo", p->source_info);
	json_put_cstr(w, "licenseConcluded", "NOASSERTION");
	json_put_cstr(w, "licenseDeclared", "NOASSERTION");
	json_put_cstr(w, "copyrightText", "NOASSERTION");
	put_text(w, "comment", p->comment);
	if (p->purl.n)
		put_purl(w, p->purl);
	json_put_cstr(w, "primaryPackagePurpose", p->purpose);
	json_end_object(w);
}

static void put_image(struct emitting *m)
{
	const struct artefacts *a = m->in->artefacts;
	char manifest[2 * SHA256_SIZE + 1], lock[2 * SHA256_SIZE + 1];
	CLEANUP(buf_done) struct buf comment = buf_init(LINE_MAX_SIZE);
	struct entry image = { .id = IMAGE,
		.purpose = "OPERATING_SYSTEM",
		.name = m->in->inputs->description.name,
		.file = STR("disk.img"),
		.sha256 = m->in->disk_sha256 };
	struct entry uki = { .id = UKI,
		.purpose = "FILE",
		.name = STR("uki.efi"),
		.file = STR("uki.efi"),
		.comment = STR(
			"kernel, initrd and command line in one EFI program; it lies in the disk, too"),
		.sha256 = a->uki_sha256 };

	hex_write(manifest, m->manifest_sha256, SHA256_SIZE);
	hex_write(lock, m->in->inputs->lock_sha256, SHA256_SIZE);
	buf_printf(&comment, "manifest.json has SHA-256 %s, assay.lock %s", manifest, lock);
	image.comment = buf_str(&comment);
	put_entry(m, &image);
	put_entry(m, &uki);
}

static const struct lock_suite *suite_of(const struct emitting *m, const struct lock_package *p)
{
	return &m->l->suites[m->l->indexes[p->index].suite];
}

static void put_packages(struct emitting *m)
{
	for (size_t i = 0; i < m->l->n_packages; i++) {
		const struct lock_package *p = &m->l->packages[i];
		const struct lock_suite *s = suite_of(m, p);
		CLEANUP(buf_done) struct buf purl = buf_init(PURL_MAX);
		CLEANUP(buf_done) struct buf from = buf_init(LINE_MAX_SIZE);
		struct sbom_name id = sbom_name_package(p);
		struct entry entry = { .id = id.text,
			.purpose = "INSTALL",
			.name = p->name,
			.version = p->version,
			.file = p->path,
			.sha256 = p->sha256,
			.from_debian = true };

		sbom_name_purl(&purl, p->name, p->version, p->architecture, s->codename);
		buf_printf(&from, "%.*s in suite %.*s of archive %.*s", STR_ARG(p->path),
			STR_ARG(s->suite), STR_ARG(s->archive));
		entry.purl = buf_str(&purl);
		entry.source_info = buf_str(&from);
		put_entry(m, &entry);
	}
}

static int by_source(const void *x, const void *y)
{
	const struct lock_package *const *a = x, *const *b = y;
	int c = str_compare((*a)->source, (*b)->source);

	c = c ? c : str_compare((*a)->source_version, (*b)->source_version);
	c = c ? c : str_compare((*a)->name, (*b)->name);
	return c ? c : str_compare((*a)->version, (*b)->version);
}

/* Several packages come from one source: the first of them stands for it. */
static bool is_same_source(const struct lock_package *a, const struct lock_package *b)
{
	return str_equal(a->source, b->source) && str_equal(a->source_version, b->source_version);
}

static void put_sources(struct emitting *m)
{
	for (size_t i = 0; i < m->l->n_packages; i++) {
		const struct lock_package *p = m->by_source[i];
		CLEANUP(buf_done) struct buf purl = buf_init(PURL_MAX);
		struct sbom_name id = sbom_name_source(p);
		struct entry entry = { .id = id.text,
			.purpose = "SOURCE",
			.name = p->source,
			.version = p->source_version,
			.from_debian = true };

		if (i && is_same_source(m->by_source[i - 1], p))
			continue;
		sbom_name_purl(&purl, p->source, p->source_version, STR("source"),
			suite_of(m, p)->codename);
		entry.purl = buf_str(&purl);
		put_entry(m, &entry);
	}
}

static void put_component(struct emitting *m, const struct component_made *c)
{
	char hex[2 * SHA256_SIZE + 1];
	CLEANUP(buf_done) struct buf comment = buf_init(LINE_MAX_SIZE);
	struct sbom_name id = sbom_name_component(c->component);
	struct entry entry = {
		.id = id.text, .purpose = "APPLICATION", .name = c->component->name
	};

	hex_write(hex, c->result.derivation, SHA256_SIZE);
	buf_printf(&comment, "compiled here; SHA-256 of its derivation: %s", hex);
	entry.comment = buf_str(&comment);
	put_entry(m, &entry);
	for (size_t i = 0; i < c->result.n_sources; i++) {
		const struct component_source *s = &c->result.sources[i];

		id = sbom_name_input(c->component, s);
		put_entry(m, &(struct entry){ .id = id.text,
				     .purpose = "SOURCE",
				     .name = s->path,
				     .file = s->path,
				     .sha256 = s->sha256 });
	}
	for (size_t i = 0; i < c->result.n_products; i++) {
		const struct component_product *p = &c->result.products[i];

		if (p->kind != NODE_FILE)
			continue;
		id = sbom_name_output(c->component, p);
		put_entry(m, &(struct entry){ .id = id.text,
				     .purpose = "FILE",
				     .name = p->path,
				     .file = p->path,
				     .sha256 = p->content.sha256 });
	}
}

/* The next file of the root that an overlay put there, from *at on; NULL at the end. */
static const struct node *next_overlay(const struct emitting *m, size_t *at)
{
	size_t n;
	const struct node *nodes = tree_nodes(m->in->root, &n);

	while (*at < n) {
		const struct node *node = &nodes[(*at)++];

		if (node->kind == NODE_FILE && str_starts(node->origin, "overlay:"))
			return node;
	}
	return NULL;
}

static void put_overlays(struct emitting *m)
{
	size_t at = 0;

	for (const struct node *n; (n = next_overlay(m, &at));) {
		struct sbom_name id = sbom_name_overlay(n);

		put_entry(m, &(struct entry){ .id = id.text,
				     .purpose = "FILE",
				     .name = n->path,
				     .file = n->path,
				     .source_info = n->origin,
				     .sha256 = n->content.sha256 });
	}
}

/* ---- relationships ---- */

static void relate(struct emitting *m, const char *a, const char *type, const char *b)
{
	json_object(&m->w);
	json_put_cstr(&m->w, "spdxElementId", a);
	json_put_cstr(&m->w, "relationshipType", type);
	json_put_cstr(&m->w, "relatedSpdxElement", b);
	json_end_object(&m->w);
}

/* In the box of a component stood every package of its toolchain. */
static void relate_toolchain(struct emitting *m, const struct lock_package *p, struct str toolchain)
{
	struct sbom_name package = sbom_name_package(p);

	for (size_t i = 0; i < m->in->n_components; i++) {
		const struct component *c = m->in->components[i].component;
		struct sbom_name id = sbom_name_component(c);

		if (str_equal(c->toolchain, toolchain))
			relate(m, package.text, "BUILD_DEPENDENCY_OF", id.text);
	}
}

static void relate_set(struct emitting *m, const struct lock_set *set)
{
	static const char toolchain[] = "toolchain:";

	for (size_t i = 0; i < set->n; i++) {
		const struct lock_package *p = &m->l->packages[set->packages[i]];
		struct sbom_name id = sbom_name_package(p);

		if (str_is(set->name, "image"))
			relate(m, IMAGE, "CONTAINS", id.text);
		else if (str_is(set->name, "firmware"))
			relate(m, id.text, "PREREQUISITE_FOR", IMAGE);
		else if (str_starts(set->name, toolchain))
			relate_toolchain(m, p,
				str_make(set->name.p + sizeof toolchain - 1,
					set->name.n - (sizeof toolchain - 1)));
	}
}

static const struct component *component_find(const struct emitting *m, struct str name)
{
	for (size_t i = 0; i < m->in->n_components; i++)
		if (str_equal(m->in->components[i].component->name, name))
			return m->in->components[i].component;
	return NULL;
}

static bool gave(const struct component_made *c, const struct component_product *p,
	const struct manifest_boot_file *f)
{
	struct str kind, name;

	return str_cut(f->origin, ':', &kind, &name) && str_is(kind, "component") &&
	       str_equal(name, c->component->name) &&
	       ct_equal(f->content.sha256, p->content.sha256, SHA256_SIZE);
}

/* What goes to `build` only is in the image where it is its kernel or stub, and before it where it is firmware. */
static void relate_output(struct emitting *m, const struct component_made *c,
	const struct component_product *p, const char *id)
{
	const struct manifest_firmware *f = m->in->firmware;

	if (!str_is(p->output->to, "build") || gave(c, p, &m->in->kernel) ||
		gave(c, p, &m->in->stub))
		relate(m, IMAGE, "CONTAINS", id);
	else if (gave(c, p, &f->code) || gave(c, p, &f->vars))
		relate(m, id, "PREREQUISITE_FOR", IMAGE);
}

static void relate_component(struct emitting *m, const struct component_made *c)
{
	struct sbom_name component = sbom_name_component(c->component);

	for (size_t i = 0; i < c->component->needs.n; i++) {
		const struct component *needed = component_find(m, c->component->needs.items[i]);
		struct sbom_name id = sbom_name_component(needed ? needed : c->component);

		if (needed)
			relate(m, id.text, "BUILD_DEPENDENCY_OF", component.text);
	}

	for (size_t i = 0; i < c->result.n_sources; i++) {
		struct sbom_name id = sbom_name_input(c->component, &c->result.sources[i]);

		relate(m, component.text, "GENERATED_FROM", id.text);
	}
	for (size_t i = 0; i < c->result.n_products; i++) {
		const struct component_product *p = &c->result.products[i];
		struct sbom_name id = sbom_name_output(c->component, p);

		if (p->kind != NODE_FILE)
			continue;
		relate(m, component.text, "CONTAINS", id.text);
		relate_output(m, c, p, id.text);
	}
}

static void put_relationships(struct emitting *m)
{
	size_t at = 0;

	relate(m, "SPDXRef-DOCUMENT", "DESCRIBES", IMAGE);
	relate(m, IMAGE, "CONTAINS", UKI);
	for (size_t i = 0; i < m->l->n_sets; i++)
		relate_set(m, &m->l->sets[i]);
	for (size_t i = 0; i < m->l->n_packages; i++) {
		struct sbom_name package = sbom_name_package(&m->l->packages[i]);
		struct sbom_name source = sbom_name_source(&m->l->packages[i]);

		relate(m, package.text, "GENERATED_FROM", source.text);
	}
	for (size_t i = 0; i < m->in->n_components; i++)
		relate_component(m, &m->in->components[i]);
	for (const struct node *n; (n = next_overlay(m, &at));) {
		struct sbom_name id = sbom_name_overlay(n);

		relate(m, IMAGE, "CONTAINS", id.text);
	}
}

/* ---- the document ---- */

static void put_head(struct emitting *m, const uint8_t *content_sha256)
{
	CLEANUP(buf_done) struct buf uri = buf_init(LINE_MAX_SIZE);
	char hex[2 * SHA256_SIZE + 1], created[UTC_SIZE];
	struct json_out *w = &m->w;

	hex_write(hex, content_sha256, SHA256_SIZE);
	utc_write(created, m->in->inputs->source_date_epoch);
	buf_add_cstr(&uri, NAMESPACE);
	sbom_name_escape(&uri, m->in->inputs->description.name);
	buf_printf(&uri, "-%s", hex);
	json_put_cstr(w, "spdxVersion", "SPDX-2.3");
	json_put_cstr(w, "dataLicense", "CC0-1.0");
	json_put_cstr(w, "SPDXID", "SPDXRef-DOCUMENT");
	json_put_str(w, "name", m->in->inputs->description.name);
	json_put_str(w, "documentNamespace", buf_str(&uri));
	json_key(w, "creationInfo");
	json_object(w);
	json_put_cstr(w, "created", created);
	json_key(w, "creators");
	json_array(w);
	json_cstr(w, SBOM_CREATOR);
	json_end_array(w);
	json_end_object(w);
}

static void put_document(struct emitting m, const uint8_t *content_sha256, struct buf *out)
{
	m.w = json_out_to(out);
	json_object(&m.w);
	put_head(&m, content_sha256);
	json_key(&m.w, "packages");
	json_array(&m.w);
	put_image(&m);
	put_packages(&m);
	put_sources(&m);
	for (size_t i = 0; i < m.in->n_components; i++)
		put_component(&m, &m.in->components[i]);
	put_overlays(&m);
	json_end_array(&m.w);
	json_key(&m.w, "relationships");
	json_array(&m.w);
	put_relationships(&m);
	json_end_array(&m.w);
	json_end_object(&m.w);
}

void sbom_emit(const struct manifest_inputs *in, const uint8_t manifest_sha256[static SHA256_SIZE],
	struct buf *out)
{
	const struct lock *l = &in->inputs->lock;
	CLEANUP(mem_free)
	const struct lock_package **sorted = mem_array(l->n_packages, sizeof *sorted);
	const struct emitting m = {
		.in = in, .l = l, .manifest_sha256 = manifest_sha256, .by_source = sorted
	};
	CLEANUP(buf_done) struct buf unnamed = buf_init(out->max);
	uint8_t content_sha256[SHA256_SIZE] = { 0 };

	for (size_t i = 0; i < l->n_packages; i++)
		sorted[i] = &l->packages[i];
	if (l->n_packages)
		qsort(sorted, l->n_packages, sizeof *sorted, by_source);
	put_document(m, content_sha256, &unnamed);
	sha256_of(content_sha256, buf_span(&unnamed));
	put_document(m, content_sha256, out);
}

bool sbom_write(int folder, const struct manifest_inputs *in,
	const uint8_t manifest_sha256[static SHA256_SIZE], struct err *e)
{
	CLEANUP(buf_done) struct buf out = buf_init(SBOM_SIZE_MAX);

	sbom_emit(in, manifest_sha256, &out);
	return buf_ok(&out) ? file_replace(folder, SBOM_FILE, buf_span(&out), 0644, e)
			    : buf_full(&out, SBOM_FILE, e);
}
