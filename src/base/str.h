/*
 * A borrowed run of characters with a length; not terminated unless the comment at the field says so.
 */
#ifndef ASSAY_BASE_STR_H
#define ASSAY_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/span.h"

struct str {
	const char *p;
	size_t n;
};

#define STR(literal) ((struct str){ "" literal, sizeof(literal) - 1 })
/* For printf: "%.*s", STR_ARG(s). */
#define STR_ARG(s) (int)(s).n, (s).p ? (s).p : ""

static inline struct str str_make(const char *p, size_t n)
{
	return (struct str){ p, n };
}

static inline struct str str_of(const char *cstr)
{
	return (struct str){ cstr, cstr ? strlen(cstr) : 0 };
}

static inline struct span str_span(struct str s)
{
	return (struct span){ (const uint8_t *)s.p, s.n };
}

bool str_equal(struct str a, struct str b);
bool str_is(struct str a, const char *cstr);
/* Total order: bytewise, a prefix before what it is a prefix of. */
int str_compare(struct str a, struct str b);
bool str_starts(struct str s, const char *prefix);
bool str_ends(struct str s, const char *suffix);
/* Position of c in s, or s.n. */
size_t str_find(struct str s, char c);
/* Without white space (space, tab, CR, LF) at both ends. */
struct str str_trim(struct str s);
/* Splits at the first c: *head before it, *rest after it; false (all in *head, *rest empty) without c. */
bool str_cut(struct str s, char c, struct str *head, struct str *rest);
/* Shell pattern with * (not across '/'), ** (across), ? and literal characters; the whole of s must match. */
bool str_glob(struct str pattern, struct str s);

/* Decimal without sign, blanks or superfluous leading zeros, at most max; *v untouched on failure. */
bool str_u64(struct str s, uint64_t *v, uint64_t max) MUST_CHECK;

#endif
