#include "build/rebuild_compare.h"

#include "build/finished.h"
#include "base/banned.h"

struct comparing {
	struct rebuild_comparison *c;
	const struct rebuild_side *published, *rebuilt;
	struct arena *a;
};

const char *rebuild_verdict_name(enum rebuild_verdict v)
{
	switch (v) {
	case REBUILD_IDENTICAL:
		return "identical";
	case REBUILD_DIFFERS:
		return "differs";
	case REBUILD_BUILT:
		return "built";
	case REBUILD_FAILED:
		break;
	}
	return "failed";
}

static struct digest sha256(const uint8_t *bytes)
{
	struct digest d = { .alg = DIGEST_SHA256 };

	memcpy(d.bytes, bytes, SHA256_SIZE);
	return d;
}

/* The first one stays. */
static void differs(
	struct comparing *x, struct str where, struct digest published, struct digest rebuilt)
{
	if (x->c->first.n)
		return;
	x->c->first = where;
	x->c->published = published;
	x->c->rebuilt = rebuilt;
}

/* ---- files of a tree: two lists in the order of paths ---- */

static bool file_differs(struct comparing *x, const char *tree, const struct manifest_file *p,
	const struct manifest_file *r, struct err *e)
{
	static const struct digest none;
	struct str where = arena_printf(x->a, "%s: %.*s", tree, STR_ARG(p ? p->path : r->path));

	if (!where.p)
		return arena_full(x->a, e);
	differs(x, where, p ? sha256(p->sha256) : none, r ? sha256(r->sha256) : none);
	return true;
}

static bool compare_files(struct comparing *x, const char *tree,
	const struct manifest_file_list *published, const struct manifest_file_list *rebuilt,
	struct err *e)
{
	for (size_t i = 0; i < published->n || i < rebuilt->n; i++) {
		const struct manifest_file *p = i < published->n ? &published->items[i] : NULL;
		const struct manifest_file *r = i < rebuilt->n ? &rebuilt->items[i] : NULL;

		if (p && r && !str_equal(p->path, r->path)) {
			if (str_compare(p->path, r->path) < 0)
				r = NULL;
			else
				p = NULL;
		}
		if (!p || !r || !ct_equal(p->sha256, r->sha256, SHA256_SIZE))
			return file_differs(x, tree, p, r, e);
	}
	return true;
}

/* ---- artefacts ---- */

static void add(
	struct comparing *x, const char *name, const uint8_t *published, const uint8_t *rebuilt)
{
	struct rebuild_artefact *a = &x->c->artefacts[x->c->n_artefacts++];

	a->name = name;
	if (published)
		a->published = sha256(published);
	if (rebuilt)
		a->rebuilt = sha256(rebuilt);
	if (published && rebuilt && !digest_equal(&a->published, &a->rebuilt))
		differs(x, str_of(name), a->published, a->rebuilt);
}

static void compare_artefacts(struct comparing *x)
{
	const struct manifest *p = x->published->manifest, *r = x->rebuilt->manifest;

#define PART(member) p ? p->member : NULL, r ? r->member : NULL
	add(x, "kernel", PART(kernel.sha256));
	add(x, "stub", PART(stub.sha256));
	add(x, "initrd", PART(initrd.sha256));
	add(x, "root hash", PART(root_hash));
	add(x, FINISHED_UKI, PART(uki.sha256));
	add(x, "ESP", PART(esp.sha256));
	add(x, FINISHED_DISK, PART(disk.sha256));
	add(x, "firmware/OVMF_CODE.fd", PART(code.sha256));
	add(x, "firmware/OVMF_VARS.fd", PART(vars.sha256));
#undef PART
	add(x, FINISHED_MANIFEST, x->published->manifest_sha256, x->rebuilt->manifest_sha256);
}

/* ---- registers ---- */

static const struct reference_register *register_find(const struct reference_shape *s, unsigned reg)
{
	for (size_t i = 0; i < s->n_registers; i++)
		if (s->registers[i].reg == reg)
			return &s->registers[i];
	return NULL;
}

static bool same_banks(const struct reference_shape *a, const struct reference_shape *b)
{
	return a->n_banks == b->n_banks &&
	       memcmp(a->banks, b->banks, a->n_banks * sizeof a->banks[0]) == 0;
}

static bool register_differs(struct comparing *x, const struct reference_shape *s,
	const struct digest *published, const struct digest *rebuilt, unsigned reg, struct err *e)
{
	static const struct digest none;
	char name[PLATFORM_REGISTER_NAME_MAX];
	struct str where;

	reference_register_name(name, s, reg);
	where = arena_printf(x->a, "%.*s %s", STR_ARG(s->name), name);
	if (!where.p)
		return arena_full(x->a, e);
	differs(x, where, published ? *published : none, rebuilt ? *rebuilt : none);
	return true;
}

static bool compare_register(struct comparing *x, const struct reference_shape *s,
	const struct reference_register *p, const struct reference_register *r, struct err *e)
{
	bool p_has = p && p->how != REFERENCE_NOT_PREDICTABLE;
	bool r_has = r && r->how != REFERENCE_NOT_PREDICTABLE;

	if (!p_has || !r_has) {
		/* What one machine did not observe is not contradicted. */
		if ((p_has && p->how == REFERENCE_COMPUTED) ||
			(r_has && r->how == REFERENCE_COMPUTED))
			return register_differs(x, s, p_has ? &p->values[0] : NULL,
				r_has ? &r->values[0] : NULL, p ? p->reg : r->reg, e);
		return true;
	}
	x->c->n_registers++;
	for (size_t b = 0; b < s->n_banks; b++)
		if (p->how != r->how || !digest_equal(&p->values[b], &r->values[b]))
			return register_differs(x, s, &p->values[b], &r->values[b], p->reg, e);
	return true;
}

static bool compare_shape(struct comparing *x, const struct reference_shape *p,
	const struct reference_shape *r, struct err *e)
{
	static const struct digest none;

	if (!same_banks(p, r)) {
		differs(x, r->name, none, none);
		return true;
	}
	for (size_t i = 0; i < r->n_registers; i++)
		if (!compare_register(
			    x, r, register_find(p, r->registers[i].reg), &r->registers[i], e))
			return false;
	for (size_t i = 0; i < p->n_registers; i++)
		if (!register_find(r, p->registers[i].reg) &&
			!compare_register(x, r, &p->registers[i], NULL, e))
			return false;
	return true;
}

static bool compare_values(struct comparing *x, struct err *e)
{
	const struct reference_values *p = x->published->values, *r = x->rebuilt->values;
	static const struct digest none;

	for (size_t i = 0; i < r->n_shapes; i++) {
		const struct reference_shape *s = NULL;

		for (size_t k = 0; k < p->n_shapes && !s; k++)
			if (str_equal(p->shapes[k].name, r->shapes[i].name))
				s = &p->shapes[k];
		if (!s)
			differs(x, r->shapes[i].name, none, none);
		else if (!compare_shape(x, s, &r->shapes[i], e))
			return false;
	}
	if (p->n_shapes != r->n_shapes || !x->published->values_are_right ||
		!ct_equal(p->manifest_sha256, r->manifest_sha256, SHA256_SIZE))
		differs(x, STR(FINISHED_VALUES), none, none);
	return true;
}

bool rebuild_compare(struct rebuild_comparison *ret, const struct rebuild_side *published,
	const struct rebuild_side *rebuilt, struct arena *a, struct err *e)
{
	const struct manifest *p = published->manifest, *r = rebuilt->manifest;
	struct rebuild_comparison c = { 0 };
	struct comparing x = { &c, published, rebuilt, a };

	if (p && r &&
		(!compare_files(&x, "initrd", &p->initrd_files, &r->initrd_files, e) ||
			!compare_files(&x, "root", &p->root_files, &r->root_files, e)))
		return false;
	compare_artefacts(&x);
	if (p && r && !compare_values(&x, e))
		return false;
	c.verdict = !r          ? REBUILD_FAILED
		    : !p        ? REBUILD_BUILT
		    : c.first.n ? REBUILD_DIFFERS
				: REBUILD_IDENTICAL;
	*ret = c;
	return true;
}

bool rebuild_compare_inputs(struct rebuild_comparison *ret, const struct rebuild_side *published,
	const uint8_t description_sha256[static SHA256_SIZE],
	const uint8_t lock_sha256[static SHA256_SIZE], struct arena *a, struct err *e)
{
	static const struct rebuild_side nothing;
	const struct manifest *p = published->manifest;
	struct rebuild_comparison c;
	struct comparing x = { &c, published, &nothing, a };

	if (!rebuild_compare(&c, published, &nothing, a, e))
		return false;
	if (p && !ct_equal(p->description_sha256, description_sha256, SHA256_SIZE))
		differs(&x, STR("assay.yaml"), sha256(p->description_sha256),
			sha256(description_sha256));
	if (p && !ct_equal(p->lock_sha256, lock_sha256, SHA256_SIZE))
		differs(&x, STR("assay.lock"), sha256(p->lock_sha256), sha256(lock_sha256));
	if (c.first.n)
		c.verdict = REBUILD_DIFFERS;
	*ret = c;
	return true;
}
