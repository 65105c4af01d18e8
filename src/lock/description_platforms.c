#include "lock/description_platforms.h"

#include "lock/description_file.h"
#include "lock/member.h"
#include "lock/platform_files.h"
#include "base/banned.h"

struct setting {
	struct str key;
	struct str_list values;
};

/* One entry of the list, and what is made of it. */
struct entry {
	const struct json *v;
	struct platform_request base;
	struct setting settings[PLATFORM_SHAPE_SETTINGS];
	size_t n_settings;
};

struct reading {
	struct platform_request *to;
	size_t n;
	struct arena *a;
};

/* A word, or a list of them. */
static bool read_values(struct setting *s, const struct json *o, const struct json *v,
	struct arena *a, struct err *e)
{
	const char *key = s->key.p;

	if (v->kind == JSON_ARRAY) {
		if (!v->n)
			return err_set(e, ERR_FORMAT, "line %zu: member '%s' names no value",
				v->line, key);
		return member_list(o, key, member_is_word, true, a, &s->values, e);
	}
	struct str *one = ARENA_NEW(a, struct str);

	if (!one)
		return arena_full(a, e);
	s->values = (struct str_list){ one, 1 };
	return member_str(o, key, true, member_is_word, one, e);
}

static bool is_own_member(struct str key)
{
	return str_is(key, "shape") || str_is(key, "name") || str_is(key, "firmware");
}

static bool read_settings(struct entry *t, struct arena *a, struct err *e)
{
	for (size_t i = 0; i < t->v->n; i++) {
		struct setting *s = &t->settings[t->n_settings];
		struct str key = t->v->keys[i];

		if (is_own_member(key))
			continue;
		if (!platform_shape_has_setting(key) || t->n_settings == PLATFORM_SHAPE_SETTINGS)
			return err_set(e, ERR_FORMAT, "line %zu: a platform has no member '%.*s'",
				t->v->items[i].line, STR_ARG(key));
		s->key = key;
		if (!read_values(s, t->v, &t->v->items[i], a, e))
			return false;
		t->n_settings++;
	}
	return true;
}

static bool read_entry(struct entry *t, struct arena *a, struct err *e)
{
	struct platform_shape *s = &t->base.shape;
	bool map = t->v->kind == JSON_OBJECT;
	struct str base = t->v->text, name = { 0 };

	t->base.line = t->v->line;
	if (!map && t->v->kind != JSON_STRING)
		return err_set(e, ERR_FORMAT,
			"line %zu: a platform is a name, or {shape: NAME, ...}", t->v->line);
	if (map && (!member_str(t->v, "shape", true, member_is_name, &base, e) ||
			   !member_str(t->v, "name", false, member_is_name, &name, e) ||
			   !description_file_parse(t->v, "firmware", false, &t->base.firmware, e)))
		return false;
	if (!platform_files_shape(s, base, a, e))
		return err_wrap(e, "line %zu", t->v->line);
	if (s->kind == PLATFORM_NITRO_ENCLAVE) {
		err_set(e, ERR_FORMAT,
			"line %zu: an enclave image has its shape without being asked for it",
			t->v->line);
		return err_hint(e, "image: {format: eif} writes one");
	}
	if (name.n)
		s->name = name;
	return !map || read_settings(t, a, e);
}

/* The file, or for a launch digest all that it takes from it. */
static bool check_firmware(const struct entry *t, const struct platform_request *p, struct err *e)
{
	enum platform_kind kind = p->shape.kind;
	bool has_file = p->firmware.path.n > 0;
	bool needs = kind == PLATFORM_SNP || kind == PLATFORM_TDX;

	if (has_file ? needs : !needs || platform_firmware_is_known(&p->shape.firmware))
		return true;
	err_set(e, ERR_FORMAT, "line %zu: platform '%.*s' %s", t->v->line, STR_ARG(p->shape.name),
		needs ? "measures firmware of its own, and names none"
		      : "has no firmware of its own");
	return err_hint(e, "%s",
		needs ? "firmware: PATH of a firmware package, or {component: NAME, file: PATH}; for snp "
			"also what is known of it: firmware-sha256, -pages, -reset, -hashes, -sections"
		      : "leave 'firmware' out of it");
}

static bool add(
	struct reading *r, const struct entry *t, const struct platform_request *p, struct err *e)
{
	if (r->n == DESCRIPTION_PLATFORMS_MAX)
		return err_set(e, ERR_LIMIT, "line %zu: more than %d shapes", t->v->line,
			DESCRIPTION_PLATFORMS_MAX);
	for (size_t i = 0; i < r->n; i++)
		if (str_equal(r->to[i].shape.name, p->shape.name)) {
			err_set(e, ERR_FORMAT, "line %zu: platform '%.*s' is there twice",
				t->v->line, STR_ARG(p->shape.name));
			return err_hint(
				e, "give one of them another name: {shape: ..., name: ...}");
		}
	r->to[r->n] = *p;
	if (!check_firmware(t, p, e))
		return false;
	platform_shape_find_acpi(&r->to[r->n].shape);
	r->n++;
	return true;
}

/* Combination number `which` of all values; the last setting changes fastest. */
static bool combine(struct reading *r, const struct entry *t, size_t which, struct err *e)
{
	struct platform_request p = t->base;
	size_t at[PLATFORM_SHAPE_SETTINGS];

	for (size_t i = t->n_settings; i-- > 0; which /= t->settings[i].values.n)
		at[i] = which % t->settings[i].values.n;
	for (size_t i = 0; i < t->n_settings; i++) {
		const struct str_list *values = &t->settings[i].values;
		struct str value = values->items[at[i]];

		if (!platform_shape_set(&p.shape, t->settings[i].key, value, e))
			return err_wrap(e, "line %zu", t->v->line);
		if (values->n == 1)
			continue;
		p.shape.name = arena_printf(
			r->a, "%.*s/%.*s", STR_ARG(p.shape.name), STR_ARG(value));
		if (!p.shape.name.p)
			return arena_full(r->a, e);
	}
	return add(r, t, &p, e);
}

bool description_platforms_parse(
	struct description *d, const struct json *top, struct arena *a, struct err *e)
{
	struct reading r = { .a = a };
	const struct json *v;

	if (!member_array(top, "platforms", &v, e))
		return false;
	r.to = ARENA_ARRAY(a, DESCRIPTION_PLATFORMS_MAX, struct platform_request);
	if (!r.to)
		return arena_full(a, e);
	for (size_t i = 0; v && i < v->n; i++) {
		struct entry t = { .v = &v->items[i] };
		size_t n = 1;

		if (!read_entry(&t, a, e))
			return false;
		for (size_t k = 0; k < t.n_settings && n <= DESCRIPTION_PLATFORMS_MAX; k++)
			n *= t.settings[k].values.n;
		for (size_t k = 0; k < n; k++)
			if (!combine(&r, &t, k, e))
				return false;
	}
	d->platforms = r.to;
	d->n_platforms = r.n;
	return true;
}

bool description_has_platform(const struct description *d, enum platform_kind kind)
{
	for (size_t i = 0; i < d->n_platforms; i++)
		if (d->platforms[i].shape.kind == kind)
			return true;
	return false;
}
