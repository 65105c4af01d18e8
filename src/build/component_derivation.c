#include "build/component_derivation.h"

#include <stdlib.h>

#include "base/mem.h"
#include "box/box.h"
#include "build/component_steps.h"
#include "codec/json.h"
#include "base/banned.h"

#define FORMAT "assay.derivation.component/2"

enum { DERIVATION_MAX = 16 << 20, STEPS_MEMORY_MAX = 1 << 20 };

static void put_toolchain(struct json_out *w, const struct lock *l, const struct lock_set *set)
{
	json_key(w, "toolchain");
	json_array(w);
	for (size_t i = 0; i < set->n; i++)
		json_hex(w, span_make(l->packages[set->packages[i]].sha256, SHA256_SIZE));
	json_end_array(w);
}

static void put_folder(struct json_out *w, const struct component_result *r)
{
	json_key(w, "files");
	json_array(w);
	for (size_t i = 0; i < r->n_sources; i++) {
		json_object(w);
		json_put_str(w, "path", r->sources[i].path);
		json_put_bool(w, "executable", r->sources[i].executable);
		json_put_hex(w, "sha256", SPAN_OF(r->sources[i].sha256));
		json_end_object(w);
	}
	json_end_array(w);
}

static void put_debian(struct json_out *w, const struct lock_source *src)
{
	json_put_str(w, "format", src->format);
	json_key(w, "files");
	json_array(w);
	for (size_t i = 0; i < src->n_files; i++) {
		json_object(w);
		json_put_str(w, "name", src->files[i].name);
		json_put_hex(w, "sha256", SPAN_OF(src->files[i].sha256));
		json_end_object(w);
	}
	json_end_array(w);
}

static void put_source(
	struct json_out *w, const struct source_request *s, const struct component_result *r)
{
	static const char *const kinds[] = { [SOURCE_FOLDER] = "folder",
		[SOURCE_GIT] = "git",
		[SOURCE_TARBALL] = "tarball",
		[SOURCE_DEBIAN] = "debian" };

	json_key(w, "source");
	json_object(w);
	json_put_cstr(w, "kind", kinds[s->kind]);
	if (s->kind == SOURCE_FOLDER)
		put_folder(w, r);
	if (s->kind == SOURCE_GIT || s->kind == SOURCE_TARBALL)
		json_put_hex(w, "sha256", SPAN_OF(s->sha256));
	if (s->kind == SOURCE_TARBALL)
		json_put_bool(w, "strip", s->strip);
	if (s->kind == SOURCE_DEBIAN)
		put_debian(w, r->debian);
	json_end_object(w);
}

static int compare_needs(const void *a, const void *b)
{
	const struct component_made *x = a, *y = b;

	return str_compare(x->component->name, y->component->name);
}

/* Without needs nothing is said, so that derivations stay what they were. */
static bool put_needs(struct json_out *w, const struct component_made_list *needs, struct err *e)
{
	CLEANUP(mem_free) struct component_made *sorted = mem_array(needs->n, sizeof *sorted);

	if (needs->n == 0)
		return true;
	memcpy(sorted, needs->items, needs->n * sizeof *sorted);
	qsort(sorted, needs->n, sizeof *sorted, compare_needs);
	json_key(w, "needs");
	json_array(w);
	for (size_t i = 0; i < needs->n; i++) {
		uint8_t sha256[SHA256_SIZE];

		if (!component_needs_digest(sha256, &sorted[i].result, e))
			return false;
		json_object(w);
		json_put_str(w, "name", sorted[i].component->name);
		json_put_hex(w, "sha256", SPAN_OF(sha256));
		json_end_object(w);
	}
	json_end_array(w);
	return true;
}

static int compare_names(const void *a, const void *b)
{
	return str_compare(*(const struct str *)a, *(const struct str *)b);
}

static void put_release(struct json_out *w, struct str_list names)
{
	CLEANUP(mem_free) struct str *sorted = mem_array(names.n, sizeof *sorted);

	for (size_t i = 0; i < names.n; i++)
		sorted[i] = names.items[i];
	qsort(sorted, names.n, sizeof *sorted, compare_names);
	json_key(w, "release");
	json_array(w);
	for (size_t i = 0; i < names.n; i++)
		json_text(w, sorted[i]);
	json_end_array(w);
}

static void put_steps(struct json_out *w, const struct component_steps *steps)
{
	json_key(w, "steps");
	json_array(w);
	for (size_t i = 0; i < steps->n; i++) {
		json_array(w);
		for (size_t k = 0; k < steps->items[i].args.n; k++)
			json_text(w, steps->items[i].args.items[k]);
		json_end_array(w);
	}
	json_end_array(w);
}

/* Where outputs go is not in it: that does not reach their bytes. */
static void put_outputs(struct json_out *w, const struct component *c)
{
	json_key(w, "outputs");
	json_array(w);
	for (size_t i = 0; i < c->n_outputs; i++) {
		json_object(w);
		json_put_str(w, "from", c->outputs[i].from);
		json_put_bool(w, "folder", c->outputs[i].tree);
		json_end_object(w);
	}
	json_end_array(w);
}

bool component_derivation(uint8_t ret[static SHA256_SIZE], const struct component *c,
	const struct component_result *r, const struct component_made_list *needs,
	const struct lock *l, const char *set, int64_t source_date_epoch, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(STEPS_MEMORY_MAX);
	CLEANUP(buf_done) struct buf text = buf_init(DERIVATION_MAX);
	const struct lock_set *packages = lock_set_find(l, set);
	struct json_out w = json_out_to(&text);
	struct component_steps steps;

	if (!packages)
		return err_set(e, ERR_NOTFOUND, "the lock has no set '%s'", set);
	if (!component_steps(&steps, c, r->debian, a, e))
		return false;
	json_object(&w);
	json_put_cstr(&w, "format", FORMAT);
	json_put_uint(&w, "box", BOX_VERSION);
	json_key(&w, "source-date-epoch");
	json_int(&w, source_date_epoch);
	put_toolchain(&w, l, packages);
	put_source(&w, &c->source, r);
	if (!put_needs(&w, needs, e))
		return false;
	put_release(&w, c->release);
	put_steps(&w, &steps);
	put_outputs(&w, c);
	json_end_object(&w);
	if (!buf_ok(&text))
		return buf_full(&text, "the derivation", e);
	sha256_of(ret, buf_span(&text));
	return true;
}
