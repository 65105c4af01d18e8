/*
 * Changes in the text of a trust file that leave everything else as its owner wrote it, comments included: a further element of a
 * list, another number. What was made is read again, and is only taken when it says what the file said before and the change, and
 * nothing else: YAML has more ways of writing things than are looked for here.
 */
#ifndef ASSAY_CMD_TRUST_EDIT_H
#define ASSAY_CMD_TRUST_EDIT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

struct trust_edit {
	const char *member; /* "rebuilders", "witnesses" */
	const char *inner;  /* "keys": a member of that member; NULL: none */
	struct str value;   /* YAML: lines of an element without indentation; or the number */
	bool append; /* to the list; else the number replaces what is there, or stands there first */
};

/*
 * out: the whole new text. Memory from a. Fails: USAGE when it cannot be done without touching more, with what to write by
 * hand as hint; FORMAT when text is no YAML, LIMIT.
 */
bool trust_edit(struct buf *out, struct span text, const struct trust_edit *edit, struct arena *a,
	struct err *e) MUST_CHECK;

/* A text as YAML writes it on one line: as it is where that is safe, else in double quotes. Fails LIMIT. */
struct str trust_edit_scalar(struct str s, struct arena *a);

#endif
