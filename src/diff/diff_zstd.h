/*
 * Where zstd frames (RFC 8878) end, without decoding them: libarchive refuses the zeros that tar writers put behind them.
 */
#ifndef ASSAY_DIFF_ZSTD_H
#define ASSAY_DIFF_ZSTD_H

#include "diff/diff_bytes.h"

/* The offset behind the last whole frame; 0 when it does not start with one. */
uint64_t diff_zstd_end(const struct diff_bytes *src);

#endif
