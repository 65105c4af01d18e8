/*
 * ASN.1 values in DER (ITU-T X.690), as far as signatures need them: one value after the other, and writing one around
 * bytes that are there. Strict: tags of one byte, definite lengths in their shortest form, nothing beyond the input.
 * What a value means is its reader's business; nothing recurses.
 */
#ifndef ASSAY_CODEC_DER_H
#define ASSAY_CODEC_DER_H

#include "base/buf.h"
#include "base/rd.h"

enum {
	DER_INTEGER = 0x02,
	DER_BIT_STRING = 0x03,
	DER_OCTET_STRING = 0x04,
	DER_OID = 0x06,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,
	DER_CONTEXT_0 = 0xa0, /* constructed, [0] */
	DER_CONTEXT_1 = 0xa1,
};

/* The next value, borrowed: *whole with tag and length, *content without. Fails: FORMAT, "WHAT at OFFSET: ...". */
bool der_next(struct span *whole, struct span *content, uint8_t *tag, struct rd *r,
	const char *what, struct err *e) MUST_CHECK;
/* The next value, which must have this tag: a reader of its content. Fails as der_next. */
bool der_enter(
	struct rd *content, struct rd *r, uint8_t tag, const char *what, struct err *e) MUST_CHECK;
/* The next value, which must be these very bytes, tag and length included. Fails as der_next. */
bool der_exactly(struct rd *r, struct span whole, const char *what, struct err *e) MUST_CHECK;
/* Nothing is left. FORMAT. */
bool der_end(const struct rd *r, const char *what, struct err *e) MUST_CHECK;

/* Appends tag, length, content. */
void der_put(struct buf *out, uint8_t tag, struct span content);
/* Makes what was appended to out since its size was `start` the content of a value: tag and length go before it. */
void der_close(struct buf *out, size_t start, uint8_t tag);

#endif
