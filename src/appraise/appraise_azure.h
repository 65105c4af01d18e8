/*
 * Appraising a confidential machine of Azure: a virtual TPM whose attestation key is named by runtime data that the hardware
 * underneath, SEV-SNP or TDX, has signed for (evidence/azure_hcl.h).
 *
 * In this order: the HCL report ("hcl-form"), that the policy takes the hardware that it names
 * ("hcl-hardware"), that hardware's own report or quote (checks "snp-" and "tdx-", as appraise_snp.h and appraise_tdx.h have
 * them), that it is the paravisor's and covers the runtime data ("hcl-vmpl", "hcl-binding", "hcl-tdreport"), the software that
 * was launched ("launch-measurement"), the key ("hcl-ak", "ak-scheme"), the machine's settings ("hcl-secure-boot",
 * "hcl-console", "hcl-tpm", "hcl-vm-id"). Then the TPM's quote, registers and log as appraise_tpm.h has them, and that the
 * quote carries what was asked for and is fresh ("report-data", "nonce"), and what the policy asks of the vTPM. Settings and
 * registers count only when the hardware stands behind them.
 */
#ifndef ASSAY_APPRAISE_APPRAISE_AZURE_H
#define ASSAY_APPRAISE_APPRAISE_AZURE_H

#include "appraise/appraise.h"

/*
 * True when there is a verdict, whatever it says. Borrowed from the arguments and a. Fails: USAGE for a policy that requires
 * nothing or a shape of another platform, LIMIT when a is full.
 */
bool appraise_azure(struct appraise_out *ret, const struct appraise_in *in, struct arena *a,
	struct err *e) MUST_CHECK;

#endif
