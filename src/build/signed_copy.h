/*
 * A copy of a finished image with its kernel image in another form: signed, or unsigned again. In the copy uki.efi differs
 * and, on the disk, the same file within the ESP with its clusters and its size; partition table, identifiers, manifest,
 * bill of materials, reference values and firmware are those of the image. Hence nothing that firmware measures moves but
 * the signature's own trace in PCR 7 (doc/signing.md). Files that no build writes (output_names.h) are not copied.
 */
#ifndef ASSAY_BUILD_SIGNED_COPY_H
#define ASSAY_BUILD_SIGNED_COPY_H

#include "base/err.h"
#include "base/span.h"

/* Both forms of one kernel image; borrowed. */
struct signed_copy {
	struct span unsigned_uki;
	struct span uki_now;  /* as it lies in the image: one of the two forms */
	struct span uki_then; /* as it shall lie in the copy */
};

/*
 * Writes the copy of the folder `from` into the folder `to`, which is made where it is not there. Fails: MISMATCH when the
 * image is not the one of its manifest, FORMAT for a link where a build writes a file, USAGE when both are one folder,
 * LIMIT when the signed image does not fit on the ESP; IO.
 */
bool signed_copy_write(
	const struct signed_copy *copy, const char *from, const char *to, struct err *e) MUST_CHECK;

#endif
