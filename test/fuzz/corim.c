#include "appraise/corim_read.h"

#include "fuzz.h"

/* A manifest, signed or not; a CoMID; the protected header's document by itself. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 << 20);
	struct span bytes = { data, size };
	struct cose_sign1 s;
	struct err e = { 0 };
	struct corim c;

	if (corim_read(&c, bytes, a, &e)) {
		fuzz_taken = true;
		MUST(c.n_tags && c.n_values <= CORIM_VALUES_MAX && c.id.p);
		for (size_t i = 0; i < c.n_values; i++)
			MUST(c.values[i].digest.n <= size &&
				c.values[i].is_register == (c.values[i].reg.p != NULL));
	}
	if (corim_read_comid(&c, bytes, a, &e))
		fuzz_taken = true;
	if (cose_sign1_parse(&s, bytes, a, &e))
		MUST(s.payload.n + s.signature.n <= size);
	return 0;
}
