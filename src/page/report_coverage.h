/*
 * What is measured and what is not: the table of layers beside the picture, and the coverage of a shape with its gaps first.
 */
#ifndef ASSAY_PAGE_REPORT_COVERAGE_H
#define ASSAY_PAGE_REPORT_COVERAGE_H

#include "base/buf.h"
#include "page/report_layers.h"

/* Layer, where it comes from, what covers it: all that the picture says. */
void report_coverage_layers(struct buf *to, const struct report_layers *l);
void report_coverage_emit(struct buf *to, const struct report_layers *l);

#endif
