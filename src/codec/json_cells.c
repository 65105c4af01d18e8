#include "codec/json_cells.h"

#include "base/banned.h"

bool json_cells_close(
	struct json *ret, const struct json_cell *newest, size_t n, struct arena *a, struct err *e)
{
	struct json *items = ARENA_ARRAY(a, n, struct json);
	struct str *keys = ret->kind == JSON_OBJECT ? ARENA_ARRAY(a, n, struct str) : NULL;

	if (!items || (ret->kind == JSON_OBJECT && !keys))
		return arena_full(a, e);
	for (size_t i = n; i > 0; i--, newest = newest->next) {
		items[i - 1] = newest->value;
		if (keys)
			keys[i - 1] = newest->key;
	}
	ret->items = items;
	ret->keys = keys;
	ret->n = n;
	return true;
}
