/*
 * What went wrong, as a value on the caller's stack: a kind that code may branch on, the errno if there was one, one
 * line of text for a person (lower case, no full stop) and at most one hint of what to do.
 */
#ifndef ASSAY_BASE_ERR_H
#define ASSAY_BASE_ERR_H

#include <stdbool.h>

#include "base/cleanup.h"

enum err_kind {
	ERR_NONE,
	ERR_USAGE,     /* the caller asked for something that makes no sense */
	ERR_FORMAT,    /* bytes that are not what their format says */
	ERR_LIMIT,     /* a named maximum is exceeded */
	ERR_SIGNATURE, /* a signature or certificate does not hold */
	ERR_MISMATCH,  /* two well-formed things that should agree do not */
	ERR_NOTFOUND,  /* a named thing is not there */
	ERR_IO,        /* the operating system or the network said no */
	ERR_INTERNAL,  /* a broken expectation of our own */
};

struct err {
	enum err_kind kind;
	int os; /* errno, or 0 */
	char text[600];
	char hint[300];
};

/* All three return false, so that a failing function can end in `return err_set(e, ...)`. */
bool err_set(struct err *e, enum err_kind kind, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* Kind IO; appends ": " and the text of the current errno. */
bool err_os(struct err *e, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Puts the text and ": " before what *e says already; keeps kind and hint. */
bool err_wrap(struct err *e, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Says what a person can do about it; replaces an earlier hint. Returns false. */
bool err_hint(struct err *e, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Lets the compiler see that they return false, for its checks of what a failing function leaves unset. */
static inline bool err_false(bool said)
{
	(void)said;
	return false;
}
#define err_set(...) err_false((err_set)(__VA_ARGS__))
#define err_os(...) err_false((err_os)(__VA_ARGS__))
#define err_wrap(...) err_false((err_wrap)(__VA_ARGS__))
#define err_hint(...) err_false((err_hint)(__VA_ARGS__))

const char *err_kind_name(enum err_kind kind);

#endif
