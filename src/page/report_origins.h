/*
 * Who the bytes of an image come from, as its manifest says: the four classes of all that is measured, the origins of its
 * files, its packages with their sources.
 */
#ifndef ASSAY_PAGE_REPORT_ORIGINS_H
#define ASSAY_PAGE_REPORT_ORIGINS_H

#include "base/buf.h"
#include "build/manifest_shares.h"

void report_origins_emit(
	struct buf *to, const struct manifest *m, const struct manifest_share_list *origins);
/* As origin_class_tell, where no line ends before a "%". */
void report_origins_tell(struct buf *to, const struct origin_class_shares *s);
/* Packages of a set of the lock: "image"; of all whose name begins so. */
size_t report_origins_packages(const struct manifest *m, const char *set);

#endif
