/*
 * The layers of an image that one shape measures, for a reader: where each comes from, as the manifest says, which registers
 * cover it, and whether anybody can check these. What a layer is called is the coverage table's own; of names that are not
 * known here nothing is said about where they come from.
 */
#ifndef ASSAY_PAGE_REPORT_LAYERS_H
#define ASSAY_PAGE_REPORT_LAYERS_H

#include "appraise/reference_values.h"
#include "build/manifest_parse.h"

enum report_cover {
	REPORT_COVER_NOTHING, /* no register takes it in */
	REPORT_COVER_NO_VALUE, /* one does, and no value is predicted: a verifier has nothing to compare with */
	REPORT_COVER_OBSERVED, /* only by values that were seen, not computed */
	REPORT_COVER_COMPUTED,
};

struct report_layer {
	const struct reference_coverage *row;
	enum report_cover cover;
	uint32_t registers; /* bit i: the shape's i-th register */
	bool beside; /* firmware that is no file of this image: an input of the shape says which */
	bool in_image; /* the manifest says where it comes from: */
	struct origin_class_shares from;
	struct str origin; /* "package:ovmf"; empty where it is more than one */
};

struct report_layers {
	const struct reference_shape *shape;
	struct report_layer *items;
	size_t n;
};

/* All memory is the arena's or borrowed. Fails LIMIT. */
bool report_layers_find(struct report_layers *ret, const struct reference_shape *s,
	const struct manifest *m, struct arena *a, struct err *e) MUST_CHECK;

/* "computed", "not covered", ... for a reader, and the class of its badge: "ok", "warn", "bad". */
const char *report_layers_cover(enum report_cover c);
const char *report_layers_badge(enum report_cover c);

#endif
