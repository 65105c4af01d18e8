/*
 * reference-values.json of a build: the shapes that the description names, folded from what was just written, with
 * PCR 0 as it was observed when this firmware was booted here.
 */
#ifndef ASSAY_BUILD_REFERENCE_H
#define ASSAY_BUILD_REFERENCE_H

#include "appraise/reference_values.h"
#include "build/artefacts.h"
#include "build/manifest.h"
#include "build/record.h"

enum { REFERENCE_MEMORY_MAX = 256 << 20 };

struct reference_inputs {
	const struct description *description;
	const struct artefacts *artefacts;
	const struct manifest_firmware *firmware;
	const struct manifest_boot_file
		*platform_firmware; /* by place in the description; no origin: none */
	const struct digest *pcr0;  /* RECORD_PCR0_BANKS of them, or NULL: not known */
};

/*
 * The values of all shapes, in a; manifest_sha256 is left for the caller to set before reference_values_emit. USAGE for a
 * platform that this build does not know.
 */
bool reference_predict(struct reference_values *ret, const struct reference_inputs *in,
	struct arena *a, struct err *e) MUST_CHECK;

/*
 * PCR 0 of a firmware: from the store's record, else by booting the observer image (vm/observe.h) in a temporary folder
 * of the store, which is recorded. *known false when it must not be observed and there is no record.
 */
bool reference_pcr0(struct store *s, const struct artefacts_inputs *image,
	const struct manifest_firmware *firmware, bool observe, bool *known,
	struct digest pcr0[static RECORD_PCR0_BANKS], struct err *e) MUST_CHECK;

#endif
