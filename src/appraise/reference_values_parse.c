#include "appraise/reference_values.h"

#include "codec/json.h"
#include "codec/utf8.h"
#include "base/banned.h"

enum {
	TEXT_MAX = 8192, /* characters of one string: a command line is at most 4096 */
	INPUTS_MAX = 64,
	COVERAGE_MAX = 64,
};

/* Text that a terminal shows as it stands: no C0 or C1 control characters. */
static bool is_plain(struct str s)
{
	uint32_t cp;

	while (s.n) {
		size_t n = utf8_read(s, &cp);

		if (!n || cp < 0x20 || (cp >= 0x7f && cp < 0xa0))
			return false;
		s = str_make(s.p + n, s.n - n);
	}
	return true;
}

static bool get_text(
	const struct json *o, const char *key, bool required, struct str *ret, struct err *e)
{
	struct str s;

	if (!json_get_str(o, key, &s, e))
		return false;
	if (s.n > TEXT_MAX)
		return err_set(e, ERR_LIMIT, "line %zu: member '%s' is longer than %d bytes",
			o->line, key, TEXT_MAX);
	if (!is_plain(s))
		return err_set(e, ERR_FORMAT, "line %zu: member '%s' has control characters",
			o->line, key);
	if (required && !s.n)
		return err_set(e, ERR_FORMAT, "line %zu: member '%s' is empty", o->line, key);
	*ret = s;
	return true;
}

/* The array at key, of at most max objects. */
static bool get_objects(
	const struct json *o, const char *key, size_t max, const struct json **ret, struct err *e)
{
	const struct json *v;

	if (!json_get_array(o, key, &v, e))
		return false;
	if (v->n > max)
		return err_set(e, ERR_LIMIT, "line %zu: '%s' has %zu elements, limit %zu", v->line,
			key, v->n, max);
	for (size_t i = 0; i < v->n; i++)
		if (v->items[i].kind != JSON_OBJECT)
			return err_set(e, ERR_FORMAT, "line %zu: element of '%s' is no object",
				v->items[i].line, key);
	*ret = v;
	return true;
}

/* One digest for each bank of the shape and nothing else. */
static bool get_digests(const struct json *o, const char *key, const struct reference_shape *s,
	struct digest ret[static EVENT_BANKS_MAX], struct err *e)
{
	const struct json *v;

	if (!json_get_object(o, key, &v, e))
		return false;
	if (v->n != s->n_banks)
		return err_set(e, ERR_FORMAT, "line %zu: '%s' has %zu digests for %zu banks",
			v->line, key, v->n, s->n_banks);
	for (size_t i = 0; i < s->n_banks; i++) {
		ret[i] = (struct digest){ .alg = s->banks[i] };
		if (!json_get_hex(
			    v, digest_name(s->banks[i]), ret[i].bytes, digest_size(s->banks[i]), e))
			return false;
	}
	return true;
}

static bool get_inputs(
	const struct json *o, struct reference_shape *s, struct arena *a, struct err *e)
{
	static const char *const keys[] = { "name", "value", NULL };
	struct reference_input *inputs;
	const struct json *v;

	if (!get_objects(o, "inputs", INPUTS_MAX, &v, e))
		return false;
	inputs = ARENA_ARRAY(a, v->n, struct reference_input);
	if (!inputs)
		return arena_full(a, e);
	for (size_t i = 0; i < v->n; i++) {
		const struct json *in = &v->items[i];

		if (!json_only(in, "an input", keys, e) ||
			!get_text(in, "name", true, &inputs[i].name, e) ||
			!get_text(in, "value", false, &inputs[i].value, e))
			return false;
		for (size_t k = 0; k < i; k++)
			if (str_equal(inputs[k].name, inputs[i].name))
				return err_set(e, ERR_FORMAT,
					"line %zu: input '%.*s' is there twice", in->line,
					STR_ARG(inputs[i].name));
	}
	s->inputs = inputs;
	s->n_inputs = v->n;
	return true;
}

static bool get_banks(const struct json *o, struct reference_shape *s, struct err *e)
{
	const struct json *v;

	if (!json_get_array(o, "banks", &v, e))
		return false;
	if (!v->n || v->n > EVENT_BANKS_MAX)
		return err_set(e, ERR_LIMIT, "line %zu: %zu banks, wanted 1 to %d", v->line, v->n,
			EVENT_BANKS_MAX);
	for (size_t i = 0; i < v->n; i++) {
		enum digest_alg alg = v->items[i].kind == JSON_STRING
					      ? digest_from_name(v->items[i].text)
					      : DIGEST_NONE;

		if (alg == DIGEST_NONE)
			return err_set(e, ERR_FORMAT, "line %zu: unknown bank", v->items[i].line);
		for (size_t k = 0; k < i; k++)
			if (s->banks[k] == alg)
				return err_set(e, ERR_FORMAT, "line %zu: bank %s is there twice",
					v->items[i].line, digest_name(alg));
		s->banks[i] = alg;
	}
	s->n_banks = v->n;
	return true;
}

static bool get_coverage(
	const struct json *o, struct reference_shape *s, struct arena *a, struct err *e)
{
	static const char *const keys[] = { "layer", "by", "note", NULL };
	struct reference_coverage *rows;
	const struct json *v;

	if (!get_objects(o, "coverage", COVERAGE_MAX, &v, e))
		return false;
	rows = ARENA_ARRAY(a, v->n, struct reference_coverage);
	if (!rows)
		return arena_full(a, e);
	for (size_t i = 0; i < v->n; i++) {
		const struct json *row = &v->items[i];

		if (!json_only(row, "a layer", keys, e) ||
			!get_text(row, "layer", true, &rows[i].layer, e) ||
			!get_text(row, "by", false, &rows[i].by, e) ||
			!get_text(row, "note", false, &rows[i].note, e))
			return false;
	}
	s->coverage = rows;
	s->n_coverage = v->n;
	return true;
}

static bool get_how(const struct json *o, enum reference_how *ret, struct err *e)
{
	struct str how;

	if (!get_text(o, "how", true, &how, e))
		return false;
	if (str_is(how, "computed"))
		*ret = REFERENCE_COMPUTED;
	else if (str_is(how, "observed"))
		*ret = REFERENCE_OBSERVED;
	else if (str_is(how, "not-predictable"))
		*ret = REFERENCE_NOT_PREDICTABLE;
	else
		return err_set(e, ERR_FORMAT,
			"line %zu: 'how' is '%.*s', wanted computed, observed or not-predictable",
			o->line, STR_ARG(how));
	return true;
}

static bool get_register(const struct json *o, const struct reference_shape *s,
	struct reference_register *ret, struct err *e)
{
	static const char *const with[] = { "register", "how", "reason", "values", NULL };
	static const char *const without[] = { "register", "how", "reason", NULL };
	struct reference_register r = { 0 };
	uint64_t reg;

	if (!json_get_u64(o, "register", REGISTER_MAX - 1, &reg, e) || !get_how(o, &r.how, e) ||
		!get_text(o, "reason", true, &r.reason, e))
		return false;
	r.reg = (unsigned)reg;
	if (!json_only(o, "a register", r.how == REFERENCE_NOT_PREDICTABLE ? without : with, e))
		return false;
	if (r.how != REFERENCE_NOT_PREDICTABLE && !get_digests(o, "values", s, r.values, e))
		return false;
	*ret = r;
	return true;
}

static bool get_registers(
	const struct json *o, struct reference_shape *s, struct arena *a, struct err *e)
{
	struct reference_register *registers;
	const struct json *v;

	if (!get_objects(o, "registers", REGISTER_MAX, &v, e))
		return false;
	registers = ARENA_ARRAY(a, v->n, struct reference_register);
	if (!registers)
		return arena_full(a, e);
	for (size_t i = 0; i < v->n; i++) {
		if (!get_register(&v->items[i], s, &registers[i], e))
			return false;
		if (i && registers[i].reg <= registers[i - 1].reg)
			return err_set(e, ERR_FORMAT, "line %zu: registers do not ascend",
				v->items[i].line);
	}
	s->registers = registers;
	s->n_registers = v->n;
	return true;
}

static const struct reference_register *find_register(const struct reference_shape *s, unsigned reg)
{
	for (size_t i = 0; i < s->n_registers; i++)
		if (s->registers[i].reg == reg)
			return &s->registers[i];
	return NULL;
}

static bool get_event(
	const struct json *o, const struct reference_shape *s, struct event *ret, struct err *e)
{
	static const char *const keys[] = { "register", "type", "what", "rule", "origin", "text",
		"digests", NULL };
	uint64_t reg, type;

	if (!json_only(o, "an event", keys, e) ||
		!json_get_u64(o, "register", REGISTER_MAX - 1, &reg, e) ||
		!json_get_u64(o, "type", UINT32_MAX, &type, e) ||
		!get_text(o, "what", true, &ret->what, e) ||
		!get_text(o, "rule", true, &ret->rule, e) ||
		!get_text(o, "origin", false, &ret->origin, e) ||
		!get_text(o, "text", false, &ret->text, e) ||
		!get_digests(o, "digests", s, ret->digests, e))
		return false;
	ret->reg = (unsigned)reg;
	ret->type = (uint32_t)type;
	if (!find_register(s, ret->reg))
		return err_set(e, ERR_FORMAT,
			"line %zu: event for register %u, which the shape does not list", o->line,
			ret->reg);
	return true;
}

static bool get_events(
	const struct json *o, struct reference_shape *s, struct arena *a, struct err *e)
{
	const struct json *v;

	if (!get_objects(o, "events", EVENT_LIST_MAX, &v, e))
		return false;
	event_list_init(&s->events, a, s->banks, s->n_banks);
	for (size_t i = 0; i < v->n; i++) {
		struct event ev = { 0 };

		if (!get_event(&v->items[i], s, &ev, e) ||
			!event_list_add_digests(&s->events, &ev, e))
			return false;
	}
	return true;
}

/* A computed value is nothing but what its events give. */
static bool check_folds(const struct reference_shape *s, struct err *e)
{
	char name[PLATFORM_REGISTER_NAME_MAX];

	for (size_t i = 0; i < s->n_registers; i++) {
		const struct reference_register *r = &s->registers[i];

		reference_register_name(name, s, r->reg);
		for (size_t b = 0; r->how == REFERENCE_COMPUTED && b < s->n_banks; b++) {
			struct digest want;

			platform_register_value(
				&s->events, platform_from_name(s->platform), r->reg, b, &want);
			if (!digest_equal(&want, &r->values[b]))
				return err_set(e, ERR_MISMATCH,
					"shape '%.*s': the %s value of %s is not what its events give",
					STR_ARG(s->name), digest_name(s->banks[b]), name);
		}
	}
	return true;
}

/* A shape whose file names no rule, and one of an older build, has none. */
static bool get_rules(
	const struct json *o, struct reference_shape *s, struct arena *a, struct err *e)
{
	static const char *const keys[] = { "what", "source", "confirmed", NULL };
	struct platform_rule *rules;
	const struct json *v;

	if (!json_get(o, "rules"))
		return true;
	if (!get_objects(o, "rules", PLATFORM_SHAPE_RULES_MAX, &v, e))
		return false;
	rules = ARENA_ARRAY(a, v->n, struct platform_rule);
	if (!rules)
		return arena_full(a, e);
	for (size_t i = 0; i < v->n; i++) {
		const struct json *rule = &v->items[i];

		if (!json_only(rule, "a rule", keys, e) ||
			!get_text(rule, "what", true, &rules[i].what, e) ||
			!get_text(rule, "source", true, &rules[i].source, e) ||
			!get_text(rule, "confirmed", true, &rules[i].confirmed, e))
			return false;
	}
	s->rules = rules;
	s->n_rules = v->n;
	return true;
}

static bool get_shape(
	const struct json *o, struct reference_shape *ret, struct arena *a, struct err *e)
{
	static const char *const keys[] = { "name", "platform", "inputs", "banks", "firmware_only",
		"rules", "coverage", "registers", "events", NULL };
	struct reference_shape s = { 0 };

	if (!json_only(o, "a shape", keys, e) || !get_text(o, "name", true, &s.name, e) ||
		!get_text(o, "platform", true, &s.platform, e) ||
		!json_get_bool(o, "firmware_only", &s.firmware_only, e) ||
		!get_inputs(o, &s, a, e) || !get_rules(o, &s, a, e) || !get_banks(o, &s, e) ||
		!get_coverage(o, &s, a, e) || !get_registers(o, &s, a, e) ||
		!get_events(o, &s, a, e) || !check_folds(&s, e))
		return false;
	*ret = s;
	return true;
}

static bool get_shapes(
	const struct json *o, struct reference_values *v, struct arena *a, struct err *e)
{
	struct reference_shape *shapes;
	const struct json *list;

	if (!get_objects(o, "shapes", REFERENCE_SHAPES_MAX, &list, e))
		return false;
	shapes = ARENA_ARRAY(a, list->n, struct reference_shape);
	if (!shapes)
		return arena_full(a, e);
	for (size_t i = 0; i < list->n; i++) {
		if (!get_shape(&list->items[i], &shapes[i], a, e))
			return false;
		for (size_t k = 0; k < i; k++)
			if (str_equal(shapes[k].name, shapes[i].name))
				return err_set(e, ERR_FORMAT,
					"line %zu: shape '%.*s' is there twice",
					list->items[i].line, STR_ARG(shapes[i].name));
	}
	v->shapes = shapes;
	v->n_shapes = list->n;
	return true;
}

static bool get_origins(const struct json *o, struct reference_values *v, struct err *e)
{
	const struct json *origins = json_get(o, "origins");

	v->has_origins = origins;
	return !origins || origin_class_parse(&v->origins, origins, e);
}

bool reference_values_parse(
	struct reference_values *ret, struct span text, struct arena *a, struct err *e)
{
	static const char *const keys[] = { "format", "image", "manifest_sha256", "origins",
		"shapes", NULL };
	struct reference_values v = { 0 };
	struct json o;

	if (text.n > REFERENCE_VALUES_SIZE_MAX)
		return err_set(e, ERR_LIMIT, "reference values are %zu bytes, limit %d", text.n,
			REFERENCE_VALUES_SIZE_MAX);
	if (!json_parse(&o, text, a, e) || !json_check_format(&o, REFERENCE_VALUES_FORMAT, e) ||
		!json_only(&o, "reference values", keys, e) ||
		!get_text(&o, "image", true, &v.image, e) ||
		!json_get_hex(&o, "manifest_sha256", v.manifest_sha256, SHA256_SIZE, e) ||
		!get_origins(&o, &v, e) || !get_shapes(&o, &v, a, e))
		return false;
	*ret = v;
	return true;
}

void reference_register_name(
	char out[static PLATFORM_REGISTER_NAME_MAX], const struct reference_shape *s, unsigned reg)
{
	platform_register_name(out, platform_from_name(s->platform), reg);
}

const struct reference_shape *reference_shape_find(
	const struct reference_values *v, const char *name)
{
	for (size_t i = 0; i < v->n_shapes; i++)
		if (str_is(v->shapes[i].name, name))
			return &v->shapes[i];
	return NULL;
}
