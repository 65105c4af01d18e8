/*
 * Evidence from a file in whatever form it comes: an evidence bundle (evidence/bundle.h), or raw as a driver or service
 * gives it. Raw are:
 *
 *   SEV-SNP   the report (outblob of configfs-tsm), 1184 bytes; and, as an extended report, the host's certificate table behind it
 *   TDX       the quote (outblob of configfs-tsm)
 *   Nitro     the attestation document, COSE_Sign1
 *   Azure     the HCL report of NV index 0x01400001: the hardware's evidence without the vTPM's quote, which a verdict needs
 *
 * The kind is recognised by the bytes, and its own parser takes all of them. Nothing is verified.
 */
#ifndef ASSAY_APPRAISE_EVIDENCE_READ_H
#define ASSAY_APPRAISE_EVIDENCE_READ_H

#include "evidence/bundle.h"

/*
 * Borrows file; memory from a. Of a raw file's bundle only what the file holds is set. Fails: FORMAT, which says what the
 * file looks like where it is no evidence; LIMIT.
 */
bool evidence_read(struct bundle *ret, struct span file, struct arena *a, struct err *e) MUST_CHECK;

#endif
