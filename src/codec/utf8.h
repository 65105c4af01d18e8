/*
 * UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
 */
#ifndef ASSAY_CODEC_UTF8_H
#define ASSAY_CODEC_UTF8_H

#include "base/buf.h"
#include "base/str.h"

bool utf8_valid(struct str s);
/* Length of the sequence at the start of s, 0 when it is not valid; *cp gets the code point. */
size_t utf8_read(struct str s, uint32_t *cp);
/* Writes 1 to 4 bytes; returns how many. cp must be a Unicode scalar value. */
size_t utf8_write(char *out, uint32_t cp);
/*
 * A character that steers what shows it instead of being seen: controls (C0, DEL, C1), line and paragraph ends, and Unicode's
 * format characters, which hide, join or turn round what stands beside them.
 */
bool utf8_steers(uint32_t cp);
/* Appends s as UTF-16LE without a terminator; false when s is not valid UTF-8. */
bool utf8_to_utf16le(struct buf *b, struct str s) MUST_CHECK;

#endif
