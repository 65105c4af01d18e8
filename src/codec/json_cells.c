#include "codec/json_cells.h"

#include "codec/json_keys.h"
#include "base/banned.h"

static bool all_differ(const struct str *keys, const struct json_cell *newest, size_t n,
	const char *language, struct arena *a, struct err *e)
{
	struct json_keys_work w;

	if (!json_keys_compare(&w, keys, n, a, e))
		return false;
	if (w.twice == n)
		return true;
	for (size_t i = n - 1; i > w.twice; i--)
		newest = newest->next;
	return err_set(e, ERR_FORMAT, "%s line %zu: member '%.*s' stands twice", language,
		newest->line, STR_ARG(newest->key));
}

bool json_cells_close(struct json *ret, const struct json_cell *newest, size_t n,
	const char *language, struct arena *a, struct err *e)
{
	const struct json_cell *cell = newest;
	struct json *items = ARENA_ARRAY(a, n, struct json);
	struct str *keys = ret->kind == JSON_OBJECT ? ARENA_ARRAY(a, n, struct str) : NULL;

	if (!items || (ret->kind == JSON_OBJECT && !keys))
		return arena_full(a, e);
	for (size_t i = n; i > 0; i--, cell = cell->next) {
		items[i - 1] = cell->value;
		if (keys)
			keys[i - 1] = cell->key;
	}
	if (keys && !all_differ(keys, newest, n, language, a, e))
		return false;
	ret->items = items;
	ret->keys = keys;
	ret->n = n;
	return true;
}
