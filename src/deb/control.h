/*
 * deb822 (deb822(5), Debian policy 5.1): stanzas of "Name: value" fields with continuation lines, as in control files,
 * Packages and Release. A stanza borrows from the text; nothing is allocated, so that an index of 60 MB is read at the
 * speed of memory. Names are compared without regard to case; a field twice in a stanza is refused.
 */
#ifndef ASSAY_DEB_CONTROL_H
#define ASSAY_DEB_CONTROL_H

#include "base/err.h"
#include "base/span.h"
#include "base/str.h"

enum {
	CONTROL_FIELDS_MAX = 128,      /* of one stanza */
	CONTROL_STANZA_MAX = 16 << 20, /* bytes; Release lists every index in one stanza */
	CONTROL_TEXT_MAX = 512 << 20,  /* bytes in all */
	CONTROL_NAME_MAX = 64,         /* of a field */
};

struct control_field {
	struct str name;
	struct str value; /* blanks cut at both ends; inner line breaks and their indents kept */
};

struct control_stanza {
	struct control_field fields[CONTROL_FIELDS_MAX];
	size_t n;
	size_t line;     /* of its first field, from 1 */
	struct str text; /* the whole stanza, its last line break included */
};

struct control_reader {
	struct str text;
	size_t at, line;
};

/* Starts at the beginning of text, which is borrowed by the reader and by every stanza. */
void control_init(struct control_reader *r, struct span text);
/*
 * The next stanza; *found is false (and *ret untouched) at the end. Lines that begin with '#' are comments only in
 * source packages, and refused here. Fails FORMAT with the line (no colon, a name that is not printable ASCII, a
 * continuation before any field, a field twice, a NUL), LIMIT.
 */
bool control_next(struct control_reader *r, struct control_stanza *ret, bool *found,
	struct err *e) MUST_CHECK;
/* Text that holds exactly one stanza, as a package's control file does. */
bool control_one(struct control_stanza *ret, struct span text, struct err *e) MUST_CHECK;

/* The value, or p NULL when there is no such field. */
struct str control_field(const struct control_stanza *s, const char *name);
/* The same for a field that must be there and not be empty: FORMAT with the line of the stanza. */
bool control_need(const struct control_stanza *s, const char *name, struct str *ret,
	struct err *e) MUST_CHECK;

/*
 * Takes the next line off a folded value (struct str rest = value), without the blanks around it; false at the end.
 * Empty lines are passed over.
 */
bool control_line(struct str *rest, struct str *ret);
/* Takes the next word (separated by blanks) off a line; false at the end. */
bool control_word(struct str *rest, struct str *ret);

#endif
