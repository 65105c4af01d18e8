#include "appraise/evidence_registers.h"

#include "evidence/nitro_document.h"
#include "evidence/snp_report.h"
#include "evidence/tdx_quote.h"
#include "trust/nitro_signed.h"
#include "base/banned.h"

static void put(struct bundle_bank *bank, unsigned reg, struct span value)
{
	if (reg >= BUNDLE_PCRS || value.n != SHA384_SIZE)
		return;
	bank->pcrs |= UINT32_C(1) << reg;
	bank->values[reg] = (struct digest){ .alg = DIGEST_SHA384 };
	memcpy(bank->values[reg].bytes, value.p, SHA384_SIZE);
}

static bool of_snp(struct bundle_bank *bank, const struct bundle *b, struct err *e)
{
	struct snp_report r;

	if (!snp_report_parse(&r, b->snp_report, e))
		return false;
	put(bank, 0, r.measurement);
	return true;
}

static bool of_tdx(struct bundle_bank *bank, const struct bundle *b, struct err *e)
{
	struct tdx_quote q;

	if (!tdx_quote_parse(&q, b->tdx_quote, e))
		return false;
	put(bank, PLATFORM_MRTD, q.mrtd);
	for (unsigned i = 0; i < TDX_QUOTE_RTMRS; i++)
		put(bank, PLATFORM_RTMR + i, q.rtmr[i]);
	return true;
}

static bool of_nitro(
	struct bundle_bank *bank, const struct bundle *b, struct arena *a, struct err *e)
{
	struct nitro_signed s;

	if (!nitro_signed_parse(&s, b->nitro_document, a, e))
		return false;
	for (unsigned i = 0; i < NITRO_DOCUMENT_PCRS; i++)
		if (s.document.pcrs >> i & 1)
			put(bank, i, s.document.pcr[i]);
	return true;
}

static bool of_tpm(
	struct bundle_bank *ret, const struct bundle *b, enum digest_alg alg, struct err *e)
{
	const struct bundle_bank *bank = bundle_bank_find(b, alg);

	if (!bank)
		return err_set(
			e, ERR_NOTFOUND, "the evidence has no values of bank %s", digest_name(alg));
	*ret = *bank;
	return true;
}

bool evidence_registers(struct bundle_bank *ret, const struct bundle *b, enum digest_alg bank,
	struct arena *a, struct err *e)
{
	struct bundle_bank out = { .alg = DIGEST_SHA384 };
	bool ok = false;

	switch (b->kind) {
	case BUNDLE_TPM:
	case BUNDLE_AZURE:
		ok = of_tpm(&out, b, bank, e);
		break;
	case BUNDLE_SNP:
		ok = of_snp(&out, b, e);
		break;
	case BUNDLE_TDX:
		ok = of_tdx(&out, b, e);
		break;
	case BUNDLE_NITRO:
		ok = of_nitro(&out, b, a, e);
		break;
	case BUNDLE_KINDS:
		ok = err_set(e, ERR_USAGE, "evidence of no kind");
		break;
	}
	if (ok)
		*ret = out;
	return ok;
}

enum platform_kind evidence_registers_platform(const struct bundle *b, struct arena *a)
{
	struct nitro_signed s;
	struct err ignored = { 0 };

	if (b->kind == BUNDLE_NITRO && nitro_signed_parse(&s, b->nitro_document, a, &ignored) &&
		s.document.kind == NITRO_DOCUMENT_TPM)
		return PLATFORM_TPM;
	return platform_of_bundle(b->kind);
}

bool evidence_registers_fit(
	const struct bundle_bank *registers, const struct reference_shape *shape)
{
	size_t bank = 0, compared = 0;

	while (bank < shape->n_banks && shape->banks[bank] != registers->alg)
		bank++;
	if (bank == shape->n_banks)
		return false;
	for (size_t i = 0; i < shape->n_registers; i++) {
		const struct reference_register *r = &shape->registers[i];

		if (r->how == REFERENCE_NOT_PREDICTABLE || r->reg >= BUNDLE_PCRS ||
			!(registers->pcrs >> r->reg & 1))
			continue;
		if (!digest_equal(&r->values[bank], &registers->values[r->reg]))
			return false;
		compared++;
	}
	return compared > 0;
}
