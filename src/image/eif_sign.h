/*
 * Puts a signature section into an enclave image (measure/eif_signature.h), in the form that AWS's tools read: byte strings
 * as arrays of numbers, the COSE_Sign1 without its tag. No register but PCR 8 changes.
 */
#ifndef ASSAY_IMAGE_EIF_SIGN_H
#define ASSAY_IMAGE_EIF_SIGN_H

#include "base/buf.h"
#include "image/cose_signer.h"

/*
 * certificate: PEM, of this key. The key's curve is P-256, P-384 or P-521, as enclaves take them (USAGE else). Fails MISMATCH
 * for another key's certificate, and as eif_write_append; the image is untouched then.
 */
bool eif_sign(struct buf *image, const struct cose_signer *key, struct span certificate,
	struct err *e) MUST_CHECK;

#endif
