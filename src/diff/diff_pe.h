/*
 * Two EFI programs, unified kernel images among them: headers, sections by name, what follows, signature.
 */
#ifndef ASSAY_DIFF_DIFF_PE_H
#define ASSAY_DIFF_DIFF_PE_H

#include "diff/diff_walk.h"

/* FORMAT and LIMIT, with no leaf added, when one of them is none; else as diff_pair. */
bool diff_pe(struct diff_walk *w, struct span a, struct span b, struct err *e) MUST_CHECK;

#endif
