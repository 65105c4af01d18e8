/*
 * A file of this project that the tool carries in itself. Tables of them are made by tool/embed.sh and end with a zeroed
 * entry.
 */
#ifndef ASSAY_BASE_EMBEDDED_FILE_H
#define ASSAY_BASE_EMBEDDED_FILE_H

#include "base/span.h"

struct embedded {
	const char *name; /* path in the project's folder */
	struct span bytes;
};

#endif
