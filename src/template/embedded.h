/*
 * What `assay init` lays into a new folder, so that it needs nothing but the tool: the list in src/template/meson.build.
 */
#ifndef ASSAY_TEMPLATE_EMBEDDED_H
#define ASSAY_TEMPLATE_EMBEDDED_H

#include "base/embedded_file.h"

/* In the order of the list. */
extern const struct embedded embedded[];

#endif
