/*
 * What the files of appraise_tdx.h share: the appraisal of one quote under way. Each function notes its checks and keeps
 * what the next ones need; none of them stops the others, but what cannot be told for want of an earlier one fails.
 */
#ifndef ASSAY_APPRAISE_APPRAISE_TDX_INSIDE_H
#define ASSAY_APPRAISE_APPRAISE_TDX_INSIDE_H

#include "appraise/appraise_tdx.h"
#include "trust/intel_crl.h"
#include "trust/tdx_quote_signature.h"
#include "trust/tdx_tcb.h"

struct appraise_tdx_state {
	struct appraise_work *w;
	const struct policy_tdx *p;
	struct appraise_tdx_said *said;
	struct intel_time at;
	struct intel_chain pck; /* n 0: it could not be read */
	bool links_hold;        /* from the body to the PCK certificate */
	const uint8_t *root;    /* what the PCK chain ends in, one that is trusted; or NULL */
	struct str root_name;
	bool has_platform;
	struct pck_extension platform;
	struct intel_crl *root_crl, *pck_crl;
	bool info_holds; /* genuine, of TDX, for this platform */
	struct tcb_info info;
	bool identity_holds; /* genuine, of TDX */
	struct qe_identity identity;
};

/* appraise_tdx_quote.c: form, and the links from the body to the PCK certificate. False: there is no quote. */
bool appraise_tdx_quote_form(struct appraise_tdx_state *s, struct span bytes) MUST_CHECK;
void appraise_tdx_quote_links(struct appraise_tdx_state *s);
/* Whether a check of what the quote says can be told; else e says why not. */
bool appraise_tdx_quote_told(const struct appraise_tdx_state *s, struct err *e) MUST_CHECK;

void appraise_tdx_chain_read(struct appraise_tdx_state *s); /* the PCK chain, CRLs */
void appraise_tdx_chain(struct appraise_tdx_state *s);      /* all checks of them */
/* The CRLs are not asked for: notes that as the check's reason. */
bool appraise_tdx_chain_without_crl(struct appraise_tdx_state *s, struct check c);
void appraise_tdx_platform(struct appraise_tdx_state *s); /* the SGX extension, allow-list */

void appraise_tdx_collateral(struct appraise_tdx_state *s); /* TCB info, QE identity */
void appraise_tdx_tcb(struct appraise_tdx_state *s);        /* module, status, minima */
void appraise_tdx_body(struct appraise_tdx_state *s);       /* what the policy asks of the TD */

/* The bundle's log against a genuine quote's registers. */
void appraise_tdx_log(struct appraise_work *w, const struct appraise_tdx_said *said);

#endif
