/*
 * What differs: between the files of an image, between it and what rebuilders found, between it and a machine's evidence.
 */
#ifndef ASSAY_PAGE_REPORT_DIFFERS_H
#define ASSAY_PAGE_REPORT_DIFFERS_H

#include "page/report_page.h"

/* Whether there is anything to tell. */
bool report_differs_any(const struct report_page *p);
void report_differs_emit(struct buf *to, const struct report_page *p);

#endif
