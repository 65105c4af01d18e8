/*
 * Files of this project that the tool carries in itself, so that `assay init` needs nothing but the tool. The table is
 * made by tool/embed.sh from the list in src/template/meson.build.
 */
#ifndef ASSAY_TEMPLATE_EMBEDDED_H
#define ASSAY_TEMPLATE_EMBEDDED_H

#include "base/span.h"

struct embedded {
	const char *name; /* path in the project's folder */
	struct span bytes;
};

/* In the order of the list; ends with a zeroed entry. */
extern const struct embedded embedded[];

#endif
