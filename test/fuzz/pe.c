#include "codec/pe.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err e = { 0 };
	struct span bytes;
	struct digest d;
	struct pe pe;

	if (!pe_parse(&pe, span_make(data, size), &e))
		return 0;
	fuzz_taken = true;
	d = pe_authenticode_of(&pe, DIGEST_SHA256);
	MUST(d.alg == DIGEST_SHA256);
	for (size_t i = 0; i < pe.n_sections; i++)
		if (pe_section_bytes(&bytes, &pe.sections[i], &e) && bytes.n)
			MUST(bytes.p >= data && bytes.p + bytes.n <= data + size);
	return 0;
}
