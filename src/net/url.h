/*
 * URLs as far as a client of archives needs them: what we are willing to ask, and a path joined to a base.
 */
#ifndef ASSAY_NET_URL_H
#define ASSAY_NET_URL_H

#include "base/err.h"
#include "base/str.h"

enum { URL_SIZE_MAX = 4096 };

/*
 * The URL of a base that a person or a file named, without trailing slashes; a local folder (first character '/' or '.')
 * becomes a file URL. Owned by the caller. Fails USAGE for another scheme than http, https and file, for a user name,
 * query, fragment, blank or control character, NOTFOUND for a folder that is not there, LIMIT.
 */
bool url_of_base(char **ret, struct str base, struct err *e) MUST_CHECK;
/*
 * base/path with everything in path escaped that a URL reserves; owned by the caller. Fails FORMAT for a path that has a
 * control character or an empty, "." or ".." component, LIMIT.
 */
bool url_join(char **ret, const char *base, struct str path, struct err *e) MUST_CHECK;
/* The host is this machine itself, so no proxy should be asked. */
bool url_is_loopback(const char *url);

#endif
