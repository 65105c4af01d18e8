#include "trust/tdx_quote_signature.h"

#include "base/digest.h"
#include "trust/p256_signature.h"
#include "base/banned.h"

bool tdx_quote_signature_body(const struct tdx_quote *q, struct err *e)
{
	CLEANUP(public_key_freep) struct public_key *key = NULL;

	if (!p256_signature_key(&key, q->attestation_key, e))
		return err_wrap(e, "TDX quote: attestation key");
	return p256_signature_verify(key, q->signed_bytes, q->signature, e) ||
	       err_wrap(e, "TDX quote: its signature by the attestation key");
}

bool tdx_quote_signature_binding(const struct tdx_quote *q, struct err *e)
{
	CLEANUP(hasher_freep) struct hasher *h = hasher_new(DIGEST_SHA256);
	uint8_t want[TDX_QUOTE_REPORT_DATA_SIZE] = { 0 };

	hasher_add(h, q->attestation_key.p, q->attestation_key.n);
	hasher_add(h, q->qe_auth_data.p, q->qe_auth_data.n);
	hasher_end(h, want);
	return span_equal(q->qe.report_data, SPAN_OF(want)) ||
	       err_set(e, ERR_MISMATCH,
		       "TDX quote: the quoting enclave's report data does not name this "
		       "attestation key and authentication data");
}

bool tdx_quote_signature_qe(const struct tdx_quote *q, const struct certificate *pck, struct err *e)
{
	CLEANUP(public_key_freep) struct public_key *key = NULL;

	if (!certificate_key(&key, pck, e))
		return err_wrap(e, "PCK certificate");
	return p256_signature_verify(key, q->qe.bytes, q->qe_signature, e) ||
	       err_wrap(e, "TDX quote: the quoting enclave's report by the PCK key");
}
