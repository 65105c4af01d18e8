#include "lock/lock_index.h"

#include "lock/member.h"
#include "base/banned.h"

static const uint64_t size_max = 1U << 30;

static void put_one(struct json_out *w, const struct lock_index *x)
{
	json_object(w);
	json_put_uint(w, "suite", x->suite);
	json_put_str(w, "component", x->component);
	json_put_str(w, "path", x->path);
	json_put_uint(w, "size", x->size);
	json_put_hex(w, "sha256", SPAN_OF(x->sha256));
	json_end_object(w);
}

void lock_index_put(struct json_out *w, const char *key, const struct lock_index *indexes, size_t n)
{
	json_key(w, key);
	json_array(w);
	for (size_t i = 0; i < n; i++)
		put_one(w, &indexes[i]);
	json_end_array(w);
}

int lock_index_compare(const void *a, const void *b)
{
	const struct lock_index *x = a, *y = b;

	return x->suite != y->suite ? (x->suite > y->suite) - (x->suite < y->suite)
				    : str_compare(x->path, y->path);
}

static bool parse_one(struct lock_index *x, const struct json *o, size_t n_suites, struct err *e)
{
	static const char *const keys[] = { "suite", "component", "path", "size", "sha256", NULL };
	uint64_t suite = 0;

	if (!json_only(o, "an index", keys, e) ||
		!json_get_u64(o, "suite", n_suites - 1, &suite, e) ||
		!member_str(o, "component", true, member_is_name, &x->component, e) ||
		!member_str(o, "path", true, member_is_path, &x->path, e) ||
		!json_get_u64(o, "size", size_max, &x->size, e) ||
		!json_get_hex(o, "sha256", x->sha256, SHA256_SIZE, e))
		return false;
	x->suite = (size_t)suite;
	return true;
}

bool lock_index_parse(const struct lock_index **ret, size_t *n, const struct json *top,
	const char *key, size_t n_suites, struct arena *a, struct err *e)
{
	const struct json *v;
	struct lock_index *list;

	if (!json_get_array(top, key, &v, e))
		return false;
	if (!v->n || v->n > LOCK_INDEXES_MAX)
		return err_set(e, ERR_LIMIT, "%zu %s, wanted 1 to %d", v->n, key, LOCK_INDEXES_MAX);
	list = ARENA_ARRAY(a, v->n, struct lock_index);
	if (!list)
		return arena_full(a, e);
	for (size_t i = 0; i < v->n; i++) {
		if (!parse_one(&list[i], &v->items[i], n_suites, e))
			return false;
		if (i && lock_index_compare(&list[i - 1], &list[i]) >= 0)
			return err_set(e, ERR_FORMAT, "line %zu: out of order: index '%.*s'",
				v->items[i].line, STR_ARG(list[i].path));
	}
	*ret = list;
	*n = v->n;
	return true;
}
