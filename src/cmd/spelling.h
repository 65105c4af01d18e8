/* Which known word a person may have meant. */
#ifndef ASSAY_CMD_SPELLING_H
#define ASSAY_CMD_SPELLING_H

#include <stdbool.h>

#include "base/str.h"

/* One slip, or two in words from six letters: a letter too many, too few, another, or two swapped. */
bool spelling_near(struct str word, struct str known);

#endif
