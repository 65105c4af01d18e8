/*
 * Why something is made again, in words: what a build is about to read against what the manifest in its output folder says
 * an earlier build read. It decides nothing and believes nothing: a manifest that cannot be read counts as none.
 */
#ifndef ASSAY_BUILD_CHANGES_H
#define ASSAY_BUILD_CHANGES_H

#include "build/inputs.h"
#include "build/manifest.h"
#include "codec/json.h"

enum { CHANGES_MEMORY_MAX = 512 << 20, CHANGES_TOLD_MAX = 6, CHANGES_TEXT_MAX = 16384 };

struct changes {
	struct arena *arena; /* owned */
	bool known;          /* there is a manifest of an earlier build */
	struct json manifest;
};

/* Reads manifest.json in the folder. For changes_done. */
void changes_read(struct changes *ret, int folder);
void changes_done(struct changes *c);

/* Appends one line without its end: why this component was compiled. */
void changes_component(const struct changes *c, const struct component_made *m,
	const struct lock *l, struct buf *out);
/* The same for the whole image. overlays: finished trees, one for each that the description names. */
void changes_image(const struct changes *c, const struct inputs *in,
	const struct component_made *components, struct tree *const *overlays, struct buf *out);

#endif
