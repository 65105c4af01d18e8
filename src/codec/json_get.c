#include "codec/json.h"

#include "base/hex.h"
#include "base/banned.h"

const struct json *json_get(const struct json *o, const char *key)
{
	if (!o || o->kind != JSON_OBJECT)
		return NULL;
	for (size_t i = 0; i < o->n; i++)
		if (str_is(o->keys[i], key))
			return &o->items[i];
	return NULL;
}

static bool want(const struct json *o, const char *key, enum json_kind kind, const char *kind_name,
	const struct json **ret, struct err *e)
{
	const struct json *v = json_get(o, key);

	if (!v)
		return err_set(
			e, ERR_FORMAT, "line %zu: member '%s' is missing", o ? o->line : 0, key);
	if (v->kind != kind)
		return err_set(
			e, ERR_FORMAT, "line %zu: member '%s' is no %s", v->line, key, kind_name);
	*ret = v;
	return true;
}

bool json_get_str(const struct json *o, const char *key, struct str *ret, struct err *e)
{
	const struct json *v = NULL;

	if (!want(o, key, JSON_STRING, "string", &v, e))
		return false;
	*ret = v->text;
	return true;
}

bool json_u64(const struct json *v, uint64_t max, uint64_t *ret)
{
	return v->kind == JSON_NUMBER && str_u64(v->text, ret, max);
}

bool json_get_u64(const struct json *o, const char *key, uint64_t max, uint64_t *ret, struct err *e)
{
	const struct json *v = NULL;

	if (!want(o, key, JSON_NUMBER, "number", &v, e))
		return false;
	if (!json_u64(v, max, ret))
		return err_set(e, ERR_FORMAT,
			"line %zu: member '%s' must be an integer of 0 to %llu", v->line, key,
			(unsigned long long)max);
	return true;
}

bool json_get_bool(const struct json *o, const char *key, bool *ret, struct err *e)
{
	const struct json *v = NULL;

	if (!want(o, key, JSON_BOOL, "truth value", &v, e))
		return false;
	*ret = v->truth;
	return true;
}

bool json_get_hex(const struct json *o, const char *key, uint8_t *ret, size_t n, struct err *e)
{
	const struct json *v = NULL;

	if (!want(o, key, JSON_STRING, "string", &v, e))
		return false;
	if (!hex_read(v->text, ret, n))
		return err_set(e, ERR_FORMAT,
			"line %zu: member '%s' must be %zu lower-case hex digits", v->line, key,
			2 * n);
	return true;
}

bool json_get_array(const struct json *o, const char *key, const struct json **ret, struct err *e)
{
	return want(o, key, JSON_ARRAY, "list", ret, e);
}

bool json_get_object(const struct json *o, const char *key, const struct json **ret, struct err *e)
{
	return want(o, key, JSON_OBJECT, "object", ret, e);
}

bool json_only(const struct json *o, const char *what, const char *const keys[], struct err *e)
{
	if (o->kind != JSON_OBJECT)
		return err_set(
			e, ERR_FORMAT, "line %zu: %s must have named members", o->line, what);
	for (size_t i = 0; i < o->n; i++) {
		bool known = false;

		for (size_t k = 0; keys[k]; k++)
			known |= str_is(o->keys[i], keys[k]);
		if (!known)
			return err_set(e, ERR_FORMAT, "line %zu: %s has no member '%.*s'",
				o->items[i].line, what, STR_ARG(o->keys[i]));
	}
	return true;
}

bool json_check_format(const struct json *o, const char *wanted, struct err *e)
{
	struct str got = { 0 };

	if (!json_get_str(o, "format", &got, e))
		return false;
	if (!str_is(got, wanted))
		return err_set(e, ERR_FORMAT, "format is '%.*s', this build knows '%s'",
			STR_ARG(got), wanted);
	return true;
}
