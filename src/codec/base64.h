/*
 * Base64 (RFC 4648) in its two alphabets, each in exactly one form: the standard alphabet always padded, the URL alphabet
 * never. Reading takes nothing else: no white space, no other alphabet, no bits left over. One value, one spelling.
 */
#ifndef ASSAY_CODEC_BASE64_H
#define ASSAY_CODEC_BASE64_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "base/str.h"

enum base64_form {
	BASE64_STANDARD, /* section 4: '+' and '/', padded with '=' */
	BASE64_URL,      /* section 5: '-' and '_', without padding */
};

void base64_add(struct buf *b, struct span s, enum base64_form form);

/* Bytes in memory of a. Fails: FORMAT with the position, LIMIT. */
bool base64_read(struct span *ret, struct str s, enum base64_form form, struct arena *a,
	struct err *e) MUST_CHECK;

#endif
