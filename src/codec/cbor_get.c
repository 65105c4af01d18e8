#include "codec/cbor.h"

#include "base/banned.h"

const char *cbor_kind_name(enum cbor_kind kind)
{
	static const char *const names[] = { "unsigned number", "negative number", "byte string",
		"text", "array", "map", "tag", "simple value", "float" };

	return names[kind];
}

const struct cbor *cbor_get(const struct cbor *o, int64_t key)
{
	int64_t got;

	for (size_t i = 0; o && o->kind == CBOR_MAP && i < o->n; i++)
		if (cbor_int(&o->items[2 * i], &got) && got == key)
			return &o->items[2 * i + 1];
	return NULL;
}

const struct cbor *cbor_get_text(const struct cbor *o, const char *key)
{
	for (size_t i = 0; o && o->kind == CBOR_MAP && i < o->n; i++)
		if (o->items[2 * i].kind == CBOR_TEXT && str_is(cbor_str(&o->items[2 * i]), key))
			return &o->items[2 * i + 1];
	return NULL;
}

bool cbor_need(const struct cbor **ret, const struct cbor *o, int64_t key, enum cbor_kind kind,
	const char *what, struct err *e)
{
	const struct cbor *v = cbor_get(o, key);

	if (!v)
		return err_set(e, ERR_FORMAT, "%s: member %lld is missing", what, (long long)key);
	if (v->kind != kind)
		return err_set(e, ERR_FORMAT, "%s: member %lld is no %s but a %s", what,
			(long long)key, cbor_kind_name(kind), cbor_kind_name(v->kind));
	*ret = v;
	return true;
}

bool cbor_int(const struct cbor *v, int64_t *ret)
{
	if (v->kind > CBOR_NEGATIVE || v->number > INT64_MAX)
		return false;
	*ret = v->kind == CBOR_UINT ? (int64_t)v->number : -1 - (int64_t)v->number;
	return true;
}

bool cbor_is_null(const struct cbor *v)
{
	return v && v->kind == CBOR_SIMPLE && v->number == CBOR_NULL;
}

const struct cbor *cbor_untagged(const struct cbor *v)
{
	while (v && v->kind == CBOR_TAG)
		v = &v->items[0];
	return v;
}

struct str cbor_str(const struct cbor *v)
{
	return str_make((const char *)v->bytes.p, v->bytes.n);
}
