/* Appraisals of TDX evidence: a quote of version 4 with collateral, lists and a log. See appraise_fuzz.h. */
#include "fixed_random.h"

#include "tdx_machine.h"

#include "appraise_fuzz.h"

static const struct appraise_in *fuzz_honest(void)
{
	static struct arena *kept_here;

	if (kept_here)
		return &m.in;
	fixed_random_begin(0);
	kept_here = arena_new(FUZZ_MEMORY);
	tdx_machine_init(kept_here);
	tdx_machine_make();
	tdx_machine_sign();
	return &m.in;
}

/* Header and body; the quoting enclave's report. */
static struct fuzz_pieces fuzz_signed(const struct bundle *b, struct arena *a)
{
	size_t n = signed_size();

	(void)a;
	return (struct fuzz_pieces){
		{ fuzz_slice(b->tdx_quote, 0, n),
			fuzz_slice(b->tdx_quote, n + 4 + 64 + 64 + 6, TDX_QUOTE_QE_REPORT_SIZE) },
		2
	};
}

static void fuzz_sign(struct bundle *b, const struct fuzz_pieces *p, struct arena *a)
{
	size_t n = signed_size();
	uint8_t *q = arena_alloc(a, m.quote.n), *qe = q + n + 4 + 64 + 64 + 6;

	if (!q || p->items[0].n != n || p->items[1].n != TDX_QUOTE_QE_REPORT_SIZE)
		return;
	memcpy(q, m.quote.p, m.quote.n);
	memcpy(q, p->items[0].p, n);
	memcpy(qe, p->items[1].p, TDX_QUOTE_QE_REPORT_SIZE);
	made_rs(q + n + 4, m.authority.attestation_key, span_make(q, n));
	made_rs(qe + TDX_QUOTE_QE_REPORT_SIZE, m.authority.pck_key,
		span_make(qe, TDX_QUOTE_QE_REPORT_SIZE));
	b->tdx_quote = span_make(q, m.quote.n);
}

/* Debugging is bit 0 of the attributes; the enclave's own are at QE_ATTRIBUTES, debugging bit 1. */
static bool fuzz_holds(const struct fuzz_pieces *p, const struct fuzz_pieces *honest)
{
	static const struct {
		size_t at, n;
	} kept_fields[] = { { BODY_MRSIGNERSEAM, 48 }, { BODY_SEAM_ATTRIBUTES, 8 },
		{ BODY_MRTD, 48 }, { BODY_RTMR + 48, 96 }, { BODY_REPORT_DATA, 64 } };
	struct span q = p->items[0], qe = p->items[1];
	bool ok = !(q.p[MADE_BODY_4 + BODY_ATTRIBUTES] & 1) && !(qe.p[QE_ATTRIBUTES] & 2) &&
		  fuzz_same(qe, honest->items[1], QE_MRSIGNER, 32) &&
		  fuzz_same(qe, honest->items[1], QE_REPORT_DATA, 64);

	for (size_t i = 0; i < ARRAY_LEN(kept_fields); i++)
		ok = ok && fuzz_same(q, honest->items[0], MADE_BODY_4 + kept_fields[i].at,
				   kept_fields[i].n);
	return ok;
}

static const char *const *fuzz_must(void)
{
	static const char *const must[] = { "tdx-quote-form", "tdx-qe-vendor", "tdx-body-signature",
		"tdx-qe-binding", "tdx-qe-signature", "tdx-pck-chain-roles", "tdx-pck-chain-root",
		"tdx-pck-chain-signatures", "tdx-pck-chain-time", "tdx-pck-extension",
		"tdx-tcb-info-root", "tdx-tcb-info-signature", "tdx-tcb-info-platform",
		"tdx-tcb-info-current", "tdx-qe-identity-root", "tdx-qe-identity-signature",
		"tdx-qe-identity-match", "tdx-qe-identity-current", "tdx-module", "tdx-tcb-status",
		"tdx-debug", "tdx-migration", "tdx-attributes-fixed", "tdx-xfam-fixed",
		"tdx-mrsignerseam", "tdx-root-crl", "tdx-pck-crl", "mrtd.sha384", "rtmr-1.sha384",
		"rtmr-2.sha384", "binding", "nonce", "vouched", "coverage", NULL };

	return must;
}
