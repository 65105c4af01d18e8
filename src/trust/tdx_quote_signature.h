/*
 * The three links between a TDX quote and the PCK certificate of its platform: the attestation key signed the quote, the
 * quoting enclave's report names that key, and the PCK key signed that report. Who may have issued the PCK certificate is
 * intel_chain.h's business, which enclave may be a quoting enclave is qe_identity.h's.
 */
#ifndef ASSAY_TRUST_TDX_QUOTE_SIGNATURE_H
#define ASSAY_TRUST_TDX_QUOTE_SIGNATURE_H

#include "evidence/tdx_quote.h"
#include "trust/certificate.h"

/* The attestation key signed header, descriptor and body. SIGNATURE. */
bool tdx_quote_signature_body(const struct tdx_quote *q, struct err *e) MUST_CHECK;
/* The report data of the QE is SHA-256(attestation key || authentication data) and 32 zeroes. MISMATCH. */
bool tdx_quote_signature_binding(const struct tdx_quote *q, struct err *e) MUST_CHECK;
/* The key of this certificate signed the QE's report. SIGNATURE. */
bool tdx_quote_signature_qe(
	const struct tdx_quote *q, const struct certificate *pck, struct err *e) MUST_CHECK;

#endif
