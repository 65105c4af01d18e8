/*
 * JSON (RFC 8259) as a value, and the one canonical way in which we write it.
 *
 * Reading is strict: UTF-8 only, duplicate keys refused, at most JSON_DEPTH_MAX levels, numbers kept as their text (no
 * format of ours has fractions; json_u64 reads non-negative integers). yaml.h makes the same values from YAML.
 * Writing is canonical: members in the order in which the format defines them, two spaces a level, one member or element
 * a line, "\n" line ends, a line end after the document; escaped is what RFC 8259 demands and what steers a terminal or turns
 * text round (utf8_steers), since others' words go through here to people.
 */
#ifndef ASSAY_CODEC_JSON_H
#define ASSAY_CODEC_JSON_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "base/str.h"

enum { JSON_DEPTH_MAX = 32, JSON_MEMBERS_MAX = 10000 };

enum json_kind { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json {
	enum json_kind kind;
	bool truth; /* BOOL */
	struct str
		text; /* STRING: decoded, terminated, may hold NUL only where n says so; NUMBER: as written */
	const struct str *keys;   /* OBJECT: n keys in the order of the document */
	const struct json *items; /* OBJECT: n values; ARRAY: n elements */
	size_t n;
	size_t line; /* of its first character, from 1 */
};

/* One document and nothing behind it but white space. All memory from a. Fails: FORMAT with line, LIMIT. */
bool json_parse(struct json *ret, struct span text, struct arena *a, struct err *e) MUST_CHECK;

/* The member, or NULL (also when o is NULL or no object). */
const struct json *json_get(const struct json *o, const char *key);

/* Required members of an object; FORMAT "member 'KEY' is missing" or "... is no string". Borrowed from the value. */
bool json_get_str(const struct json *o, const char *key, struct str *ret, struct err *e) MUST_CHECK;
bool json_get_u64(const struct json *o, const char *key, uint64_t max, uint64_t *ret,
	struct err *e) MUST_CHECK;
bool json_get_bool(const struct json *o, const char *key, bool *ret, struct err *e) MUST_CHECK;
bool json_get_hex(
	const struct json *o, const char *key, uint8_t *ret, size_t n, struct err *e) MUST_CHECK;
bool json_get_array(
	const struct json *o, const char *key, const struct json **ret, struct err *e) MUST_CHECK;
bool json_get_object(
	const struct json *o, const char *key, const struct json **ret, struct err *e) MUST_CHECK;
/* The value is an integer 0..max. */
bool json_u64(const struct json *v, uint64_t max, uint64_t *ret) MUST_CHECK;

/* Refuses members of o that are not in the NULL-terminated list, naming the first. what names o in the message. */
bool json_only(
	const struct json *o, const char *what, const char *const keys[], struct err *e) MUST_CHECK;
/* The member "format" is exactly want; else FORMAT that says which version this build knows. */
bool json_check_format(const struct json *o, const char *want, struct err *e) MUST_CHECK;

/* ---- writing ---- */

struct json_out {
	struct buf *to;
	unsigned depth;
	bool filled[JSON_DEPTH_MAX]; /* the level has an element already */
	bool after_key;
};

static inline struct json_out json_out_to(struct buf *to)
{
	return (struct json_out){ .to = to };
}

/* Containers: json_object(w); json_key(w, "k"); json_text(w, s); json_end_object(w); */
void json_object(struct json_out *w);
void json_end_object(struct json_out *w); /* adds the final line end at depth 0 */
void json_array(struct json_out *w);
void json_end_array(struct json_out *w);
void json_key(struct json_out *w, const char *key);
void json_key_str(struct json_out *w, struct str key);
void json_text(struct json_out *w, struct str s); /* invalid UTF-8 is written as U+FFFD */
void json_cstr(struct json_out *w, const char *s);
void json_uint(struct json_out *w, uint64_t v);
void json_int(struct json_out *w, int64_t v);
void json_bool(struct json_out *w, bool v);
void json_null(struct json_out *w);
void json_hex(struct json_out *w, struct span s);
/* A value that was read, members in its own order. */
void json_value(struct json_out *w, const struct json *v);

/* Key and value in one. */
void json_put_str(struct json_out *w, const char *key, struct str s);
void json_put_cstr(struct json_out *w, const char *key, const char *s);
void json_put_uint(struct json_out *w, const char *key, uint64_t v);
void json_put_bool(struct json_out *w, const char *key, bool v);
void json_put_hex(struct json_out *w, const char *key, struct span s);

#endif
