/*
 * Bytes in JSON: a string of padded base64.
 */
#ifndef ASSAY_CODEC_JSON_BASE64_H
#define ASSAY_CODEC_JSON_BASE64_H

#include "codec/json.h"

/* At most max bytes (LIMIT), in memory of a. FORMAT with the line when v is no base64. */
bool json_base64_read(struct span *ret, const struct json *v, size_t max, struct arena *a,
	struct err *e) MUST_CHECK;
/* The required member of an object. */
bool json_base64_get(const struct json *o, const char *key, size_t max, struct span *ret,
	struct arena *a, struct err *e) MUST_CHECK;
/* An element, or with key a member. */
void json_base64_put(struct json_out *w, const char *key, struct span bytes);

#endif
