/* What pcs_json_split must have found, whatever it was given. */
#ifndef ASSAY_FUZZ_PCS_SPLIT_H
#define ASSAY_FUZZ_PCS_SPLIT_H

#include "base/str.h"

/* The body lies in the document, directly behind its beginning (`{"tcbInfo":`), before which only blanks are. */
static inline bool pcs_split_holds(struct span document, struct span body, const char *beginning)
{
	size_t n = strlen(beginning), at = (size_t)(body.p - document.p);
	struct str before;

	if (body.p < document.p + n || body.n >= document.n - at)
		return false;
	before = str_make((const char *)document.p, at - n);
	return !memcmp(body.p - n, beginning, n) && str_trim(before).n == 0;
}

#endif
