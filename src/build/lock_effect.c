#include "build/lock_effect.h"

#include <assert.h>
#include <stdlib.h>

#include "deb/pack.h"
#include "lock/lock_source_change.h"
#include "base/banned.h"

/* A package has what some member of the description names. */
enum { HAS_CODE = 1, HAS_VARIABLES = 2, HAS_STUB = 4, HAS_KERNEL = 8, LOOKED_UP = 16 };

/* What became of dpkg's database says whether a version alone changes the root. */
#define DPKG_STATUS "var/lib/dpkg/status"

/*
 * One change in both sets: code, variables and stub of the firmware, kernel and initrd of the image. Beside all changes:
 * the root, and what dates() adds.
 */
enum { REASONS_PER_CHANGE = 5, REASONS_MORE = 8 };

/* In which an output of a component may end. */
enum { COMPONENT_PARTS = 6 };

struct effect {
	const struct lock *before, *after;
	const struct lock_change_list *changes;
	const struct description *d;
	struct store *store;
	struct lock_effect_reason *reasons;
	size_t n, max;
	struct shape_moves moves;
	struct arena *a;
};

static bool add(
	struct effect *f, enum shape_part part, bool sure, struct str because, struct err *e)
{
	if (!because.p)
		return arena_full(f->a, e);
	assert(f->n < f->max);
	f->reasons[f->n++] = (struct lock_effect_reason){ part, sure, because };
	shape_moves_add(&f->moves, part, sure);
	return true;
}

static bool has(const struct str_list *l, struct str word)
{
	for (size_t i = 0; i < l->n; i++)
		if (str_equal(l->items[i], word))
			return true;
	return false;
}

/* What a component gives is in no package. */
static bool is_file(const struct file_request *r, struct str path)
{
	return !r->component.n && str_equal(path, r->path);
}

static unsigned role_of_path(const struct description *d, struct str path)
{
	return (is_file(&d->firmware_code, path) ? HAS_CODE : 0U) |
	       (is_file(&d->firmware_vars, path) ? HAS_VARIABLES : 0U) |
	       (is_file(&d->stub, path) ? HAS_STUB : 0U) |
	       (!d->kernel.component.n && str_glob(d->kernel.path, path) ? HAS_KERNEL : 0U);
}

/* What the package has of that, where the store has it and it can be read; nothing is fetched. */
static void look_up(const struct effect *f, const struct lock_package *p, unsigned *role)
{
	CLEANUP(pack_freep) struct pack *pack = NULL;
	struct err unknown = { 0 };
	const struct node *nodes;
	size_t n;

	if (!p || !f->store || !store_has_size(f->store, p->sha256, p->size) ||
		!pack_open(&pack, f->store, p->sha256, p->name, &unknown))
		return;
	nodes = pack_nodes(pack, &n);
	*role |= LOOKED_UP;
	for (size_t i = 0; i < n; i++)
		*role |= role_of_path(f->d, nodes[i].path);
}

static unsigned role_of(const struct effect *f, const struct lock_change *c)
{
	unsigned role = 0;

	look_up(f, c->before, &role);
	look_up(f, c->after, &role);
	return role;
}

static struct str name_of(const struct lock_change *c)
{
	return c->after ? c->after->name : c->before->name;
}

static bool firmware_package(struct effect *f, const struct lock_change *c, struct err *e)
{
	static const struct {
		unsigned role;
		enum shape_part part;
	} parts[] = { { HAS_CODE, SHAPE_FIRMWARE }, { HAS_VARIABLES, SHAPE_FIRMWARE_VARIABLES },
		{ HAS_STUB, SHAPE_BOOT_LOADER } };
	unsigned role = role_of(f, c);

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		/* Unknown: any of them may be its. The same package again brings the same files. */
		bool sure = role & parts[i].role && c->kind != LOCK_CHANGE_MOVED;

		if ((role & parts[i].role || !(role & LOOKED_UP)) &&
			!add(f, parts[i].part, sure, name_of(c), e))
			return false;
	}
	return true;
}

/* The kernel is a part of its own, and the initrd's modules come from the image's packages, too. */
static bool image_package(struct effect *f, const struct lock_change *c, struct err *e)
{
	unsigned role = role_of(f, c);

	if (!(role & HAS_KERNEL))
		return true;
	return add(f, SHAPE_KERNEL, true, name_of(c), e) &&
	       (!f->d->initrd_modules.n || add(f, SHAPE_INITRD, false, name_of(c), e));
}

static bool packages(struct effect *f, struct err *e)
{
	bool with_database = true;
	size_t of_image = 0;

	for (size_t i = 0; i < f->d->exclude.n; i++)
		with_database &= !str_glob(f->d->exclude.items[i], STR(DPKG_STATUS)) &&
				 !str_glob(f->d->exclude.items[i], STR("var/lib/dpkg"));
	for (size_t i = 0; i < f->changes->n; i++) {
		const struct lock_change *c = &f->changes->items[i];

		if (has(&c->sets, STR("firmware")) && !firmware_package(f, c, e))
			return false;
		if (!has(&c->sets, STR("image")))
			continue;
		of_image++;
		if (!image_package(f, c, e))
			return false;
	}
	return !of_image || add(f, SHAPE_ROOT, with_database,
				    arena_printf(f->a, "%zu package%s of the image", of_image,
					    of_image == 1 ? "" : "s"),
				    e);
}

static bool has_other_source(const struct effect *f, const struct component *c)
{
	return c->source.kind == SOURCE_DEBIAN &&
	       lock_source_change_is(lock_source_find(f->before, &c->source),
		       lock_source_find(f->after, &c->source));
}

/* By itself, or through what it needs: `changed` tells of those before it in the order of building. */
static bool is_built_again(struct effect *f, const struct component *c, const bool *changed)
{
	struct str set = arena_printf(f->a, "toolchain:%.*s", STR_ARG(c->toolchain));

	if (!set.p || has_other_source(f, c))
		return true;
	for (size_t i = 0; i < f->changes->n; i++)
		if (has(&f->changes->items[i].sets, set))
			return true;
	for (size_t i = 0; i < f->d->n_components; i++)
		if (has(&c->needs, f->d->components[i].name) && changed[i])
			return true;
	return false;
}

/* Where the component's outputs end, each part once. */
static size_t parts_of(const struct description *d, const struct component *c,
	enum shape_part parts[static COMPONENT_PARTS])
{
	const struct {
		const struct file_request *file;
		enum shape_part part;
	} files[] = { { &d->firmware_code, SHAPE_FIRMWARE },
		{ &d->firmware_vars, SHAPE_FIRMWARE_VARIABLES }, { &d->stub, SHAPE_BOOT_LOADER },
		{ &d->kernel, SHAPE_KERNEL } };
	bool to_root = false, to_initrd = false;
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		if (str_equal(files[i].file->component, c->name))
			parts[n++] = files[i].part;
	for (size_t i = 0; i < c->n_outputs; i++) {
		to_root |= str_is(c->outputs[i].to, "root");
		to_initrd |= str_is(c->outputs[i].to, "initrd");
	}
	if (to_root)
		parts[n++] = SHAPE_ROOT;
	if (to_initrd)
		parts[n++] = SHAPE_INITRD;
	return n;
}

/* A compiler of another version may compile the same source to other bytes; so may a new source be compiled to the same. */
static bool component(struct effect *f, const struct component *c, struct err *e)
{
	enum shape_part parts[COMPONENT_PARTS];
	size_t n = parts_of(f->d, c, parts);
	struct str because = arena_printf(f->a, "component %.*s %s", STR_ARG(c->name),
		has_other_source(f, c) ? "has another source" : "is compiled again");

	for (size_t i = 0; i < n; i++)
		if (!add(f, parts[i], false, because, e))
			return false;
	return true;
}

static bool components(struct effect *f, struct err *e)
{
	const struct description *d = f->d;
	bool *changed = ARENA_ARRAY(f->a, d->n_components + 1, bool);

	if (!changed)
		return arena_full(f->a, e);
	for (size_t i = 0; i < d->n_components; i++) {
		size_t at = d->build_order[i];

		changed[at] = is_built_again(f, &d->components[at], changed);
		if (changed[at] && !component(f, &d->components[at], e))
			return false;
	}
	return true;
}

/* Files that the build makes have the time of the newest Release, unless the description gives one. */
static bool dates(struct effect *f, struct err *e)
{
	struct str because = STR("times in the image follow the newest Release"),
		   writers = STR("image-version is another: other bytes from the same files");
	bool moved = f->before->source_date_epoch != f->after->source_date_epoch,
	     other = f->before->image_version != f->after->image_version;

	return (!moved || (add(f, SHAPE_ROOT, true, because, e) &&
				  add(f, SHAPE_INITRD, true, because, e))) &&
	       (!other || (add(f, SHAPE_ROOT, true, writers, e) &&
				  add(f, SHAPE_INITRD, true, writers, e)));
}

static int compare(const void *a, const void *b)
{
	const struct lock_effect_reason *x = a, *y = b;

	if (x->part != y->part)
		return x->part < y->part ? -1 : 1;
	if (x->sure != y->sure)
		return x->sure ? -1 : 1;
	return str_compare(x->because, y->because);
}

bool lock_effect(struct lock_effect *ret, const struct lock *before, const struct lock *after,
	const struct lock_change_list *changes, const struct description *d, struct store *s,
	struct arena *a, struct err *e)
{
	struct effect f = {
		.before = before, .after = after, .changes = changes, .d = d, .store = s, .a = a
	};

	f.max = REASONS_PER_CHANGE * changes->n + COMPONENT_PARTS * d->n_components + REASONS_MORE;
	f.reasons = ARENA_ARRAY(a, f.max, struct lock_effect_reason);
	if (!f.reasons)
		return arena_full(a, e);
	if (!packages(&f, e) || !dates(&f, e))
		return false;
	if (!components(&f, e))
		return false;
	qsort(f.reasons, f.n, sizeof *f.reasons, compare);
	*ret = (struct lock_effect){ f.reasons, f.n, f.moves };
	return true;
}
