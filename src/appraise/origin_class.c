#include "appraise/origin_class.h"

#include "base/banned.h"

enum { TENTHS = 1000 };

static const uint64_t total_max = UINT64_MAX / 2 / TENTHS;

/* For people and documents alike: the best first. */
static const enum origin_class order[] = { ORIGIN_SOURCE, ORIGIN_REPRODUCED, ORIGIN_DISTRIBUTION,
	ORIGIN_OPAQUE };

const char *origin_class_name(enum origin_class c)
{
	static const char *const names[] = { [ORIGIN_OPAQUE] = "opaque",
		[ORIGIN_SOURCE] = "source",
		[ORIGIN_DISTRIBUTION] = "distribution",
		[ORIGIN_REPRODUCED] = "reproduced" };

	return names[c < ORIGIN_CLASSES ? c : ORIGIN_OPAQUE];
}

bool origin_class_read(enum origin_class *ret, struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		if (str_is(name, origin_class_name(order[i]))) {
			*ret = order[i];
			return true;
		}
	}
	return false;
}

uint64_t origin_class_total(const struct origin_class_shares *s)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < ORIGIN_CLASSES; i++)
		sum += s->bytes[i];
	return sum;
}

bool origin_class_add(struct origin_class_shares *s, enum origin_class c, uint64_t bytes)
{
	if (bytes > total_max || origin_class_total(s) > total_max - bytes)
		return false;
	s->bytes[c] += bytes;
	return true;
}

void origin_class_emit(struct json_out *w, const struct origin_class_shares *s)
{
	for (size_t i = 0; i < ARRAY_LEN(order); i++)
		json_put_uint(w, origin_class_name(order[i]), s->bytes[order[i]]);
}

bool origin_class_parse(struct origin_class_shares *ret, const struct json *o, struct err *e)
{
	static const char *const keys[] = { "source", "reproduced", "distribution", "opaque",
		NULL };
	struct origin_class_shares s = { 0 };

	if (!json_only(o, "the shares of origins", keys, e))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		uint64_t bytes;

		if (!json_get_u64(o, origin_class_name(order[i]), total_max, &bytes, e))
			return false;
		if (!origin_class_add(&s, order[i], bytes))
			return err_set(
				e, ERR_FORMAT, "line %zu: more bytes than there can be", o->line);
	}
	*ret = s;
	return true;
}

static void tell_one(struct buf *out, uint64_t bytes, uint64_t total, enum origin_class c)
{
	uint64_t tenths = bytes * TENTHS / total;

	if (out->n)
		buf_add_cstr(out, ", ");
	if (tenths == 0)
		buf_add_cstr(out, "under 0.1 %");
	else
		buf_printf(out, "%u.%u %%", (unsigned)(tenths / 10), (unsigned)(tenths % 10));
	buf_printf(out, " %s", origin_class_name(c));
}

void origin_class_tell(struct buf *out, const struct origin_class_shares *s)
{
	CLEANUP(buf_done) struct buf text = buf_init(1024);
	uint64_t total = origin_class_total(s);

	for (size_t i = 0; i < ARRAY_LEN(order); i++)
		if (s->bytes[order[i]])
			tell_one(&text, s->bytes[order[i]], total, order[i]);
	buf_add_str(out, total ? buf_str(&text) : STR("no bytes"));
}
