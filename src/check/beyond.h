/*
 * Canaries beyond what differs first. A longer path moves all that stands behind it, so that the first bytes that differ may be
 * an offset; the text itself stands somewhere else in the artefact.
 */
#ifndef ASSAY_CHECK_BEYOND_H
#define ASSAY_CHECK_BEYOND_H

#include "check/place.h"

enum { BEYOND_FILE_MAX = 8 << 20 }; /* larger artefacts are not looked through */

/*
 * Where the sight of that number holds no sure canary of its build, looks for texts in the whole artefact: first and second
 * are the folders of the two builds. Fills the sight's `beyond`.
 */
void beyond_look(struct places *p, size_t sight, const struct canaries *c, const char *first,
	const char *second);

#endif
