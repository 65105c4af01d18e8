/*
 * Words of others among words of ours. Whatever they hold, they steer nothing: control characters, bytes that are no UTF-8,
 * and characters that hide or turn round what stands beside them (utf8_steers) come out as \xNN or \uNNNN, on one line.
 */
#ifndef ASSAY_CODEC_HARMLESS_H
#define ASSAY_CODEC_HARMLESS_H

#include "base/buf.h"

void harmless_add(struct buf *to, struct str text);

#endif
