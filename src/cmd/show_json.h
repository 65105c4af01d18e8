/*
 * An image as one JSON document, for programs: all that the text has, and the lists that it leaves to options.
 */
#ifndef ASSAY_CMD_SHOW_JSON_H
#define ASSAY_CMD_SHOW_JSON_H

#include "cmd/show_load.h"

/* With files only where their paths match the glob; empty: none are asked for. */
bool show_json_print(const struct show *s, struct str files, struct err *e) MUST_CHECK;

#endif
