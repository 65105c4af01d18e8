#include "evidence/tpm_public.h"

#include "trust/ek_template.h"
#include "trust/public_key.h"
#include "trust/signature.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(public_key_freep) struct public_key *key = NULL;
	struct err e = { 0 };
	struct signature_alg alg;
	struct tpm_public p;
	struct tpm_name name;

	if (!tpm_public_parse(&p, span_make(data, size), &e))
		return 0;
	fuzz_taken = true;
	name = tpm_public_name(&p);
	MUST(name.n == 2 + digest_size(p.name_alg));
	if (signature_alg_of_tpm(&alg, &p, &e))
		MUST(alg.digest != DIGEST_NONE && alg.digest != DIGEST_SHA1);
	if (ek_template_check(&p, &e))
		MUST(p.attributes & TPM_OBJECT_RESTRICTED && p.attributes & TPM_OBJECT_DECRYPT);
	if (public_key_of_tpm(&key, &p, &e))
		MUST(key);
	return 0;
}
