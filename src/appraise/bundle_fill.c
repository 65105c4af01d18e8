#include "appraise/bundle_fill.h"

#include <string.h>

#include "base/hex.h"
#include "codec/pem.h"
#include "evidence/bundle_part.h"
#include "evidence/event_log.h"
#include "evidence/evidence_kind.h"
#include "evidence/pcr_text.h"
#include "evidence/snp_certs.h"
#include "evidence/tdx_quote.h"
#include "evidence/tpm_quote.h"
#include "evidence/tpm_signature.h"
#include "trust/intel_crl.h"
#include "trust/qe_identity.h"
#include "trust/snp_crl.h"
#include "trust/tcb_info.h"
#include "trust/tpm_certified.h"
#include "base/banned.h"

/* A span of the bundle as the table of parts places it. */
static struct span *place(struct bundle *b, const struct bundle_part *part)
{
	return (struct span *)(void *)((uint8_t *)b + part->at);
}

static bool keep(struct span *ret, const struct buf *b, struct arena *a, struct err *e)
{
	struct str s = arena_str(a, buf_str(b));

	if (!s.p)
		return arena_full(a, e);
	*ret = str_span(s);
	return true;
}

/* One certificate, without what pads it, once. */
static bool add_certificate(
	struct bundle_chain *chain, struct span der, struct arena *a, struct err *e)
{
	CLEANUP(buf_done) struct buf bytes = buf_init(CERTIFICATE_SIZE_MAX);
	CLEANUP(certificate_freep) struct certificate *c = NULL;

	if (!certificate_of_der(&c, der, e))
		return false;
	certificate_put(&bytes, c);
	for (size_t i = 0; i < chain->n; i++)
		if (span_equal(chain->certificates[i], buf_span(&bytes)))
			return true;
	if (chain->n == BUNDLE_CERTIFICATES_MAX)
		return err_set(e, ERR_LIMIT, "more than %d certificates", BUNDLE_CERTIFICATES_MAX);
	if (!keep(&chain->certificates[chain->n], &bytes, a, e))
		return false;
	chain->n++;
	return true;
}

static bool add_pem(struct bundle_chain *chain, struct span pem, struct arena *a, struct err *e)
{
	struct str rest = str_make((const char *)pem.p, pem.n);
	struct span der = { 0 };
	bool found = true;
	size_t n = 0;

	for (;; n++) {
		if (!pem_next(&found, &der, &rest, "CERTIFICATE", a, e))
			return false;
		if (!found)
			break;
		if (!add_certificate(chain, der, a, e))
			return err_wrap(e, "certificate %zu", n + 1);
	}
	return n || err_set(e, ERR_FORMAT, "no certificate in it");
}

static bool certificates(struct bundle *b, const struct bundle_part *part, struct span file,
	struct arena *a, struct err *e)
{
	struct bundle_chain *chain = (void *)((uint8_t *)b + part->at);
	struct snp_certs table;

	switch (evidence_kind_of(file)) {
	case EVIDENCE_KIND_SNP_TABLE:
		b->snp_table = file;
		return snp_certs_parse(&table, file, e);
	case EVIDENCE_KIND_CERTIFICATE_PEM:
		return add_pem(chain, file, a, e);
	case EVIDENCE_KIND_CERTIFICATE_DER:
		return add_certificate(chain, file, a, e);
	default:
		return err_set(e, ERR_FORMAT, "no certificate in DER or PEM and no table of them");
	}
}

/* That of the bundle's own key before those above it, in whatever order they came. */
static bool own_first(struct bundle_chain *chain, struct span public_area, struct err *e)
{
	for (size_t i = 0; i < chain->n; i++) {
		CLEANUP(certificate_freep) struct certificate *c = NULL;
		struct span own = chain->certificates[i];
		struct err ignored = { 0 };

		if (!certificate_of_der(&c, own, e))
			return false;
		if (!tpm_certified(c, public_area, &ignored))
			continue;
		memmove(chain->certificates + 1, chain->certificates, i * sizeof own);
		chain->certificates[0] = own;
		break;
	}
	return true;
}

static bool ak_certificates(struct bundle *b, const struct bundle_part *part, struct span file,
	struct arena *a, struct err *e)
{
	struct bundle_chain *chain = (void *)((uint8_t *)b + part->at);
	bool pem = evidence_kind_of(file) == EVIDENCE_KIND_CERTIFICATE_PEM;

	return (pem ? add_pem(chain, file, a, e) : add_certificate(chain, file, a, e)) &&
	       own_first(chain, b->ak_public, e);
}

static bool of_hex(struct span *ret, struct span text, struct arena *a, struct err *e)
{
	struct str s = str_trim(str_make((const char *)text.p, text.n));
	uint8_t *p = arena_alloc(a, s.n / 2 + 1);

	if (!p)
		return arena_full(a, e);
	if (s.n % 2 || !hex_read(s, p, s.n / 2))
		return err_set(e, ERR_FORMAT, "CRL: not in lower-case hexadecimal throughout");
	*ret = span_make(p, s.n / 2);
	return true;
}

/* Whatever its encoding, in DER. */
static bool crl_der(struct span *ret, struct span file, struct arena *a, struct err *e)
{
	struct str rest = str_make((const char *)file.p, file.n);
	bool found = false;

	*ret = file;
	switch (evidence_kind_of(file)) {
	case EVIDENCE_KIND_CRL_PEM:
		return pem_next(&found, ret, &rest, "X509 CRL", a, e);
	case EVIDENCE_KIND_HEX:
		return of_hex(ret, file, a, e);
	default:
		return true;
	}
}

static bool amd_crl(struct bundle *b, const struct bundle_part *part, struct span file,
	struct arena *a, struct err *e)
{
	CLEANUP(snp_crl_freep) struct snp_crl *crl = NULL;

	return crl_der(place(b, part), file, a, e) && snp_crl_of_file(&crl, *place(b, part), e);
}

static bool intel_crl(struct bundle *b, const struct bundle_part *part, struct span file,
	struct arena *a, struct err *e)
{
	CLEANUP(intel_crl_freep) struct intel_crl *crl = NULL;

	return crl_der(place(b, part), file, a, e) && intel_crl_of_der(&crl, *place(b, part), e);
}

static bool intel_chain(struct bundle *b, const struct bundle_part *part, struct span file,
	struct arena *a, struct err *e)
{
	CLEANUP(intel_chain_done) struct intel_chain chain = { 0 };

	*place(b, part) = file;
	return intel_chain_read(&chain, INTEL_CHAIN_TCB_SIGNING, file, a, e);
}

static bool tcb_info(struct bundle *b, const struct bundle_part *part, struct span file,
	struct arena *a, struct err *e)
{
	struct tcb_info info;
	struct pcs_json d;

	*place(b, part) = file;
	return pcs_json_split(&d, file, "tcbInfo", e) && tcb_info_parse(&info, d.body, a, e) &&
	       tcb_info_is_tdx(&info, e);
}

static bool qe_identity(struct bundle *b, const struct bundle_part *part, struct span file,
	struct arena *a, struct err *e)
{
	struct qe_identity identity;
	struct pcs_json d;

	*place(b, part) = file;
	return pcs_json_split(&d, file, "enclaveIdentity", e) &&
	       qe_identity_parse(&identity, d.body, a, e) && qe_identity_is_td_qe(&identity, e);
}

static bool td_quote(struct bundle *b, const struct bundle_part *part, struct span file,
	struct arena *a, struct err *e)
{
	struct tdx_quote quote;

	(void)a;
	*place(b, part) = file;
	return tdx_quote_parse(&quote, file, e);
}

static bool tpm_quote(struct bundle *b, const struct bundle_part *part, struct span file,
	struct arena *a, struct err *e)
{
	struct tpm_quote quote;

	(void)a;
	*place(b, part) = file;
	return tpm_quote_parse(&quote, file, e);
}

static bool tpm_signature(struct bundle *b, const struct bundle_part *part, struct span file,
	struct arena *a, struct err *e)
{
	struct tpm_signature signature;

	(void)a;
	*place(b, part) = file;
	return tpm_signature_parse(&signature, file, e);
}

static bool event_log(struct bundle *b, const struct bundle_part *part, struct span file,
	struct arena *a, struct err *e)
{
	struct event_log log;

	*place(b, part) = file;
	return event_log_parse(&log, file, a, e);
}

static bool pcr_values(struct bundle *b, const struct bundle_part *part, struct span file,
	struct arena *a, struct err *e)
{
	(void)part;
	b->n_banks = 0;
	memset(b->banks, 0, sizeof b->banks);
	return evidence_kind_of(file) == EVIDENCE_KIND_JSON ? bundle_values_read(b, file, a, e)
							    : pcr_text_read(b, file, e);
}

static const struct filler {
	const char *label;
	bool (*fill)(struct bundle *b, const struct bundle_part *part, struct span file,
		struct arena *a, struct err *e);
	const char *want;
} fillers[] = {
	{ "snp.certificate", certificates, "certificates in DER or PEM, or the host's table" },
	{ "snp.crl", amd_crl, "a CRL of AMD" },
	{ "tdx.quote", td_quote, "a TDX quote" },
	{ "tdx.tcb-info", tcb_info, "TCB info for TDX as Intel's service answers it" },
	{ "tdx.tcb-info-chain", intel_chain, "the signer's certificate and the root in PEM" },
	{ "tdx.qe-identity", qe_identity,
		"the identity of Intel's quoting enclave for TDX as its service answers it" },
	{ "tdx.qe-identity-chain", intel_chain, "the signer's certificate and the root in PEM" },
	{ "tdx.pck-crl", intel_crl, "the CRL of a PCK CA" },
	{ "tdx.root-crl", intel_crl, "the CRL of Intel's root" },
	{ "log.cc", event_log, "the event log of a confidential guest (CCEL)" },
	{ "log.firmware", event_log, "the event log of a firmware" },
	{ "tpm.quote", tpm_quote, "a quote of a TPM (TPMS_ATTEST)" },
	{ "tpm.signature", tpm_signature, "a signature of a TPM (TPMT_SIGNATURE)" },
	{ "tpm.ak-certificate", ak_certificates, "certificates in DER or PEM" },
	{ "tpm.pcrs", pcr_values, "assay.pcr-values/1, or what tpm2_pcrread prints" },
};

static const struct bundle_part *part_of(const char *label)
{
	const struct bundle_part *p = bundle_part_all;

	while (p->label && strcmp(p->label, label) != 0)
		p++;
	return p;
}

static const struct filler *filler_of(const char *label)
{
	for (size_t i = 0; i < ARRAY_LEN(fillers); i++)
		if (strcmp(fillers[i].label, label) == 0)
			return &fillers[i];
	return NULL;
}

bool bundle_fill(
	struct bundle *b, const char *label, struct span file, struct arena *a, struct err *e)
{
	const struct bundle_part *part = part_of(label);
	const struct filler *f = filler_of(label);
	struct bundle filled = *b;

	if (!f || !part->label || !(part->kinds >> b->kind & 1))
		return err_set(e, ERR_USAGE, "a bundle for %s has no part '%s'",
			bundle_kind_name(b->kind), label);
	if (part->size_max && part->kind == BUNDLE_PART_BYTES && file.n > part->size_max)
		return err_set(e, ERR_LIMIT, "%zu bytes, limit %zu", file.n, part->size_max);
	if (!f->fill(&filled, part, file, a, e))
		return err_hint(e, "wanted %s; the file looks like %s", f->want,
			evidence_kind_words(evidence_kind_of(file)));
	*b = filled;
	return true;
}
