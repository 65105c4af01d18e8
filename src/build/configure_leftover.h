/*
 * What maintainer scripts and dpkg leave behind that is no part of a machine, or differs each time: a fixed list, which
 * doc/configure.md explains line by line. It is taken out of what scripts changed; a file that a package brings is never.
 */
#ifndef ASSAY_BUILD_CONFIGURE_LEFTOVER_H
#define ASSAY_BUILD_CONFIGURE_LEFTOVER_H

#include "base/buf.h"
#include "tree/tree.h"

/* Is this path, which no package has, dropped? */
bool configure_leftover_drops(struct str path, enum node_kind kind);

/*
 * Is the content of this path mended? So far etc/shadow: the day of the last change of every password becomes `day`
 * (since 1970). The mended text goes into out.
 */
bool configure_leftover_mends(struct str path);
void configure_leftover_mend(struct buf *out, struct str text, uint64_t day);

/* Does this content start a private key? A key made in the box is everyone's, since its randomness is. */
bool configure_leftover_is_key(struct span start);
enum { CONFIGURE_LEFTOVER_KEY_WINDOW = 4096 };

#endif
