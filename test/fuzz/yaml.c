#include "codec/yaml.h"

#include "appraise/policy.h"
#include "trust/trust_file.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 << 20);
	struct err e = { 0 };
	struct trust_file trust;
	struct policy policy;
	struct json v;

	if (!yaml_parse(&v, span_make(data, size), a, &e))
		return 0;
	fuzz_taken = true;
	if (policy_parse(&policy, &v, a, &e))
		MUST(policy.registers && policy.bank != DIGEST_NONE);
	if (trust_file_parse(&trust, &v, a, &e))
		MUST(trust.n_roots <= TRUST_FILE_ROOTS_MAX);
	return 0;
}
