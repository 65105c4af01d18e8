/*
 * Members of the trust file, as its several parts read them. Values come from YAML, where every scalar is a text, or from
 * JSON. All fail with FORMAT and the line.
 */
#ifndef ASSAY_TRUST_TRUST_MEMBER_H
#define ASSAY_TRUST_TRUST_MEMBER_H

#include "base/err.h"
#include "codec/json.h"

enum { TRUST_MEMBER_NAME_MAX = 200 };

/* A list of at most max; NULL is one of none. */
bool trust_member_list(
	size_t *n, const struct json *v, const char *key, size_t max, struct err *e) MUST_CHECK;
/* 1 to 200 characters, none at its ends that nobody sees: what people tell apart must not look alike. */
bool trust_member_name(
	struct str *ret, const struct json *o, const char *key, struct err *e) MUST_CHECK;
/* A number from 1 to max; what: of which there are max, "operators". */
bool trust_member_count(size_t *ret, const struct json *o, const char *key, size_t max,
	const char *what, struct err *e) MUST_CHECK;
/* A time as people write it, "90s", "15m", "36h", "7d", up to ten years; absent: *ret stays. */
bool trust_member_age(
	int64_t *ret, const struct json *o, const char *key, struct err *e) MUST_CHECK;

#endif
