/*
 * Two Linux kernels as a boot loader takes them (Linux: Documentation/arch/x86/boot.rst): version line, setup, compressed
 * payload, and what lies around it.
 */
#ifndef ASSAY_DIFF_DIFF_KERNEL_H
#define ASSAY_DIFF_DIFF_KERNEL_H

#include "diff/diff_walk.h"

bool diff_kernel_is(struct span s);
/* Both are kernels. Fails FORMAT, with no leaf added, when the header's places are not in the file; else as diff_pair. */
bool diff_kernel(struct diff_walk *w, struct span a, struct span b, struct err *e) MUST_CHECK;

#endif
