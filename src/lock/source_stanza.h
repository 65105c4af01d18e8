/*
 * A source package as its stanza in a Sources index describes it (deb-src-control(5), but with Package, Directory and
 * Checksums-Sha256 of the index), in the terms of the lock. The .dsc is only one of its files: all that is needed of it
 * the index says, too.
 */
#ifndef ASSAY_LOCK_SOURCE_STANZA_H
#define ASSAY_LOCK_SOURCE_STANZA_H

#include "deb/control.h"
#include "lock/lock.h"

enum { SOURCE_STANZA_FILES_MAX = 200 };

/* Debian policy 5.6.1: at least two of lower-case letters, digits and "+-.", beginning with a letter or digit. */
bool source_stanza_is_name(struct str name);
/* Any name of a file of a source package: letters, digits and "+-.~_:%", beginning with a letter or digit. */
bool source_stanza_is_file(struct str name);
/* A format that can be built from: "3.0 (quilt)", "3.0 (native)", "1.0". */
bool source_stanza_is_format(struct str format);

/*
 * Fills all of *ret but index, files sorted by name; strings borrow the stanza, the list is the arena's. Fails FORMAT with the line, LIMIT.
 */
bool source_stanza_read(struct lock_source *ret, const struct control_stanza *s, struct arena *a,
	struct err *e) MUST_CHECK;
/* Whether both say the same (everything but index); *what names the first difference. */
bool source_stanza_agrees(
	const struct lock_source *a, const struct lock_source *b, const char **what);

#endif
