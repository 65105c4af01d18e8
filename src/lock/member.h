/*
 * Typed reading of the members of a hand-written file (assay.yaml): each function takes an optional or required member
 * by its kebab-case key, checks its form, and says the line where it is wrong. An absent optional member leaves *ret as
 * it was. Values borrow the parsed document; lists are the arena's.
 */
#ifndef ASSAY_LOCK_MEMBER_H
#define ASSAY_LOCK_MEMBER_H

#include "codec/json.h"
#include "lock/description.h"

enum { MEMBER_LIST_MAX = 10000 };

/* Whether v has the form that a member demands; sets FORMAT without the line when not. */
typedef bool member_check(struct str v, struct err *e);

/* Any text without control characters; must not be empty. */
bool member_is_text(struct str v, struct err *e) MUST_CHECK;
/* Lower-case letters, digits, '.', '_', '+', '-', '@', starting with a letter, digit or '_'; at most 128. */
bool member_is_name(struct str v, struct err *e) MUST_CHECK;
/* As a name; any of '*' and '?' may stand in it. */
bool member_is_name_glob(struct str v, struct err *e) MUST_CHECK;
/* Canonical path of a tree: no leading or trailing '/', no empty, "." or ".." component, no control characters. */
bool member_is_path(struct str v, struct err *e) MUST_CHECK;
/* The same for an absolute path: one '/' before it. */
bool member_is_absolute(struct str v, struct err *e) MUST_CHECK;
/* A folder seen from the description: "." or a canonical path that may start with "../" components. */
bool member_is_folder(struct str v, struct err *e) MUST_CHECK;
/* A number from 1 to 65535, '/' and "tcp" or "udp". */
bool member_is_port(struct str v, struct err *e) MUST_CHECK;
/* One word of a command line: printable ASCII without blanks. */
bool member_is_word(struct str v, struct err *e) MUST_CHECK;

bool member_str(const struct json *o, const char *key, bool required, member_check *check,
	struct str *ret, struct err *e) MUST_CHECK;
/* A list of scalars, each of the form; one that stands twice is refused when `distinct`. */
bool member_list(const struct json *o, const char *key, member_check *check, bool distinct,
	struct arena *a, struct str_list *ret, struct err *e) MUST_CHECK;
/* Decimal, at most max; required. */
bool member_u64(const struct json *o, const char *key, uint64_t max, uint64_t *ret,
	struct err *e) MUST_CHECK;
/* One to four octal digits, a leading zero allowed before them: "0755"; required. */
bool member_mode(const struct json *o, const char *key, uint32_t *ret, struct err *e) MUST_CHECK;
/* The member as list or map with at most MEMBER_LIST_MAX entries; *ret NULL when it is absent. */
bool member_array(
	const struct json *o, const char *key, const struct json **ret, struct err *e) MUST_CHECK;
bool member_object(
	const struct json *o, const char *key, const struct json **ret, struct err *e) MUST_CHECK;
/* Puts "line N: member 'KEY': " before the error. Returns false. */
bool member_bad(const struct json *v, const char *key, struct err *e);

#endif
