/*
 * What assay rebuild --packages found, for people and as JSON.
 */
#ifndef ASSAY_CMD_REBUILD_PACKAGES_REPORT_H
#define ASSAY_CMD_REBUILD_PACKAGES_REPORT_H

#include "check/rebuild_debs.h"

/* One unit, as soon as it is done; and how many of all were what. */
void rebuild_packages_report_print(const struct rebuild_debs *d);
void rebuild_packages_report_sum(const struct rebuild_debs *d, size_t n);

bool rebuild_packages_report_json(const struct rebuild_debs *d, size_t n, struct err *e) MUST_CHECK;

#endif
