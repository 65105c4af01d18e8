/*
 * reference-values.json of a build: the shapes that the description names, folded from what was just written, with
 * PCR 0 as it was observed when this firmware was booted here.
 */
#ifndef ASSAY_BUILD_REFERENCE_H
#define ASSAY_BUILD_REFERENCE_H

#include "build/artefacts.h"
#include "build/manifest.h"
#include "build/record.h"

struct reference_inputs {
	const struct description *description;
	const struct artefacts *artefacts;
	const struct manifest_firmware *firmware;
	const uint8_t *manifest_sha256;
	const struct digest *pcr0; /* RECORD_PCR0_BANKS of them, or NULL: not known */
};

/* Appends the canonical bytes to out. USAGE for a platform that this build does not know. */
bool reference_emit(const struct reference_inputs *in, struct buf *out, struct err *e) MUST_CHECK;

/*
 * PCR 0 of a firmware: from the store's record, else by booting the observer image (vm/observe.h) in a temporary folder
 * of the store, which is recorded. *known false when it must not be observed and there is no record.
 */
bool reference_pcr0(struct store *s, const struct artefacts_inputs *image,
	const struct manifest_firmware *firmware, bool observe, bool *known,
	struct digest pcr0[static RECORD_PCR0_BANKS], struct err *e) MUST_CHECK;

#endif
