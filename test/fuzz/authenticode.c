#include "image/authenticode.h"

#include "fuzz.h"
#include "image/pe_certificates.h"

enum { FILE_MAX = 4 << 20 };

/* The input is a signature, and a signed image. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(buf_done) struct buf plain = buf_init(FILE_MAX), again = buf_init(FILE_MAX);
	struct err e = { 0 };
	struct authenticode found;
	struct span signature;

	fuzz_taken = authenticode_check(&found, span_make(data, size), &e);
	if (fuzz_taken)
		MUST(found.certificate.p >= data &&
			found.certificate.p + found.certificate.n <= data + size);
	if (!pe_certificates_detach(&plain, &signature, span_make(data, size), &e))
		return 0;
	fuzz_taken = true;
	MUST(signature.p >= data && signature.p + signature.n <= data + size);
	MUST(plain.n < size && !pe_certificates_present(buf_span(&plain)));
	if (pe_certificates_attach(&again, buf_span(&plain), signature, &e))
		MUST(pe_certificates_present(buf_span(&again)) && again.n <= size);
	return 0;
}
