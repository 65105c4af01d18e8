#include "trust/ek_template.h"

#include "evidence/tpm_alg.h"
#include "base/banned.h"

/* PolicyA of both templates: TPM2_PolicySecret(TPM_RH_ENDORSEMENT) with SHA-256 (B.6.2). */
static const uint8_t policy_a[SHA256_SIZE] = { 0x83, 0x71, 0x97, 0x67, 0x44, 0x84, 0xb3, 0xf8, 0x1a,
	0x90, 0xcc, 0x8d, 0x46, 0xa5, 0xd7, 0x24, 0xfd, 0x52, 0xd7, 0x6e, 0x06, 0x52, 0x0b, 0x64,
	0xf2, 0xa1, 0xda, 0x1b, 0x33, 0x14, 0x69, 0xaa };

static const uint32_t attributes = TPM_OBJECT_FIXED_TPM | TPM_OBJECT_FIXED_PARENT |
				   TPM_OBJECT_SENSITIVE_DATA_ORIGIN | TPM_OBJECT_ADMIN_WITH_POLICY |
				   TPM_OBJECT_RESTRICTED | TPM_OBJECT_DECRYPT;

static bool same(const char *field, uint32_t got, uint32_t want, struct err *e)
{
	return got == want || err_set(e, ERR_MISMATCH, "EK %s is 0x%x, the TCG template has 0x%x",
				      field, got, want);
}

bool ek_template_check(const struct tpm_public *ek, struct err *e)
{
	bool head = same("name algorithm", ek->name_hash, TPM_ALG_SHA256, e) &&
		    same("attributes", ek->attributes, attributes, e) &&
		    same("symmetric algorithm", ek->symmetric.alg, TPM_ALG_AES, e) &&
		    same("symmetric key bits", ek->symmetric.bits, 128, e) &&
		    same("symmetric mode", ek->symmetric.mode, TPM_ALG_CFB, e) &&
		    same("scheme", ek->scheme.alg, TPM_ALG_NULL, e);

	if (!head)
		return false;
	if (!span_equal(ek->policy, SPAN_OF(policy_a)))
		return err_set(e, ERR_MISMATCH,
			"EK policy is not PolicySecret(endorsement) of the TCG template");
	if (ek->type == TPM_ALG_RSA)
		return same("key bits", ek->bits, 2048, e) &&
		       same("exponent", ek->exponent == 65537 ? 0 : ek->exponent, 0, e);
	return same("curve", ek->curve, TPM_CURVE_P256, e) &&
	       same("key derivation", ek->kdf.alg, TPM_ALG_NULL, e);
}
