/*
 * A verdict on a machine: what it concludes, its claims and every check.
 */
#ifndef ASSAY_PAGE_REPORT_VERDICT_H
#define ASSAY_PAGE_REPORT_VERDICT_H

#include "base/buf.h"
#include "page/told_verdict.h"

/* here: appraised when the page was made, and not taken from a file. */
void report_verdict_emit(struct buf *to, const struct told_verdict *v, bool here);
/* The status in a line that stands out. */
void report_verdict_in_short(struct buf *to, const struct told_verdict *v, bool here);

#endif
