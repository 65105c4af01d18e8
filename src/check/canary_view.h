/*
 * Canaries as the box shows them.
 */
#ifndef ASSAY_CHECK_CANARY_VIEW_H
#define ASSAY_CHECK_CANARY_VIEW_H

#include "box/box_view.h"
#include "check/canary.h"

struct canary_view {
	struct box_view view; /* points into this struct and into the canaries */
	const char *env[2];
	char work[CANARY_TEXT_MAX + sizeof "/build"];
};

/*
 * What a step sees with these channels varied; all others are the box's own. locale: for VARIATION_LOCALE. shuffled: file
 * order is that of the seed instead of the reverse. *ret must not move afterwards.
 */
void canary_view_make(struct canary_view *ret, const struct canaries *c, uint64_t variations,
	const char *locale, bool shuffled);

#endif
