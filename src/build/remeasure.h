/*
 * Reference values once more, from the files of a finished image alone: uki.efi, the partition table of disk.img, and what
 * manifest.json says of firmware and root hash. Whether they are what reference-values.json says, and whether the files are
 * those of the manifest. A signed copy of an image is measured as what it was before: its signature lies outside of what
 * is measured.
 */
#ifndef ASSAY_BUILD_REMEASURE_H
#define ASSAY_BUILD_REMEASURE_H

#include "appraise/reference_values.h"
#include "base/buf.h"
#include "store/store.h"

struct remeasure {
	struct arena *a;
	struct buf uki;        /* unsigned */
	struct buf signed_uki; /* as it lies there, when it is signed */
	struct buf gpt;
	bool is_signed;
	uint8_t signer_sha256[SHA256_SIZE]; /* of the certificate that signed it */
	bool signature_differs;             /* it holds, but for another image than this */
	bool disk_unlike_uki; /* the signed uki.efi is not the file that disk.img boots */
	struct reference_values recorded; /* as in the file */
	struct reference_values computed; /* the same shapes, from the artefacts */
	bool same;                        /* the file's bytes are what would be written now */
	bool disk_differs, uki_differs;   /* from the manifest; a signature is no difference */
	bool manifest_differs;            /* from what the reference values name */
	bool pcr0_from_store; /* observed by this store, else taken over from the file where it has one */
};

/*
 * s may be NULL: then PCR 0 is the file's. *ret is for remeasure_done. Fails: NOTFOUND, FORMAT, IO; USAGE for a platform
 * or version without rules.
 */
bool remeasure_run(
	struct remeasure *ret, const char *out, const struct store *s, struct err *e) MUST_CHECK;
void remeasure_done(struct remeasure *r);

#endif
