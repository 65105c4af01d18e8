/*
 * Words of a long text on lines of 80 columns.
 */
#ifndef ASSAY_CMD_WRAP_H
#define ASSAY_CMD_WRAP_H

#include "base/str.h"

/* On standard output, each line behind `indent` blanks; a word that is longer than a line gets one of its own. */
void wrap_print(unsigned indent, struct str text);
/* The same where the first `indent` columns of the first line are written already. */
void wrap_print_behind(unsigned indent, struct str text);

#endif
