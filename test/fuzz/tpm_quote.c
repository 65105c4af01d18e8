#include "evidence/tpm_quote.h"
#include "evidence/tpm_signature.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err e = { 0 };
	struct tpm_signature sig;
	struct tpm_quote q;

	if (tpm_quote_parse(&q, span_make(data, size), &e))
		MUST((fuzz_taken = q.n_selections <= TPM_QUOTE_SELECTIONS_MAX &&
				   tpm_quote_selected(&q, DIGEST_SHA256) < 1u << TPM_PCRS));
	if (tpm_signature_parse(&sig, span_make(data, size), &e))
		MUST((fuzz_taken = sig.rsa.n + sig.r.n + sig.s.n <= size));
	return 0;
}
