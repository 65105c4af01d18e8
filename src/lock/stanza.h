/*
 * A package as its stanza in a Packages index describes it, in the terms of the lock.
 */
#ifndef ASSAY_LOCK_STANZA_H
#define ASSAY_LOCK_STANZA_H

#include "deb/control.h"
#include "lock/lock.h"

/*
 * Fills all of *ret but index and why. Strings borrow the stanza. The source is the package's own name and version
 * unless Source says otherwise. Fails FORMAT with the line.
 */
bool stanza_package(
	struct lock_package *ret, const struct control_stanza *s, struct err *e) MUST_CHECK;
/* Whether both say the same of the package (everything but index and why); *what names the first difference. */
bool stanza_agrees(const struct lock_package *a, const struct lock_package *b, const char **what);

#endif
