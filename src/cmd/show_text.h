/*
 * An image as a person would ask about it, in plain text of 80 columns.
 */
#ifndef ASSAY_CMD_SHOW_TEXT_H
#define ASSAY_CMD_SHOW_TEXT_H

#include "cmd/show_load.h"

void show_text_print(const struct show *s);
/* Lists that are asked for by an option. */
void show_text_packages(const struct show *s);
void show_text_units(const struct show *s);
void show_text_scripts(const struct show *s);
/* Files of initrd and root whose path matches; false when none does. */
bool show_text_files(const struct show *s, struct str glob);

#endif
