#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/banned.h"

bool(err_set)(struct err *e, enum err_kind kind, const char *fmt, ...)
{
	va_list ap;

	e->kind = kind;
	e->os = 0;
	e->hint[0] = 0;
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof e->text, fmt, ap);
	va_end(ap);
	return false;
}

bool(err_os)(struct err *e, const char *fmt, ...)
{
	int os = errno;
	size_t n;
	va_list ap;

	e->kind = ERR_IO;
	e->os = os;
	e->hint[0] = 0;
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof e->text, fmt, ap);
	va_end(ap);
	n = strlen(e->text);
	snprintf(e->text + n, sizeof e->text - n, ": %s",
		strerrordesc_np(os) ? strerrordesc_np(os) : "unknown error");
	return false;
}

bool(err_wrap)(struct err *e, const char *fmt, ...)
{
	char was[sizeof e->text];
	size_t n;
	va_list ap;

	memcpy(was, e->text, sizeof was);
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof e->text, fmt, ap);
	va_end(ap);
	n = strlen(e->text);
	snprintf(e->text + n, sizeof e->text - n, ": %s", was);
	return false;
}

bool(err_hint)(struct err *e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(e->hint, sizeof e->hint, fmt, ap);
	va_end(ap);
	return false;
}

const char *err_kind_name(enum err_kind kind)
{
	static const char *const names[] = {
		[ERR_NONE] = "none",
		[ERR_USAGE] = "usage",
		[ERR_FORMAT] = "format",
		[ERR_LIMIT] = "limit",
		[ERR_SIGNATURE] = "signature",
		[ERR_MISMATCH] = "mismatch",
		[ERR_NOTFOUND] = "not found",
		[ERR_IO] = "i/o",
		[ERR_INTERNAL] = "internal",
	};

	return names[kind];
}
