#include "appraise/platform_shape.h"

#include "codec/yaml.h"
#include "base/banned.h"

static bool read_rules(
	struct platform_shape *s, const struct json *o, struct arena *a, struct err *e)
{
	static const char *const keys[] = { "what", "source", "confirmed", NULL };
	struct platform_rule *rules;
	const struct json *v;

	if (!json_get_array(o, "rules", &v, e))
		return false;
	if (!v->n || v->n > PLATFORM_SHAPE_RULES_MAX)
		return err_set(e, ERR_LIMIT, "line %zu: %zu rules, wanted 1 to %d", v->line, v->n,
			PLATFORM_SHAPE_RULES_MAX);
	rules = ARENA_ARRAY(a, v->n, struct platform_rule);
	if (!rules)
		return arena_full(a, e);
	for (size_t i = 0; i < v->n; i++)
		if (!json_only(&v->items[i], "a rule", keys, e) ||
			!json_get_str(&v->items[i], "what", &rules[i].what, e) ||
			!json_get_str(&v->items[i], "source", &rules[i].source, e) ||
			!json_get_str(&v->items[i], "confirmed", &rules[i].confirmed, e))
			return false;
	s->rules = rules;
	s->n_rules = v->n;
	return true;
}

/* One row of acpi: the settings that it holds, in a shape of its own. */
static bool read_acpi_row(struct platform_acpi *ret, const struct json *o, struct err *e)
{
	static const char *const keys[] = { "qemu", "vcpus", "memory", "acpi-loader", "acpi-rsdp",
		"acpi-tables", NULL };
	struct platform_shape row = { .kind = PLATFORM_TDX };

	if (!json_only(o, "an ACPI row", keys, e))
		return false;
	for (size_t i = 0; keys[i]; i++) {
		struct str value;

		if (!json_get_str(o, keys[i], &value, e))
			return false;
		if (!platform_shape_set(&row, str_of(keys[i]), value, e))
			return err_wrap(e, "line %zu", o->line);
	}
	*ret = (struct platform_acpi){ .qemu = row.qemu, .vcpus = row.vcpus, .memory = row.memory };
	memcpy(ret->digests, row.acpi, sizeof ret->digests);
	return true;
}

static bool read_acpi(
	struct platform_shape *s, const struct json *o, struct arena *a, struct err *e)
{
	struct platform_acpi *rows;
	const struct json *v;

	if (!json_get(o, "acpi"))
		return true;
	if (!json_get_array(o, "acpi", &v, e))
		return false;
	if (v->n > PLATFORM_SHAPE_ACPI_MAX)
		return err_set(e, ERR_LIMIT, "line %zu: %zu ACPI rows, limit %d", v->line, v->n,
			PLATFORM_SHAPE_ACPI_MAX);
	rows = ARENA_ARRAY(a, v->n, struct platform_acpi);
	if (!rows)
		return arena_full(a, e);
	for (size_t i = 0; i < v->n; i++)
		if (!read_acpi_row(&rows[i], &v->items[i], e))
			return false;
	s->known_acpi = rows;
	s->n_known_acpi = v->n;
	return true;
}

static bool read_settings(struct platform_shape *s, const struct json *o, struct err *e)
{
	const struct json *v;

	if (!json_get_object(o, "settings", &v, e))
		return false;
	for (size_t i = 0; i < v->n; i++) {
		if (v->items[i].kind != JSON_STRING)
			return err_set(
				e, ERR_FORMAT, "line %zu: a setting is a word", v->items[i].line);
		if (!platform_shape_set(s, v->keys[i], v->items[i].text, e))
			return err_wrap(e, "line %zu", v->items[i].line);
	}
	return true;
}

bool platform_shape_parse(
	struct platform_shape *ret, struct span text, struct arena *a, struct err *e)
{
	static const char *const keys[] = { "format", "name", "platform", "settings", "rules",
		"acpi", NULL };
	struct platform_shape s = { 0 };
	struct str platform;
	struct json o;

	if (!yaml_parse(&o, text, a, e) || !json_check_format(&o, PLATFORM_SHAPE_FORMAT, e) ||
		!json_only(&o, "a platform", keys, e) || !json_get_str(&o, "name", &s.name, e) ||
		!json_get_str(&o, "platform", &platform, e))
		return false;
	s.base = s.name;
	s.kind = platform_from_name(platform);
	if (s.kind == PLATFORM_UNKNOWN)
		return err_set(
			e, ERR_FORMAT, "platform '%.*s' is none that there is", STR_ARG(platform));
	if (!read_settings(&s, &o, e) || !read_rules(&s, &o, a, e) || !read_acpi(&s, &o, a, e))
		return false;
	*ret = s;
	return true;
}
