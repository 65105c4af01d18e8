/*
 * The default templates of endorsement keys (TCG EK Credential Profile 2.5, B.3.3 and B.3.4: L-1 RSA 2048, L-2 ECC P-256).
 * A key that equals its template in everything but its numbers is a restricted storage key whose use the endorsement
 * hierarchy's owner allows: it can decrypt credentials and nothing else.
 */
#ifndef ASSAY_TRUST_EK_TEMPLATE_H
#define ASSAY_TRUST_EK_TEMPLATE_H

#include "base/err.h"
#include "evidence/tpm_public.h"

/* Fails: MISMATCH with the first field that differs, wanted and found. */
bool ek_template_check(const struct tpm_public *ek, struct err *e) MUST_CHECK;

#endif
