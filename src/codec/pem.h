/*
 * Bytes in PEM (RFC 7468), as certificate chains travel. Strict: "-----BEGIN LABEL-----", base64 in lines, the same label
 * at the end; between two of them only white space. No headers, no other text.
 */
#ifndef ASSAY_CODEC_PEM_H
#define ASSAY_CODEC_PEM_H

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"
#include "base/str.h"

/*
 * The next block of that label: its bytes in memory of a, and what stands behind it. *found is false when only white
 * space is left. Fails: FORMAT, LIMIT.
 */
bool pem_next(bool *found, struct span *bytes, struct str *rest, const char *label, struct arena *a,
	struct err *e) MUST_CHECK;

#endif
