/*
 * What libarchive has to say, as one of our errors. Its text may hold names from the input, so that whatever is not
 * printable ASCII is shown as '?'.
 */
#ifndef ASSAY_DEB_ARCHIVE_ERROR_H
#define ASSAY_DEB_ARCHIVE_ERROR_H

#include <archive.h>

#include "base/err.h"
#include "base/str.h"

enum { SHOWN_MAX = 200 };

/* *e becomes *below when reading below libarchive failed, else FORMAT with libarchive's text. Returns false. */
bool archive_error(struct archive *a, const struct err *below, struct err *e);
/* At most SHOWN_MAX bytes of s that are safe to print, terminated. */
const char *archive_error_show(char out[static SHOWN_MAX + 1], struct str s);

#endif
