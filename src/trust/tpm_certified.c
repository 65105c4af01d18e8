#include "trust/tpm_certified.h"

#include "evidence/tpm_public.h"
#include "trust/public_key.h"
#include "base/banned.h"

bool tpm_certified(const struct certificate *c, struct span public_area, struct err *e)
{
	CLEANUP(public_key_freep) struct public_key *in_tpm = NULL, *certified = NULL;
	struct tpm_public p;

	if (!public_area.p)
		return err_set(e, ERR_NOTFOUND, "the evidence does not carry the key");
	if (!tpm_public_parse(&p, public_area, e) || !public_key_of_tpm(&in_tpm, &p, e) ||
		!certificate_key(&certified, c, e))
		return false;
	return public_key_equal(in_tpm, certified) ||
	       err_set(e, ERR_MISMATCH, "the certificate is for another key");
}
