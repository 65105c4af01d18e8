/*
 * Lower-case hexadecimal. Reading refuses upper case: one value, one spelling.
 */
#ifndef ASSAY_BASE_HEX_H
#define ASSAY_BASE_HEX_H

#include "base/buf.h"
#include "base/span.h"
#include "base/str.h"

/* Writes 2*n characters and a terminating NUL. */
void hex_write(char *out, const void *p, size_t n);
/* s must have exactly 2*n lower-case digits; out untouched on failure. */
bool hex_read(struct str s, uint8_t *out, size_t n) MUST_CHECK;
void hex_add(struct buf *b, struct span s);

#endif
