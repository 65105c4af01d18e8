/*
 * What the files of appraise_azure.h share: the appraisal under way, with that of the TPM in it.
 */
#ifndef ASSAY_APPRAISE_APPRAISE_AZURE_INSIDE_H
#define ASSAY_APPRAISE_APPRAISE_AZURE_INSIDE_H

#include "appraise/appraise_azure.h"
#include "appraise/appraise_snp.h"
#include "appraise/appraise_tpm_inside.h"
#include "evidence/azure_hcl.h"

struct appraise_azure_state {
	struct appraise_tpm_state tpm; /* with the work */
	bool parsed;                   /* hcl is there */
	bool bound;                    /* genuine hardware stands behind the runtime data */
	bool measurement_named;        /* the policy has values for this hardware */
	struct azure_hcl hcl;
	struct appraise_snp_said snp; /* where that hardware is AMD's */
	struct verdict_claim identity, hardware, runtime_opaque;
};

void appraise_azure_hcl(struct appraise_azure_state *s);   /* HCL report, hardware, binding */
void appraise_azure_key(struct appraise_azure_state *s);   /* into s->tpm */
void appraise_azure_vm(struct appraise_azure_state *s);    /* settings */
void appraise_azure_fresh(struct appraise_azure_state *s); /* binding and nonce */

#endif
