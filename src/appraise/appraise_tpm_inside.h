/*
 * What the files of appraise_tpm.h share: the appraisal under way.
 */
#ifndef ASSAY_APPRAISE_APPRAISE_TPM_INSIDE_H
#define ASSAY_APPRAISE_APPRAISE_TPM_INSIDE_H

#include "appraise/appraise_tpm.h"
#include "appraise/appraise_work.h"
#include "evidence/tpm_quote.h"
#include "evidence/tpm_signature.h"
#include "trust/signature.h"

struct appraise_tpm_state {
	struct appraise_work w;
	bool ak_parsed, quote_parsed, scheme_known;
	bool values_signed; /* the claimed values are exactly what the signature covers */
	struct tpm_public ak;
	struct tpm_name ak_name;
	struct signature_alg scheme;
	struct tpm_quote quote;
	struct verdict_claim hardware; /* what the endorsement key's root lets us say */
};

void appraise_tpm_key(struct appraise_tpm_state *s);       /* AK and EK */
void appraise_tpm_quote(struct appraise_tpm_state *s);     /* signature, binding, clock */
void appraise_tpm_registers(struct appraise_tpm_state *s); /* selection, digest, values */
void appraise_tpm_log(struct appraise_tpm_state *s);

#endif
