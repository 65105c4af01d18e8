/*
 * image.eif of a build whose description says `image: format: eif`: the kernel, the description's words as command line, the
 * initrd as the ramdisk that boots, and the root file system below sysroot/ as the second one. What a
 * Nitro enclave starts from holds all of its files: there is no disk, and so no dm-verity.
 */
#ifndef ASSAY_BUILD_EIF_OUTPUT_H
#define ASSAY_BUILD_EIF_OUTPUT_H

#include "appraise/reference_values.h"
#include "build/artefacts.h"

#define EIF_OUTPUT_NAME "image.eif"
/* Where the root lies in an enclave: PID 1 of the initrd finds it there, as it would mount it. */
#define EIF_OUTPUT_ROOT "sysroot"

/* The whole file, in memory; *ret stays empty for a description that wants none. Fails as cpio_emit and eif_write do. */
bool eif_output_make(struct buf *ret, const struct artefacts_inputs *in, struct err *e) MUST_CHECK;
/* Adds its shape behind the others; nothing to do for an empty image. All memory from a. */
bool eif_output_predict(struct reference_values *values, const struct buf *image, struct arena *a,
	struct err *e) MUST_CHECK;
/* Gives it its name in the folder; an empty one takes away what an earlier build left there. IO. */
bool eif_output_publish(int folder, const struct buf *image, struct err *e) MUST_CHECK;

#endif
