/*
 * One file of a publication from a web server.
 */
#ifndef ASSAY_CMD_PUBLICATION_FETCH_H
#define ASSAY_CMD_PUBLICATION_FETCH_H

#include "base/buf.h"

/*
 * At most max bytes of URL/path; out is initialised here. Nothing of them is checked. Fails as fetch_unpinned; USAGE in an
 * assay that asks nobody.
 */
bool publication_fetch(
	struct buf *out, const char *url, struct str path, size_t max, struct err *e) MUST_CHECK;

#endif
