/*
 * What a person can do about an error that does not say it itself: one sentence for each kind, and for the commonest
 * answers of the operating system. Whoever knows more says it with err_hint where the error comes from.
 */
#ifndef ASSAY_CMD_HINT_H
#define ASSAY_CMD_HINT_H

#include "base/err.h"

/* Never NULL or empty. */
const char *hint_of(const struct err *e);
/*
 * Of a file that could not be read: what is wanted there, unless the system would give nothing to this user or at this moment
 * (EACCES and the like), of which hint_of knows more. Returns false.
 */
bool hint_wanted(struct err *e, const char *wanted);

#endif
