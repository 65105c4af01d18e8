#include "lock/description.h"

#include "base/map.h"
#include "codec/yaml.h"
#include "lock/description_component.h"
#include "lock/description_file.h"
#include "lock/description_image.h"
#include "lock/description_needs.h"
#include "lock/description_platforms.h"
#include "lock/member.h"
#include "sys/file.h"
#include "base/banned.h"

/* The last second of the year 9999. */
static const uint64_t date_max = 253402300799;

/* A second mention of a name; *e is set then. */
static bool named_twice(struct map *seen, const struct json *v, struct str name, struct err *e)
{
	if (!map_add(seen, name, seen))
		return false;
	return !err_set(e, ERR_FORMAT, "line %zu: '%.*s' stands twice", v->line, STR_ARG(name));
}

static bool list_missing(const struct json *o, const char *key, struct str_list l, struct err *e)
{
	if (l.n)
		return false;
	return !err_set(e, ERR_FORMAT, "line %zu: '%s' must name at least one", o->line, key);
}

static bool parse_suite(
	const struct json *o, struct arena *a, struct suite_request *s, struct err *e)
{
	static const char *const keys[] = { "archive", "suite", "components", NULL };

	return json_only(o, "a suite", keys, e) &&
	       member_str(o, "archive", true, member_is_name, &s->archive, e) &&
	       member_str(o, "suite", true, member_is_name, &s->suite, e) &&
	       member_list(o, "components", member_is_name, true, a, &s->components, e) &&
	       !list_missing(o, "components", s->components, e);
}

static bool parse_suites(
	const struct json *top, struct arena *a, struct description *d, struct err *e)
{
	CLEANUP(map_freep) struct map *seen = map_new();
	const struct json *v;
	struct suite_request *suites;

	if (!json_get_array(top, "suites", &v, e) || !member_array(top, "suites", &v, e))
		return false;
	suites = ARENA_ARRAY(a, v->n, struct suite_request);
	if (!suites)
		return arena_full(a, e);
	for (size_t i = 0; i < v->n; i++)
		if (!parse_suite(&v->items[i], a, &suites[i], e) ||
			named_twice(seen, &v->items[i],
				arena_printf(a, "%.*s %.*s", STR_ARG(suites[i].archive),
					STR_ARG(suites[i].suite)),
				e))
			return false;
	if (!v->n)
		return err_set(e, ERR_FORMAT, "line %zu: no suite is named", v->line);
	d->suites = suites;
	d->n_suites = v->n;
	return true;
}

static bool parse_firmware(
	const struct json *top, struct arena *a, struct description *d, struct err *e)
{
	static const char *const keys[] = { "packages", "code", "vars", "version", NULL };
	const struct json *v;

	if (!member_object(top, "firmware", &v, e))
		return false;
	return !v ||
	       (json_only(v, "firmware", keys, e) &&
		       member_list(
			       v, "packages", member_is_name, true, a, &d->firmware_packages, e) &&
		       description_file_parse(v, "code", true, &d->firmware_code, e) &&
		       description_file_parse(v, "vars", true, &d->firmware_vars, e) &&
		       member_str(v, "version", false, member_is_word, &d->firmware_version, e));
}

static bool parse_toolchains(
	const struct json *top, struct arena *a, struct description *d, struct err *e)
{
	const struct json *v;
	struct toolchain_request *list;

	if (!member_object(top, "toolchains", &v, e))
		return false;
	if (!v)
		return true;
	list = ARENA_ARRAY(a, v->n, struct toolchain_request);
	if (!list)
		return arena_full(a, e);
	for (size_t i = 0; i < v->n; i++) {
		/* A key of the map that is read like a member: keys are terminated strings of the parser. */
		const char *name = v->keys[i].p;

		list[i].name = v->keys[i];
		if (!member_is_name(v->keys[i], e))
			return member_bad(&v->items[i], name, e);
		if (!member_list(v, name, member_is_name, true, a, &list[i].packages, e) ||
			list_missing(v, name, list[i].packages, e))
			return false;
	}
	d->toolchains = list;
	d->n_toolchains = v->n;
	return true;
}

static bool parse_components(
	const struct json *top, struct arena *a, struct description *d, struct err *e)
{
	CLEANUP(map_freep) struct map *seen = map_new();
	const struct json *v;
	struct component *list;

	if (!member_array(top, "components", &v, e))
		return false;
	if (!v)
		return true;
	list = ARENA_ARRAY(a, v->n, struct component);
	if (!list)
		return arena_full(a, e);
	for (size_t i = 0; i < v->n; i++)
		if (!description_component_parse(&list[i], &v->items[i], d, a, e) ||
			named_twice(seen, &v->items[i], list[i].name, e))
			return false;
	d->components = list;
	d->n_components = v->n;
	return description_needs(d, v, a, e);
}

static bool parse_epoch(const struct json *top, struct description *d, struct err *e)
{
	uint64_t epoch = 0;

	if (!json_get(top, "source-date-epoch"))
		return true;
	if (!member_u64(top, "source-date-epoch", date_max, &epoch, e))
		return false;
	d->source_date_epoch = (int64_t)epoch;
	return true;
}

static bool parse_top(struct description *d, const struct json *top, struct arena *a, struct err *e)
{
	static const char *const keys[] = { "format", "name", "source-date-epoch", "suites",
		"packages", "leave-out", "firmware", "toolchains", "components", "image",
		"platforms", NULL };
	const struct json *image;

	if (!json_only(top, "the description", keys, e) ||
		!json_check_format(top, DESCRIPTION_FORMAT, e) ||
		!member_str(top, "name", true, member_is_name, &d->name, e) ||
		!parse_epoch(top, d, e) || !parse_suites(top, a, d, e) ||
		!member_list(top, "packages", member_is_name, true, a, &d->packages, e) ||
		!member_list(top, "leave-out", member_is_name_glob, true, a, &d->leave_out, e) ||
		!parse_firmware(top, a, d, e) || !parse_toolchains(top, a, d, e) ||
		!parse_components(top, a, d, e) || !member_object(top, "image", &image, e) ||
		!description_platforms_parse(d, top, a, e))
		return false;
	return (!image || description_image_parse(d, image, a, e)) && description_file_check(d, e);
}

bool description_parse(
	struct description *ret, struct str dir, struct span text, struct arena *a, struct err *e)
{
	struct description d = { 0 };
	struct json top;

	if (!yaml_parse(&top, text, a, e))
		return false;
	d.dir = arena_str(a, dir);
	d.text = arena_str(a, str_make((const char *)text.p, text.n));
	if (!d.dir.p || !d.text.p)
		return arena_full(a, e);
	if (!parse_top(&d, &top, a, e))
		return false;
	*ret = d;
	return true;
}

bool description_read(struct description *ret, const char *dir, struct arena *a, struct err *e)
{
	CLEANUP(buf_done) struct buf text = { 0 };
	struct str path = arena_printf(a, "%s/assay.yaml", dir);

	if (!path.p)
		return arena_full(a, e);
	if (!file_read(AT_FDCWD, path.p, YAML_SIZE_MAX, &text, e)) {
		if (e->kind == ERR_NOTFOUND)
			err_hint(e,
				"assay init makes a folder with an assay.yaml; its manual page, assay.yaml(5), says what stands in it");
		return false;
	}
	if (!description_parse(ret, str_of(dir), buf_span(&text), a, e)) {
		if (!e->hint[0])
			err_hint(e, "the manual page assay.yaml(5) describes every member");
		return err_wrap(e, "'%s'", path.p);
	}
	return true;
}
