#include "trust/p256_signature.h"

#include "evidence/tpm_alg.h"
#include "trust/signature.h"
#include "base/banned.h"

enum { HALF = P256_SIGNATURE_SIZE / 2 };

bool p256_signature_key(struct public_key **ret, struct span xy, struct err *e)
{
	struct tpm_public p = { .type = TPM_ALG_ECC, .curve = TPM_CURVE_P256 };

	if (xy.n != P256_SIGNATURE_SIZE)
		return err_set(e, ERR_FORMAT, "P-256 key of %zu bytes, want %d", xy.n,
			P256_SIGNATURE_SIZE);
	p.x = span_make(xy.p, HALF);
	p.y = span_make(xy.p + HALF, HALF);
	return public_key_of_tpm(ret, &p, e);
}

bool p256_signature_verify(
	const struct public_key *key, struct span message, struct span rs, struct err *e)
{
	static const struct signature_alg alg = { SIGNATURE_ECDSA, DIGEST_SHA256 };
	struct tpm_signature sig = {
		.alg = TPM_ALG_ECDSA, .hash = TPM_ALG_SHA256, .digest = DIGEST_SHA256
	};

	if (rs.n != P256_SIGNATURE_SIZE)
		return err_set(e, ERR_SIGNATURE, "signature of %zu bytes, want %d", rs.n,
			P256_SIGNATURE_SIZE);
	sig.r = span_make(rs.p, HALF);
	sig.s = span_make(rs.p + HALF, HALF);
	return signature_verify_tpm(key, alg, message, &sig, e);
}
