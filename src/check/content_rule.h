/*
 * What differing bytes look like, where nothing proves why they differ: rules over their content, in a fixed order. They
 * order the search (what looks like a date is tried with the clock first) and give a suspicion where the search found
 * nothing.
 */
#ifndef ASSAY_CHECK_CONTENT_RULE_H
#define ASSAY_CHECK_CONTENT_RULE_H

#include "base/span.h"
#include "base/str.h"
#include "check/cause.h"

enum { CONTENT_RULE_PIECES_MAX = 4096 };

/*
 * The same lines in another order; where each has one line only, the same words. Bytes that hold more than
 * CONTENT_RULE_PIECES_MAX pieces are not looked at. a and b are what differs, all hunks put together: the same bytes in
 * both are lines that moved past others.
 */
bool content_rule_reordered(struct span a, struct span b);

/* place: the name of the innermost place ("ELF .comment"). *why: "both look like dates", static. UNKNOWN: no rule fits. */
enum cause_class content_rule_guess(
	struct str place, struct span a, struct span b, const char **why);

#endif
