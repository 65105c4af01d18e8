/*
 * Where the bytes that a machine measures come from, in four classes, and how many there are of each. Who builds an image
 * says it in its manifest; reference values repeat the sums, and a verdict tells them as what the manifest says.
 */
#ifndef ASSAY_APPRAISE_ORIGIN_CLASS_H
#define ASSAY_APPRAISE_ORIGIN_CLASS_H

#include "base/buf.h"
#include "codec/json.h"

enum origin_class {
	ORIGIN_OPAQUE,       /* nobody knows */
	ORIGIN_SOURCE,       /* built here from source, or text that a person or assay wrote */
	ORIGIN_DISTRIBUTION, /* bytes of a binary package of the lock */
	ORIGIN_REPRODUCED, /* the same, and the package was made here from its source, bit for bit */
	ORIGIN_CLASSES,
};

const char *origin_class_name(enum origin_class c); /* "source" */
bool origin_class_read(enum origin_class *ret, struct str name) MUST_CHECK;

/* Bytes of each class. */
struct origin_class_shares {
	uint64_t bytes[ORIGIN_CLASSES];
};

/* False when the sum would be above UINT64_MAX / 2000; nothing is added then. */
bool origin_class_add(
	struct origin_class_shares *s, enum origin_class c, uint64_t bytes) MUST_CHECK;
uint64_t origin_class_total(const struct origin_class_shares *s);

/* The members "source", "reproduced", "distribution", "opaque" of an open object. */
void origin_class_emit(struct json_out *w, const struct origin_class_shares *s);
/* An object of these members and no other: FORMAT. */
bool origin_class_parse(
	struct origin_class_shares *ret, const struct json *o, struct err *e) MUST_CHECK;

/*
 * Appends "62.1 % source, 37.9 % distribution": classes that have bytes, in tenths of a percent. What is not all is never
 * "100.0 %", and what is something never "0.0 %" but "under 0.1 %". "no bytes" when there are none.
 */
void origin_class_tell(struct buf *out, const struct origin_class_shares *s);

#endif
