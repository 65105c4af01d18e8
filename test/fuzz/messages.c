#include "evidence/challenge.h"
#include "evidence/tpm_identity.h"

#include "appraise/enrolment.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 << 20);
	struct err e = { 0 };
	struct span text = { data, size };
	struct enrolment enrolment;
	struct challenge challenge;
	struct tpm_identity identity;

	if (challenge_parse(&challenge, text, a, &e))
		MUST((fuzz_taken = challenge.role.p));
	if (tpm_identity_parse(&identity, text, a, &e))
		MUST((fuzz_taken = identity.ek_chain.n <= BUNDLE_CERTIFICATES_MAX));
	if (enrolment_parse(&enrolment, text, a, &e))
		MUST((fuzz_taken = enrolment.ak.n > 2));
	return 0;
}
