/*
 * The labels of the evidence bundle with their media types and indicators: one table for reading and writing.
 */
#ifndef ASSAY_EVIDENCE_BUNDLE_PART_H
#define ASSAY_EVIDENCE_BUNDLE_PART_H

#include <stddef.h>
#include <stdint.h>

#include "evidence/bundle.h"

/* Bits of a CMW record's indicator (draft-ietf-rats-msg-wrap, section 3.1). */
enum { BUNDLE_PART_ENDORSEMENTS = 2, BUNDLE_PART_EVIDENCE = 4 };

enum bundle_part_kind {
	BUNDLE_PART_BINDING, /* JSON that is read into struct binding */
	BUNDLE_PART_VALUES,  /* JSON that is read into the banks */
	BUNDLE_PART_BYTES,   /* a span at `at` of struct bundle */
	BUNDLE_PART_CHAIN,   /* LABEL.0, LABEL.1 ... into a bundle_chain at `at` */
};

struct bundle_part {
	const char *label, *type;
	uint64_t indicator;
	enum bundle_part_kind kind;
	unsigned kinds, required; /* bit n: in bundles of kind n it may stand, and must */
	size_t at;
	size_t size_max;
};

/* In the order in which they are written; ends with a NULL label. */
extern const struct bundle_part bundle_part_all[];

/* Media types of the two JSON parts' formats. */
#define BUNDLE_PART_BINDING_FORMAT "assay.binding/1"
#define BUNDLE_PART_VALUES_FORMAT "assay.pcr-values/1"

#endif
