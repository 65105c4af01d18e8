/*
 * Two ELF files (System V ABI, chapter 4): sections by name, with the function or object that a difference lies in where a
 * symbol table says so; the header; what no section has.
 */
#ifndef ASSAY_DIFF_DIFF_ELF_H
#define ASSAY_DIFF_DIFF_ELF_H

#include "diff/diff_walk.h"

/* FORMAT and LIMIT, with no leaf added, when one of them cannot be read; else as diff_pair. */
bool diff_elf(struct diff_walk *w, struct span a, struct span b, struct err *e) MUST_CHECK;

#endif
