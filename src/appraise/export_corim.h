/*
 * Reference values as a CoRIM (draft-ietf-rats-corim): one CoMID for each shape, with one reference triple whose measurement
 * has the shape's registers as integrity registers, each with a digest for each bank. Deterministic CBOR: the same
 * values give the same bytes. corim_read.h reads it.
 *
 *   501({0: "IMAGE/SHA-256 of its manifest", 1: [506(<< CoMID >>), ...]})
 *   CoMID = {1: {0: UUID}, 4: {0: [[{0: {1: VENDOR, 2: MODEL}}, [{0: SHAPE, 1: {? 2: [DIGEST], 11: IMAGE, 14: {REGISTER:
 *           [DIGEST, ...]}}}]]]}}
 *
 * REGISTER is a number of a TPM and an enclave, "MRTD" or "RTMR 0" of TDX, "measurement" of SNP, which has its digest as
 * such, too. The UUID follows from manifest and shape. A register without a value is left out.
 */
#ifndef ASSAY_APPRAISE_EXPORT_CORIM_H
#define ASSAY_APPRAISE_EXPORT_CORIM_H

#include "appraise/reference_values.h"

/* The tagged, unsigned CoRIM of all shapes, which export_words_check took. out has its maximum. LIMIT. */
bool export_corim(struct buf *out, const struct reference_values *v, struct err *e) MUST_CHECK;

/*
 * The protected header of a signed one: algorithm (trust/cose_sign1.h), content type, key, and who signs. Payload is what
 * export_corim gave.
 */
void export_corim_header(struct buf *out, int64_t alg, struct span kid, struct str signer);

#endif
