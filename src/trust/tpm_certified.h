/*
 * Whether a certificate is for a key of a TPM: the key in it is that of the public area (evidence/tpm_public.h). Nothing is
 * said of who issued it, which is certificate_verify's question.
 */
#ifndef ASSAY_TRUST_TPM_CERTIFIED_H
#define ASSAY_TRUST_TPM_CERTIFIED_H

#include "trust/certificate.h"

/* Fails: MISMATCH for another key, NOTFOUND without a public area, or what cannot be read of either. */
bool tpm_certified(const struct certificate *c, struct span public_area, struct err *e) MUST_CHECK;

#endif
