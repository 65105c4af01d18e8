/*
 * Findings of appraise/explain.h in words.
 */
#ifndef ASSAY_CMD_EXPLAIN_TEXT_H
#define ASSAY_CMD_EXPLAIN_TEXT_H

#include "appraise/explain.h"

/* One finding after the other with both values; the summary last. Prints nothing but "nothing differs" for none. */
void explain_text_print(const struct explain *ex);

#endif
