#include "appraise/evidence_read.h"

#include "base/rd.h"
#include "evidence/azure_hcl.h"
#include "evidence/evidence_kind.h"
#include "evidence/nitro_document.h"
#include "evidence/snp_certs.h"
#include "evidence/snp_report.h"
#include "evidence/tdx_quote.h"
#include "trust/cose_sign1.h"
#include "base/banned.h"

/* A table that holds nothing (the padding of a driver's buffer) is none. */
static bool snp(struct bundle *b, struct span file, struct err *e)
{
	struct rd r = rd_of(file);
	struct snp_report report;
	struct snp_certs table;
	bool blank = true;

	b->kind = BUNDLE_SNP;
	if (file.n <= SNP_REPORT_SIZE) {
		b->snp_report = file;
		return snp_report_parse(&report, file, e);
	}
	b->snp_report = rd_bytes(&r, SNP_REPORT_SIZE);
	b->snp_table = rd_bytes(&r, rd_left(&r));
	for (size_t i = 0; i < b->snp_table.n && blank; i++)
		blank = !b->snp_table.p[i];
	if (!snp_report_parse(&report, b->snp_report, e))
		return false;
	if (!snp_certs_parse(&table, b->snp_table, e))
		return err_wrap(e,
			"SEV-SNP report: what follows its %d bytes is no certificate table",
			SNP_REPORT_SIZE);
	if (blank)
		b->snp_table = (struct span){ 0 };
	return true;
}

static bool tdx(struct bundle *b, struct span file, struct err *e)
{
	struct tdx_quote quote;

	b->kind = BUNDLE_TDX;
	b->tdx_quote = file;
	return tdx_quote_parse(&quote, file, e);
}

static bool nitro(struct bundle *b, struct span file, struct arena *a, struct err *e)
{
	struct nitro_document document;
	struct cose_sign1 s;

	b->kind = BUNDLE_NITRO;
	b->nitro_document = file;
	return cose_sign1_parse(&s, file, a, e) && nitro_document_parse(&document, s.payload, a, e);
}

static bool azure(struct bundle *b, struct span file, struct arena *a, struct err *e)
{
	struct azure_hcl hcl;

	b->kind = BUNDLE_AZURE;
	b->azure_hcl = file;
	return azure_hcl_parse(&hcl, file, a, e);
}

static bool raw(
	struct bundle *b, enum evidence_kind kind, struct span file, struct arena *a, struct err *e)
{
	switch (kind) {
	case EVIDENCE_KIND_SNP_REPORT:
	case EVIDENCE_KIND_SNP_EXTENDED:
		return snp(b, file, e);
	case EVIDENCE_KIND_TDX_QUOTE:
		return tdx(b, file, e);
	case EVIDENCE_KIND_COSE_SIGN1:
		return nitro(b, file, a, e);
	case EVIDENCE_KIND_AZURE_HCL:
		return azure(b, file, a, e);
	default:
		return err_set(e, ERR_FORMAT, "this is no evidence: it looks like %s",
			       evidence_kind_words(kind)) ||
		       err_hint(e, "wanted an evidence bundle, an SEV-SNP report, a TDX quote, an "
				   "attestation document of Nitro or an HCL report of Azure");
	}
}

bool evidence_read(struct bundle *ret, struct span file, struct arena *a, struct err *e)
{
	enum evidence_kind kind = evidence_kind_of(file);
	struct bundle b = { 0 };

	if (kind == EVIDENCE_KIND_BUNDLE || kind == EVIDENCE_KIND_JSON)
		return bundle_parse(ret, file, a, e);
	if (!raw(&b, kind, file, a, e))
		return false;
	*ret = b;
	return true;
}
