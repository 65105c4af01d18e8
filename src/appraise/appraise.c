#include "appraise/appraise.h"

#include "appraise/appraise_azure.h"
#include "appraise/appraise_nitro.h"
#include "appraise/appraise_snp.h"
#include "appraise/appraise_tdx.h"
#include "appraise/appraise_tpm.h"
#include "base/banned.h"

bool appraise(
	struct appraise_out *ret, const struct appraise_in *in, struct arena *a, struct err *e)
{
	switch (in->bundle->kind) {
	case BUNDLE_TPM:
		return appraise_tpm(ret, in, a, e);
	case BUNDLE_NITRO:
		return appraise_nitro(ret, in, a, e);
	case BUNDLE_SNP:
		return appraise_snp(ret, in, a, e);
	case BUNDLE_TDX:
		return appraise_tdx(ret, in, a, e);
	case BUNDLE_AZURE:
		return appraise_azure(ret, in, a, e);
	case BUNDLE_KINDS:
		break;
	}
	return err_set(e, ERR_USAGE, "evidence of kind '%s' cannot be appraised here",
		bundle_kind_name(in->bundle->kind));
}

struct span appraise_asked(const struct appraise_in *in)
{
	if (in->nonce)
		return span_make(in->nonce, BINDING_NONCE_SIZE);
	if (in->report_data_is_fresh && in->report_data.n >= 8 && in->report_data.n <= 64)
		return in->report_data;
	return span_make(NULL, 0);
}
