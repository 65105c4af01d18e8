#include "trust/snp_crl.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(snp_crl_freep) struct snp_crl *crl = NULL;
	struct certificate_validity v;
	struct err e = { 0 };

	if (!snp_crl_of_file(&crl, span_make(data, size), &e))
		return 0;
	fuzz_taken = true;
	if (snp_crl_validity(&v, crl, &e))
		MUST(snp_crl_check_time(crl, v.from_unix, 0, &e) == (v.from_unix <= v.to_unix));
	return 0;
}
