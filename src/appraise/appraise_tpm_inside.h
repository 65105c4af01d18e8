/*
 * What the files of appraise_tpm.h share: the appraisal under way. Azure's machines have a TPM, too, whose key another
 * structure names (appraise_azure.h): everything but appraise_tpm_key works for them as well.
 */
#ifndef ASSAY_APPRAISE_APPRAISE_TPM_INSIDE_H
#define ASSAY_APPRAISE_APPRAISE_TPM_INSIDE_H

#include "appraise/appraise_tpm.h"
#include "appraise/appraise_work.h"
#include "evidence/tpm_quote.h"
#include "evidence/tpm_signature.h"
#include "trust/certificate.h"
#include "trust/signature.h"

struct appraise_tpm_state {
	struct appraise_work w;
	bool ak_parsed, quote_parsed, scheme_known; /* ak, quote, scheme are there */
	bool values_signed; /* the claimed values are exactly what the signature covers */
	struct tpm_public ak;
	struct tpm_name ak_name;
	struct signature_alg scheme;
	struct tpm_quote quote;
	struct verdict_claim hardware; /* what the endorsement key's root lets us say */
};

void appraise_tpm_key(struct appraise_tpm_state *s); /* AK and EK; or ak, scheme are set */
/* Which instance of Google Compute Engine the AK is certified for; leaf NULL: no certificate that holds. */
void appraise_tpm_gce(struct appraise_tpm_state *s, const struct certificate *leaf);
void appraise_tpm_quote_signed(struct appraise_tpm_state *s); /* structure, signature */
void appraise_tpm_quote_bound(struct appraise_tpm_state *s);  /* to the bundle's binding; nonce */
void appraise_tpm_quote_state(struct appraise_tpm_state *s);  /* clock, firmware */
/* Selection, digest, values. Without a shape no required register has a value that it could be held against. */
void appraise_tpm_registers(struct appraise_tpm_state *s);
void appraise_tpm_log(struct appraise_tpm_state *s);

#endif
