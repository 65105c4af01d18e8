#include "evidence/azure_hcl.h"

#include "base/digest.h"
#include "base/hex.h"
#include "evidence/tpm_alg.h"
#include "base/banned.h"

enum { TPM_EXPONENT_DEFAULT = 65537 };

bool azure_hcl_check_binding(const struct azure_hcl *h, struct span report_data, struct err *e)
{
	uint8_t want[AZURE_HCL_REPORT_DATA] = { 0 };
	char want_hex[2 * AZURE_HCL_REPORT_DATA + 1], got_hex[2 * AZURE_HCL_REPORT_DATA + 1];

	sha256_of(want, h->runtime);
	if (report_data.n != sizeof want)
		return err_set(e, ERR_MISMATCH, "report data is %zu bytes, want %zu", report_data.n,
			sizeof want);
	if (ct_equal(report_data.p, want, sizeof want))
		return true;
	hex_write(want_hex, want, sizeof want);
	hex_write(got_hex, report_data.p, sizeof want);
	return err_set(e, ERR_MISMATCH,
		"report data is %s, want the SHA-256 of the runtime data and zeroes, %s", got_hex,
		want_hex);
}

static uint32_t exponent_of(const struct azure_hcl_key *k)
{
	uint32_t v = 0;

	for (size_t i = 0; i < k->exponent.n; i++)
		v = v << 8 | k->exponent.p[i];
	return v;
}

bool azure_hcl_check_ak(const struct azure_hcl *h, const struct tpm_public *ak, struct err *e)
{
	uint32_t exponent = ak->exponent ? ak->exponent : TPM_EXPONENT_DEFAULT;

	if (ak->type != TPM_ALG_RSA)
		return err_set(e, ERR_MISMATCH,
			"the attestation key is %s, want the RSA key HCLAkPub of the runtime data",
			tpm_alg_name(ak->type));
	if (!span_equal(ak->modulus, h->ak.modulus) || exponent != exponent_of(&h->ak))
		return err_set(e, ERR_MISMATCH,
			"the attestation key is not the key HCLAkPub of the runtime data");
	return true;
}

bool azure_hcl_check_user_data(const struct azure_hcl *h, struct span want, struct err *e)
{
	uint8_t padded[AZURE_HCL_USER_DATA] = { 0 };
	char want_hex[2 * AZURE_HCL_USER_DATA + 1], got_hex[2 * AZURE_HCL_USER_DATA + 1];

	if (!h->has_user_data)
		return err_set(e, ERR_MISMATCH, "the runtime data has no user-data");
	if (want.n > sizeof padded)
		return err_set(e, ERR_MISMATCH, "user-data holds %zu bytes, wanted are %zu",
			sizeof padded, want.n);
	if (want.n)
		memcpy(padded, want.p, want.n);
	if (ct_equal(h->user_data, padded, sizeof padded))
		return true;
	hex_write(want_hex, padded, sizeof padded);
	hex_write(got_hex, h->user_data, sizeof padded);
	return err_set(e, ERR_MISMATCH, "user-data is %s, want %s", got_hex, want_hex);
}
