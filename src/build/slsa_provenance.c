#include "build/slsa_provenance.h"

#include "build/finished.h"
#include "build/rebuild_statement.h"
#include "base/banned.h"

enum { NAME_MAX_SIZE = 1024 };

/* ---- what went in ---- */

static void put_digest(struct json_out *w, struct str sha256)
{
	json_key(w, "digest");
	json_object(w);
	json_put_str(w, "sha256", sha256);
	json_end_object(w);
}

static void put_resource(struct json_out *w, struct str name, struct str sha256)
{
	json_object(w);
	json_put_str(w, "name", name);
	put_digest(w, sha256);
	json_end_object(w);
}

/* The name is two words of v with something between them; what cannot be there is empty, and manifest_parse refused it. */
static bool put_named(struct json_out *w, const struct json *v, const char *const names[2],
	const char *between, const char *digest, struct err *e)
{
	CLEANUP(buf_done) struct buf name = buf_init(NAME_MAX_SIZE);
	struct str first = { 0 }, second = { 0 }, sha256 = { 0 };
	uint8_t bytes[SHA256_SIZE];

	if (!json_get_str(v, names[0], &first, e) || !json_get_str(v, names[1], &second, e) ||
		!json_get_hex(v, digest, bytes, sizeof bytes, e) ||
		!json_get_str(v, digest, &sha256, e))
		return false;
	buf_printf(&name, "%.*s%s%.*s", STR_ARG(first), between, STR_ARG(second));
	if (!buf_ok(&name))
		return buf_full(&name, "name of an input", e);
	put_resource(w, buf_str(&name), sha256);
	return true;
}

static bool put_list(struct json_out *w, const struct json *inputs, const char *key,
	const char *const names[2], const char *between, const char *digest, struct err *e)
{
	const struct json *list = NULL;

	if (!json_get_array(inputs, key, &list, e))
		return false;
	for (size_t i = 0; i < list->n; i++)
		if (!put_named(w, &list->items[i], names, between, digest, e))
			return err_wrap(e, "'%s'", key);
	return true;
}

static bool put_source(
	struct json_out *w, struct str component, const struct json *source, struct err *e)
{
	CLEANUP(buf_done) struct buf name = buf_init(NAME_MAX_SIZE);
	struct str path = { 0 }, sha256 = { 0 };

	if (!json_get_str(source, "path", &path, e) || !json_get_str(source, "sha256", &sha256, e))
		return err_wrap(e, "source of component '%.*s'", STR_ARG(component));
	buf_printf(&name, "component %.*s: %.*s", STR_ARG(component), STR_ARG(path));
	if (!buf_ok(&name))
		return buf_full(&name, "name of a source", e);
	put_resource(w, buf_str(&name), sha256);
	return true;
}

static bool put_sources(struct json_out *w, const struct json *inputs, struct err *e)
{
	const struct json *components = NULL, *sources = NULL;

	if (!json_get_array(inputs, "components", &components, e))
		return false;
	for (size_t i = 0; i < components->n; i++) {
		struct str name = { 0 };

		if (!json_get_str(&components->items[i], "name", &name, e) ||
			!json_get_array(&components->items[i], "sources", &sources, e))
			return false;
		for (size_t k = 0; k < sources->n; k++)
			if (!put_source(w, name, &sources->items[k], e))
				return false;
	}
	return true;
}

static bool put_inputs(struct json_out *w, const struct json *inputs, struct err *e)
{
	static const char *const suite[] = { "archive", "suite" },
				 *const deb[] = { "name", "version" },
				 *const overlay[] = { "overlay", "path" };

	return put_list(w, inputs, "suites", suite, ": InRelease of ", "release-sha256", e) &&
	       put_list(w, inputs, "packages", deb, " ", "sha256", e) &&
	       put_sources(w, inputs, e) &&
	       put_list(w, inputs, "overlays", overlay, "/", "sha256", e);
}

/* ---- the statement ---- */

static void put_hex_digest(struct json_out *w, const char *name, const uint8_t *sha256)
{
	json_object(w);
	json_put_cstr(w, "name", name);
	json_key(w, "digest");
	json_object(w);
	json_put_hex(w, "sha256", span_make(sha256, SHA256_SIZE));
	json_end_object(w);
	json_end_object(w);
}

static bool put_definition(
	struct json_out *w, const struct manifest *m, const struct json *inputs, struct err *e)
{
	json_key(w, "buildDefinition");
	json_object(w);
	json_put_cstr(w, "buildType", SLSA_PROVENANCE_BUILD_TYPE);
	json_key(w, "externalParameters");
	json_object(w);
	json_put_str(w, "name", m->name);
	json_put_hex(w, "description-sha256", span_make(m->description_sha256, SHA256_SIZE));
	json_put_hex(w, "lock-sha256", span_make(m->lock_sha256, SHA256_SIZE));
	json_end_object(w);
	json_key(w, "internalParameters");
	json_object(w);
	json_put_uint(w, "image-version", m->image_version);
	json_put_uint(w, "source-date-epoch", m->source_date_epoch);
	json_end_object(w);
	json_key(w, "resolvedDependencies");
	json_array(w);
	put_hex_digest(w, "assay.yaml", m->description_sha256);
	put_hex_digest(w, "assay.lock", m->lock_sha256);
	if (!put_inputs(w, inputs, e))
		return false;
	json_end_array(w);
	json_end_object(w);
	return true;
}

static void put_details(struct json_out *w, const struct slsa_provenance *p)
{
	json_key(w, "runDetails");
	json_object(w);
	json_key(w, "builder");
	json_object(w);
	json_put_str(w, "id", p->builder);
	json_end_object(w);
	if (p->values) {
		json_key(w, "byproducts");
		json_array(w);
		put_hex_digest(w, FINISHED_VALUES, p->values_sha256);
		json_end_array(w);
	}
	json_end_object(w);
}

/* As in the statement of a rebuild with nothing published: all that was built. */
static bool put_subjects(struct json_out *w, const struct slsa_provenance *p,
	const struct manifest *m, struct arena *a, struct err *e)
{
	uint8_t sha256[SHA256_SIZE];
	struct rebuild_comparison c;
	struct rebuild_result r = { .comparison = &c };

	sha256_of(sha256, p->manifest);
	r.rebuilt = (struct rebuild_side){ m, sha256, p->values, true };
	if (!rebuild_compare(&c, &r.published, &r.rebuilt, a, e))
		return false;
	rebuild_statement_subjects(w, &r);
	return true;
}

/* "SCHEME:SOMETHING" without white space. */
static bool is_uri(struct str s)
{
	size_t colon = str_find(s, ':');

	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] == 0x7f)
			return false;
	return colon > 0 && colon + 1 < s.n;
}

bool slsa_provenance_emit(
	struct buf *out, const struct slsa_provenance *p, struct arena *a, struct err *e)
{
	struct json_out w = json_out_to(out);
	const struct json *inputs = NULL;
	struct manifest m;
	struct json v;

	if (!is_uri(p->builder))
		return err_set(e, ERR_USAGE, "the builder '%.*s' is no URI", STR_ARG(p->builder));
	if (!manifest_parse(&m, p->manifest, a, e) || !json_parse(&v, p->manifest, a, e) ||
		!json_get_object(&v, "inputs", &inputs, e))
		return false;
	json_object(&w);
	json_put_cstr(&w, "_type", STATEMENT_TYPE);
	if (!put_subjects(&w, p, &m, a, e))
		return false;
	json_put_cstr(&w, "predicateType", STATEMENT_PROVENANCE);
	json_key(&w, "predicate");
	json_object(&w);
	if (!put_definition(&w, &m, inputs, e))
		return false;
	put_details(&w, p);
	json_end_object(&w);
	json_end_object(&w);
	return buf_ok(out) || buf_full(out, "the provenance", e);
}
