/*
 * A line for a person's terminal whose words may be anybody's: evidence, reference values, what a server answered. Whatever
 * they hold, it stays one line and steers nothing: control characters, bytes that are no UTF-8, and characters that hide or
 * turn round what stands beside them (bidirectional and invisible ones) come out as \xNN or \uNNNN.
 */
#ifndef ASSAY_CMD_LINE_H
#define ASSAY_CMD_LINE_H

#include <stdio.h>

#include "base/buf.h"

/* Formats, makes harmless, prints with a line end. */
void line_print(FILE *to, const char *fmt, ...) PRINTF_LIKE(2, 3);
/*
 * Lines of another program, a compiler's say, each on a line of its own; of other bytes than printable ASCII and tabs
 * there is a '?'. Ends with a line end, and prints nothing for nothing.
 */
void line_block(FILE *to, struct str text);
/* Text made harmless, added to b. */
void line_add(struct buf *b, struct str text);

#endif
