/*
 * The attestation key of an Azure confidential machine's virtual TPM, as the runtime data of its HCL report names it
 * (evidence/azure_hcl.h). It is as good as the binding of that data to a verified hardware report, and no better.
 */
#ifndef ASSAY_TRUST_AZURE_AK_H
#define ASSAY_TRUST_AZURE_AK_H

#include "evidence/azure_hcl.h"
#include "trust/public_key.h"

/* Owned by the caller. Fails: FORMAT, SIGNATURE for a key that is too weak. */
bool azure_ak_key(struct public_key **ret, const struct azure_hcl *h, struct err *e) MUST_CHECK;

/* TPMT_SIGNATURE over a quote, RSASSA with SHA-256 by that key and nothing else. Fails: FORMAT, MISMATCH, SIGNATURE. */
bool azure_ak_verify(const struct azure_hcl *h, struct span quote, struct span signature,
	struct err *e) MUST_CHECK;

#endif
