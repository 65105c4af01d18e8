/*
 * What a build of assay writes about itself: manifest, reference values, SBOM. They are compared member by member, and what
 * they say of outputs follows from the outputs; what a manifest says of inputs does not.
 */
#ifndef ASSAY_DIFF_DIFF_DOCUMENT_H
#define ASSAY_DIFF_DIFF_DOCUMENT_H

#include "diff/diff_walk.h"

/* FORMAT, with no leaf added, when one of them is no such document. */
bool diff_document(struct diff_walk *w, struct span a, struct span b, struct err *e) MUST_CHECK;

#endif
