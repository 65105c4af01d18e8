/*
 * Appraising Intel TDX evidence: a quote with the collateral of Intel's service.
 *
 * In this order: the quote's form; the links from the signed body over the quoting enclave to the PCK certificate; the
 * PCK chain and its revocation; TCB info and QE identity with their signers; TDX module and TCB status; what the policy asks of
 * the body. For a bundle of kind tdx then: registers, freshness, event log, who vouches, what is covered. The same quote
 * underneath an Azure machine's TPM is appraised by appraise_tdx_quote within that machine's appraisal.
 *
 * All names of checks here begin with "tdx-" but those that appraise_work.h, appraise_fresh.h and appraise_vouched.h give.
 */
#ifndef ASSAY_APPRAISE_APPRAISE_TDX_H
#define ASSAY_APPRAISE_APPRAISE_TDX_H

#include "appraise/appraise.h"
#include "appraise/appraise_work.h"
#include "evidence/tdx_quote.h"

/*
 * A bundle of kind tdx. True when there is a verdict, whatever it says. Borrowed from the arguments and a. Fails: USAGE for a
 * shape of another platform, LIMIT when a is full.
 */
bool appraise_tdx(struct appraise_out *ret, const struct appraise_in *in, struct arena *a,
	struct err *e) MUST_CHECK;

/* What a quote gave. */
struct appraise_tdx_said {
	bool genuine; /* signed up to a root: what the quote says is its platform's word */
	struct tdx_quote quote; /* as it was read; to be used only when genuine */
	/* For verdict_conclude, when nothing failed. */
	struct verdict_claim instance_identity, hardware, runtime_opaque;
};

/*
 * All of the above up to what the policy's member `tdx` asks of the body, noted in w; collateral and CRLs are those of the bundle.
 * Report data and, of a bundle of kind tdx, registers are left to the caller; of another kind, registers are held
 * against the values that the policy names, if it does.
 */
void appraise_tdx_quote(struct appraise_work *w, struct span bytes, struct appraise_tdx_said *ret);

enum { APPRAISE_TDX_MUST_MAX = 64 };
/* Names of the checks of appraise_tdx_quote without which nothing is affirmed; returns how many. */
size_t appraise_tdx_must(const char *out[static APPRAISE_TDX_MUST_MAX], const struct policy_tdx *p);

#endif
