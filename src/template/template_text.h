/*
 * The texts of templates: one file serves several templates. A line "NAME|text" stands, without its mark, only where
 * NAME is the template that is filled in, and @WORD@ becomes that word's value. Everything else is copied.
 */
#ifndef ASSAY_TEMPLATE_TEXT_H
#define ASSAY_TEMPLATE_TEXT_H

#include "base/buf.h"

enum { TEMPLATE_TEXT_MAX = 65536 };

struct template_word {
	const char *word; /* "@NAME@" */
	struct str value;
};

/*
 * Appends to out. `name` is one of `names`, which end with NULL: lines of the others are left out. Words end with a
 * zeroed entry.
 */
void template_text_fill(struct buf *out, struct str text, const char *name,
	const char *const names[], const struct template_word *words);

#endif
