/*
 * UTF-16LE as firmware writes names and texts: into UTF-8, whatever the bytes are.
 */
#ifndef ASSAY_CODEC_UTF16_H
#define ASSAY_CODEC_UTF16_H

#include "base/buf.h"
#include "base/span.h"

/*
 * Appends at most max characters of s as UTF-8, "..." behind them where there are more. Half a surrogate pair comes out as
 * \uNNNN, a single last byte as \xNN; NULs at the end are left out, others are kept.
 */
void utf16_add(struct buf *b, struct span s, size_t max);

/* Whether these bytes are UTF-16LE rather than ASCII: an even number of them, and of the first character one byte is zero. */
bool utf16_likely(struct span s);

#endif
