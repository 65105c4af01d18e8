/*
 * A line for a person's terminal whose words may be anybody's: evidence, reference values, what a server answered. Whatever
 * they hold, it stays one line and steers nothing (codec/harmless.h).
 */
#ifndef ASSAY_CMD_LINE_H
#define ASSAY_CMD_LINE_H

#include <stdarg.h>
#include <stdio.h>

#include "codec/harmless.h"

/* Formats, makes harmless, prints with a line end. */
void line_print(FILE *to, const char *fmt, ...) PRINTF_LIKE(2, 3);
void line_print_list(FILE *to, const char *fmt, va_list ap) PRINTF_LIKE(2, 0);
/*
 * Lines of another program, a compiler's say, each on a line of its own; of other bytes than printable ASCII and tabs
 * there is a '?'. Ends with a line end, and prints nothing for nothing.
 */
void line_block(FILE *to, struct str text);
/* Text made harmless, added to b. */
static inline void line_add(struct buf *b, struct str text)
{
	harmless_add(b, text);
}

#endif
