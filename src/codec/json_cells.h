/*
 * Elements of a list or object while it is read: their number is known only at its end, so that they are gathered in
 * linked cells first. Shared by the readers of JSON and YAML.
 */
#ifndef ASSAY_CODEC_JSON_CELLS_H
#define ASSAY_CODEC_JSON_CELLS_H

#include "base/arena.h"
#include "codec/json.h"

struct json_cell {
	struct json_cell *next; /* the element before */
	struct str key;         /* of an object's member */
	size_t line;            /* where that stands */
	struct json value;
};

/*
 * Fills items, keys (of an object) and n of *ret from n cells, the newest first; ret->kind is set. Fails: LIMIT, FORMAT "JSON
 * line 3: member 'x' stands twice", language being "JSON".
 */
bool json_cells_close(struct json *ret, const struct json_cell *newest, size_t n,
	const char *language, struct arena *a, struct err *e) MUST_CHECK;

#endif
