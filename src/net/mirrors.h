/*
 * Where archives can be asked: the base URIs of this machine's apt configuration, or those that the user names. Only
 * Debian's own archives ("debian", "debian-security") are known; which suites apt takes from a URI does not matter, the
 * description names its own. A mirror is trusted with nothing: every byte that comes from it is checked.
 */
#ifndef ASSAY_NET_MIRRORS_H
#define ASSAY_NET_MIRRORS_H

#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

enum { MIRRORS_MAX = 64, MIRRORS_APT_SIZE_MAX = 1 << 20 };

struct mirrors;

/* Empty; never fails. */
struct mirrors *mirrors_new(void);
void mirrors_free(struct mirrors *m);
void mirrors_freep(struct mirrors **m);

/*
 * Adds what the user names: an http, https or file URL, or a local folder (with a '/' or '.' first). Where its last
 * component is "debian" or "debian-security" it is tried for that archive, else URL/debian and URL/debian-security are, and URL/sources
 * for "sources": git trees and tarballs by digest, as `assay archive` lays them out.
 * Fails USAGE for another scheme, for user names and passwords, queries and fragments, LIMIT.
 */
bool mirrors_add(struct mirrors *m, const char *url, struct err *e) MUST_CHECK;

/*
 * Adds the URIs of the enabled `deb` entries of sources.list and sources.list.d below the folder `apt` ("/etc/apt"), in
 * the order of file names: deb822 (.sources) and one-line (.list) form, http, https, file, and mirror+file lists. Entries
 * of other archives are passed over; a folder without sources is not an error. Fails IO, LIMIT.
 */
bool mirrors_add_apt(struct mirrors *m, const char *apt, struct err *e) MUST_CHECK;

/*
 * The base URIs for an archive in the order in which they were added; *n 0 when there are none. Without one for
 * "debian-security" it is looked for beside "debian" on the same hosts. Borrowed from m until the next call that adds.
 */
const char *const *mirrors_for(struct mirrors *m, struct str archive, size_t *n);

#endif
