#include "evidence/tpm_signature.h"

#include "base/rd.h"
#include "evidence/tpm_alg.h"
#include "base/banned.h"

bool tpm_signature_parse(struct tpm_signature *ret, struct span bytes, struct err *e)
{
	struct tpm_signature sig = { 0 };
	struct rd r = rd_of(bytes);

	if (bytes.n > TPM_SIGNATURE_SIZE_MAX)
		return err_set(e, ERR_LIMIT, "TPM signature is %zu bytes, limit %d", bytes.n,
			TPM_SIGNATURE_SIZE_MAX);
	sig.alg = rd_u16be(&r);
	sig.hash = rd_u16be(&r);
	sig.digest = tpm_alg_digest(sig.hash);
	if (!rd_ok(&r))
		return rd_truncated(&r, "TPM signature", e);
	switch (sig.alg) {
	case TPM_ALG_RSASSA:
	case TPM_ALG_RSAPSS:
		sig.rsa = rd_bytes(&r, rd_u16be(&r));
		break;
	case TPM_ALG_ECDSA:
		sig.r = rd_bytes(&r, rd_u16be(&r));
		sig.s = rd_bytes(&r, rd_u16be(&r));
		break;
	default:
		return err_set(e, ERR_FORMAT,
			"TPM signature at 0: algorithm 0x%04x, want RSASSA, RSAPSS or ECDSA",
			sig.alg);
	}
	if (!rd_ok(&r))
		return rd_truncated(&r, "TPM signature", e);
	if (!rd_done(&r))
		return err_set(e, ERR_FORMAT, "TPM signature at %zu: %zu bytes behind the end",
			r.at, rd_left(&r));
	*ret = sig;
	return true;
}
