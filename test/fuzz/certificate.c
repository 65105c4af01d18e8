#include "trust/certificate.h"

#include "trust/public_key.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 << 20);
	struct err e = { 0 };
	CLEANUP(certificate_freep) struct certificate *c = NULL;
	CLEANUP(public_key_freep) struct public_key *key = NULL;
	struct certificate_chain chain;
	uint8_t digest[32];
	size_t root = 0;

	if (!certificate_of_file(&c, span_make(data, size), &e))
		return 0;
	fuzz_taken = true;
	certificate_sha256(digest, c);
	MUST(certificate_subject(c, a).n < 1 << 20 && certificate_issuer(c, a).n < 1 << 20);
	if (certificate_key(&key, c, &e))
		MUST(key);
	chain = (struct certificate_chain){
		.leaf = c, .roots = (const struct certificate *const[]){ c }, .n_roots = 1
	};
	if (certificate_verify(&chain, CERTIFICATE_EK, 1767225600, 60, &root, &e))
		MUST(root == 0);
	return 0;
}
