#include "lock/lock.h"

#include <stdlib.h>

#include "base/mem.h"
#include "codec/json.h"
#include "lock/lock_index.h"
#include "lock/lock_sources.h"
#include "base/banned.h"

/* The rules by which packages are chosen; a change of them takes the next number and makes old locks stale. */
#define RESOLUTION_RULES "assay.resolution/1"

static void emit_suite(struct json_out *w, const struct lock_suite *s)
{
	json_object(w);
	json_put_str(w, "archive", s->archive);
	json_put_str(w, "suite", s->suite);
	json_put_str(w, "codename", s->codename);
	json_put_hex(w, "release-sha256", SPAN_OF(s->release_sha256));
	json_put_uint(w, "release-size", s->release_size);
	json_put_uint(w, "date", (uint64_t)s->date_unix);
	json_put_str(w, "signer", s->signer);
	json_end_object(w);
}

static bool set_has(const struct lock_set *s, size_t package)
{
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (s->packages[middle] < package)
			low = middle + 1;
		else
			high = middle;
	}
	return low < s->n && s->packages[low] == package;
}

/* Membership stands at the package, so that one package more is one place more in a diff. */
static void emit_package(struct json_out *w, const struct lock *l, size_t i)
{
	const struct lock_package *p = &l->packages[i];

	json_object(w);
	json_put_str(w, "name", p->name);
	json_put_str(w, "version", p->version);
	json_put_str(w, "architecture", p->architecture);
	json_put_str(w, "path", p->path);
	json_put_uint(w, "size", p->size);
	json_put_hex(w, "sha256", SPAN_OF(p->sha256));
	json_put_str(w, "source", p->source);
	json_put_str(w, "source-version", p->source_version);
	json_put_uint(w, "index", p->index);
	json_put_str(w, "why", p->why);
	json_key(w, "sets");
	json_array(w);
	for (size_t s = 0; s < l->n_sets; s++)
		if (set_has(&l->sets[s], i))
			json_text(w, l->sets[s].name);
	json_end_array(w);
	json_end_object(w);
}

static void emit_names(struct json_out *w, const char *key, struct str_list names)
{
	json_key(w, key);
	json_array(w);
	for (size_t i = 0; i < names.n; i++)
		json_text(w, names.items[i]);
	json_end_array(w);
}

void lock_emit(const struct lock *l, struct buf *out)
{
	struct json_out w = json_out_to(out);

	json_object(&w);
	json_put_cstr(&w, "format", LOCK_FORMAT);
	json_put_uint(&w, "image-version", l->image_version);
	json_put_str(&w, "architecture", l->architecture);
	json_put_hex(&w, "resolution", SPAN_OF(l->resolution_sha256));
	json_put_uint(&w, "source-date-epoch", (uint64_t)l->source_date_epoch);
	json_key(&w, "suites");
	json_array(&w);
	for (size_t i = 0; i < l->n_suites; i++)
		emit_suite(&w, &l->suites[i]);
	json_end_array(&w);
	lock_index_put(&w, "indexes", l->indexes, l->n_indexes);
	lock_sources_put_indexes(&w, l);
	emit_names(&w, "left-out", l->left_out);
	json_key(&w, "packages");
	json_array(&w);
	for (size_t i = 0; i < l->n_packages; i++)
		emit_package(&w, l, i);
	json_end_array(&w);
	lock_sources_put(&w, l);
	json_end_object(&w);
}

static int compare_names(const void *a, const void *b)
{
	return str_compare(*(const struct str *)a, *(const struct str *)b);
}

static void emit_sorted(struct json_out *w, const char *key, struct str_list names)
{
	CLEANUP(mem_free) struct str *sorted = mem_array(names.n, sizeof *sorted);

	for (size_t i = 0; i < names.n; i++)
		sorted[i] = names.items[i];
	qsort(sorted, names.n, sizeof *sorted, compare_names);
	emit_names(w, key, (struct str_list){ sorted, names.n });
}

static int compare_suites(const void *a, const void *b)
{
	const struct suite_request *x = a, *y = b;
	int c = str_compare(x->archive, y->archive);

	return c ? c : str_compare(x->suite, y->suite);
}

static void emit_suite_requests(struct json_out *w, const struct description *d)
{
	CLEANUP(mem_free) struct suite_request *sorted = mem_array(d->n_suites, sizeof *sorted);

	for (size_t i = 0; i < d->n_suites; i++)
		sorted[i] = d->suites[i];
	qsort(sorted, d->n_suites, sizeof *sorted, compare_suites);
	json_key(w, "suites");
	json_array(w);
	for (size_t i = 0; i < d->n_suites; i++) {
		json_object(w);
		json_put_str(w, "archive", sorted[i].archive);
		json_put_str(w, "suite", sorted[i].suite);
		emit_sorted(w, "components", sorted[i].components);
		json_end_object(w);
	}
	json_end_array(w);
}

static int compare_toolchains(const void *a, const void *b)
{
	const struct toolchain_request *x = a, *y = b;

	return str_compare(x->name, y->name);
}

static void emit_toolchains(struct json_out *w, const struct description *d)
{
	CLEANUP(mem_free)
	struct toolchain_request *sorted = mem_array(d->n_toolchains, sizeof *sorted);

	for (size_t i = 0; i < d->n_toolchains; i++)
		sorted[i] = d->toolchains[i];
	qsort(sorted, d->n_toolchains, sizeof *sorted, compare_toolchains);
	json_key(w, "toolchains");
	json_array(w);
	for (size_t i = 0; i < d->n_toolchains; i++) {
		json_object(w);
		json_put_str(w, "name", sorted[i].name);
		emit_sorted(w, "packages", sorted[i].packages);
		json_end_object(w);
	}
	json_end_array(w);
}

void lock_resolution_digest(const struct description *d, uint8_t ret[static SHA256_SIZE])
{
	CLEANUP(buf_done) struct buf text = buf_init(LOCK_SIZE_MAX);
	struct json_out w = json_out_to(&text);

	json_object(&w);
	json_put_cstr(&w, "format", RESOLUTION_RULES);
	json_put_uint(&w, "source-date-epoch", (uint64_t)d->source_date_epoch);
	emit_suite_requests(&w, d);
	emit_sorted(&w, "packages", d->packages);
	emit_sorted(&w, "leave-out", d->leave_out);
	emit_sorted(&w, "firmware", d->firmware_packages);
	emit_toolchains(&w, d);
	lock_sources_put_requests(&w, d);
	json_end_object(&w);
	sha256_of(ret, buf_span(&text));
}

bool lock_check_fresh(const struct lock *l, const struct description *d, struct err *e)
{
	uint8_t want[SHA256_SIZE];

	lock_resolution_digest(d, want);
	if (memcmp(want, l->resolution_sha256, sizeof want) == 0)
		return true;
	err_set(e, ERR_MISMATCH,
		"assay.lock was made for another description: what assay.yaml says of suites, packages, toolchains or source packages has changed since");
	return err_hint(e, "run `assay lock` to resolve it anew");
}

const struct lock_set *lock_set_find(const struct lock *l, const char *name)
{
	for (size_t i = 0; i < l->n_sets; i++)
		if (str_is(l->sets[i].name, name))
			return &l->sets[i];
	return NULL;
}

const struct lock_package *lock_package_find(const struct lock *l, struct str name)
{
	size_t low = 0, high = l->n_packages;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (str_compare(l->packages[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < l->n_packages && str_equal(l->packages[low].name, name) ? &l->packages[low]
									     : NULL;
}

const struct lock_source *lock_source_find(const struct lock *l, const struct source_request *r)
{
	for (size_t i = 0; i < l->n_sources; i++)
		if (str_equal(l->sources[i].name, r->name) &&
			(!r->version.n || str_equal(l->sources[i].version, r->version)))
			return &l->sources[i];
	return NULL;
}

struct str lock_source_path(const struct lock_source *s, const struct lock_file *f, struct arena *a)
{
	return arena_printf(a, "%.*s/%.*s", STR_ARG(s->directory), STR_ARG(f->name));
}

bool lock_source_file_is_read(const struct lock_file *f)
{
	return !str_ends(f->name, ".dsc") && !str_ends(f->name, ".asc");
}
