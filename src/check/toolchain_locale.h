/*
 * Which locales a toolchain has: those that stand as folders in its usr/lib/locale. The C library knows two by itself, "C" and
 * "POSIX", and Debian's has "C.UTF-8".
 */
#ifndef ASSAY_CHECK_TOOLCHAIN_LOCALE_H
#define ASSAY_CHECK_TOOLCHAIN_LOCALE_H

#include "base/err.h"

enum { TOOLCHAIN_LOCALE_MAX = 64 };

/*
 * A locale of the toolchain laid out at sysroot that is not C.UTF-8: Estonian, whose z stands before t, where there is one;
 * else the first by name; else "C", and *foreign is false. Fails: IO.
 */
bool toolchain_locale_choose(char ret[static TOOLCHAIN_LOCALE_MAX], bool *foreign,
	const char *sysroot, struct err *e) MUST_CHECK;

#endif
