/*
 * A temporary folder of one machine, below TMPDIR (or /tmp), mode 0700.
 */
#ifndef ASSAY_VM_SCRATCH_H
#define ASSAY_VM_SCRATCH_H

#include "base/err.h"

/* *ret: absolute path, owned by the caller (scratch_removep). */
bool scratch_make(char **ret, struct err *e) MUST_CHECK;
/* Removes the folder with all that is in it, and frees the path; nothing for NULL. For CLEANUP. */
void scratch_removep(char **path);

#endif
