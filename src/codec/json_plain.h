/* The run of a JSON string that stands for itself: nearly all of nearly every string. Shared by the reader and the writer. */
#ifndef ASSAY_CODEC_JSON_PLAIN_H
#define ASSAY_CODEC_JSON_PLAIN_H

#include "base/str.h"

/* How many bytes at the start of s are printable ASCII (0x20 to 0x7e) other than quote and backslash. */
size_t json_plain(struct str s);

#endif
