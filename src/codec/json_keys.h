/*
 * Whether the names of an object's members are all different. Whoever writes a document chooses its names, so nothing here
 * hashes them: they are sorted, which takes at most n log2(n) comparisons whatever they are. Shared by the readers of JSON
 * and YAML.
 */
#ifndef ASSAY_CODEC_JSON_KEYS_H
#define ASSAY_CODEC_JSON_KEYS_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct json_keys_work {
	size_t twice; /* the first name that stood before already, by its place; n when there is none */
	size_t comparisons; /* that it took */
};

/* n is at most UINT32_MAX. Scratch memory from a, eight bytes a name. Fails: LIMIT. */
bool json_keys_compare(struct json_keys_work *ret, const struct str *keys, size_t n,
	struct arena *a, struct err *e) MUST_CHECK;

#endif
