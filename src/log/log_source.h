/*
 * Where the static files of a log come from: a folder, or a web server (http and https; no redirects). What they hold is material for a
 * parser, nothing more.
 */
#ifndef ASSAY_LOG_LOG_SOURCE_H
#define ASSAY_LOG_LOG_SOURCE_H

#include "base/buf.h"
#include "base/err.h"

enum { LOG_SOURCE_TIMEOUT_S = 60 }; /* of one file */

struct log_source {
	int folder; /* -1: a URL */
	char *base; /* URL without slashes at its end, or the folder's path */
};

/* A URL, or else a folder. Fails: USAGE for another scheme, NOTFOUND for a folder that is not there. */
bool log_source_open(struct log_source *ret, const char *place, struct err *e) MUST_CHECK;
void log_source_done(struct log_source *s); /* for CLEANUP; a zeroed one with folder -1 is closed */

/*
 * At most max bytes; out is initialised here and owned by the caller. Fails: NOTFOUND when there is no such file (404, 410), LIMIT, IO
 * for another answer.
 */
bool log_source_read(const struct log_source *s, const char *path, size_t max, struct buf *out,
	struct err *e) MUST_CHECK;

#endif
