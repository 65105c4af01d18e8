/*
 * Versions of Debian packages and their order: [epoch:]upstream[-revision], Debian policy 5.6.12.
 */
#ifndef ASSAY_DEB_VERSION_H
#define ASSAY_DEB_VERSION_H

#include "base/err.h"
#include "base/str.h"

enum { VERSION_MAX = 1024 };

/* FORMAT with the reason unless v is a version as policy 5.6.12 allows it (dpkg's rules), LIMIT beyond VERSION_MAX. */
bool version_check(struct str v, struct err *e) MUST_CHECK;
/* Below, equal to or above 0 as a is older than, the same as or newer than b. Different strings may be the same
 * version ("1.0" and "0:1.0-0"). Total on any strings, also on those that version_check refuses. */
int version_compare(struct str a, struct str b);

#endif
