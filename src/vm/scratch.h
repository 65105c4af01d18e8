/*
 * A temporary folder of one machine or one check, below TMPDIR (or /tmp), mode 0700.
 */
#ifndef ASSAY_VM_SCRATCH_H
#define ASSAY_VM_SCRATCH_H

#include "base/err.h"

/* *ret: absolute path, owned by the caller (scratch_removep). */
bool scratch_make(char **ret, struct err *e) MUST_CHECK;
/*
 * The same for what is large: *held is open and locked while the caller lives, and the caller's to close after the folder
 * was removed. Folders whose makers are gone, killed for instance, are removed here first.
 */
bool scratch_make_held(char **ret, int *held, struct err *e) MUST_CHECK;
/* Removes the folder with all that is in it, and frees the path; nothing for NULL. For CLEANUP. */
void scratch_removep(char **path);

#endif
