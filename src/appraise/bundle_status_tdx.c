#include "appraise/bundle_status_inside.h"
#include "evidence/tdx_quote.h"
#include "trust/intel_crl.h"
#include "trust/pck_extension.h"
#include "trust/qe_identity.h"
#include "trust/tcb_info.h"
#include "trust/tdx_quote_signature.h"
#include "base/banned.h"

struct platform {
	bool has_quote;
	struct tdx_quote quote;
	struct intel_chain chain; /* the quote's; n 0: not read */
	bool has_extension;
	struct pck_extension extension;
	struct intel_crl *root_crl,
		*pck_crl; /* NULL: none that can be read and is that authority's */
};

static void platform_done(struct platform *p)
{
	intel_chain_done(&p->chain);
	intel_crl_free(p->root_crl);
	intel_crl_free(p->pck_crl);
}

static void unreadable(
	struct bundle_status_work *w, struct str label, struct str what, const struct err *e)
{
	bundle_status_add(w, label, what, BUNDLE_STATUS_UNREADABLE, bundle_status_why(w, e));
}

/* The part is there; else it is an item that says what it is for. */
static bool is_there(struct bundle_status_work *w, struct str label, struct str what,
	struct span part, const char *without)
{
	if (!part.p)
		bundle_status_add(w, label, what, BUNDLE_STATUS_MISSING, str_of(without));
	return part.p;
}

/* ---- certificates ---- */

/* Of the PCK chain, the one of Intel or of the trust file; of signers, the PCK chain's. */
static bool root_is_right(struct bundle_status_work *w, const struct platform *p,
	const struct intel_chain *c, struct err *e)
{
	uint8_t got[SHA256_SIZE], want[SHA256_SIZE];

	certificate_sha256(got, intel_chain_root(c));
	if (p->chain.n)
		certificate_sha256(want, intel_chain_root(&p->chain));
	if (c->role != INTEL_CHAIN_PCK && p->chain.n && !ct_equal(got, want, sizeof got)) {
		err_set(e, ERR_SIGNATURE, "the chain does not end in the root of the PCK chain");
		bundle_status_blame(w, BUNDLE_STATUS_UNFIT, e);
	}
	return intel_chain_pinned(c, intel_chain_root_sha256, e) ||
	       bundle_status_trusts(w, TRUST_TDX, got);
}

/* What the chain's authorities say of number i; their own lists, as far as they are there. */
static bool is_spared(
	const struct platform *p, const struct intel_chain *c, size_t i, struct err *e)
{
	const struct intel_crl *list = i + 2 == c->n ? p->root_crl : NULL;

	if (c->role == INTEL_CHAIN_PCK && i == 0)
		list = p->pck_crl;
	return !list || intel_crl_spares(list, c->certs[i], e);
}

static void certificates(struct bundle_status_work *w, const struct platform *p,
	const struct intel_chain *c, const char *label)
{
	static const char *const pck[INTEL_CHAIN_MAX] = { "PCK certificate", "authority", "root" };
	static const char *const signing[INTEL_CHAIN_MAX] = { "signer", "root", "root" };

	for (size_t i = 0; i < c->n && i < INTEL_CHAIN_MAX; i++) {
		struct err e = { 0 };

		bundle_status_certificate(w, bundle_status_text(w, "%s.%zu", label, i),
			c->role == INTEL_CHAIN_PCK ? pck[i] : signing[i], c->certs[i]);
		bundle_status_test(
			w, intel_chain_signed_at(c, i, &e), BUNDLE_STATUS_BAD_SIGNATURE, &e);
		bundle_status_test(w, is_spared(p, c, i, &e), BUNDLE_STATUS_REVOKED, &e);
		if (i + 1 < c->n)
			continue;
		bundle_status_root(w, root_is_right(w, p, c, &e), &e);
		bundle_status_test(w, intel_chain_roles(c, &e), BUNDLE_STATUS_UNFIT, &e);
	}
}

/* ---- the quote ---- */

static bool links_hold(const struct platform *p, struct err *e)
{
	return tdx_quote_by_intel_qe(&p->quote, e) && tdx_quote_signature_body(&p->quote, e) &&
	       tdx_quote_signature_binding(&p->quote, e) &&
	       (!p->chain.n || tdx_quote_signature_qe(&p->quote, intel_chain_leaf(&p->chain), e));
}

static struct intel_crl *list_of(struct span der, const struct certificate *issuer)
{
	CLEANUP(intel_crl_freep) struct intel_crl *list = NULL;
	struct err ignored = { 0 };

	return intel_crl_of_der(&list, der, &ignored) && intel_crl_signed(list, issuer, &ignored)
		       ? TAKE(list)
		       : NULL;
}

static void quote(struct bundle_status_work *w, struct platform *p)
{
	const struct bundle *b = w->bundle;
	struct err e = { 0 }, chain_e = { 0 };
	bool chain;

	p->has_quote = tdx_quote_parse(&p->quote, b->tdx_quote, &e);
	if (!p->has_quote) {
		unreadable(w, STR("tdx.quote"), STR("TDX quote"), &e);
		return;
	}
	chain = intel_chain_read(&p->chain, INTEL_CHAIN_PCK, p->quote.certificates, w->a, &chain_e);
	bundle_status_add(w, STR("tdx.quote"),
		bundle_status_text(w, "TDX quote, version %u", p->quote.version),
		BUNDLE_STATUS_TIMELESS, STR(""));
	bundle_status_test(w, links_hold(p, &e), BUNDLE_STATUS_BAD_SIGNATURE, &e);
	if (!chain) {
		unreadable(w, STR("tdx.quote certificates"), STR("PCK certificates"), &chain_e);
		return;
	}
	p->root_crl = list_of(b->tdx_root_crl, intel_chain_root(&p->chain));
	p->pck_crl = list_of(b->tdx_pck_crl, intel_chain_issuer(&p->chain));
	certificates(w, p, &p->chain, "tdx.quote certificate");
	p->has_extension = pck_extension_read(&p->extension, intel_chain_leaf(&p->chain), &e);
	if (!p->has_extension)
		unreadable(w, STR("tdx.quote certificate.0"), STR("platform of the PCK"), &e);
}

/* ---- documents ---- */

static void dated(struct bundle_status_work *w, struct str label, struct str what,
	const struct pcs_json_dates *d, uint64_t evaluation)
{
	struct certificate_validity v = { d->issued, d->next_update };

	bundle_status_dated(w, label,
		bundle_status_text(w, "%.*s, evaluation number %llu", STR_ARG(what),
			(unsigned long long)evaluation),
		&v);
	if (w->out->n)
		w->out->items[w->out->n - 1].evaluation = evaluation;
}

static void signer(struct bundle_status_work *w, const struct platform *p, const char *label,
	struct span pem, const struct intel_chain *chain, const struct err *e)
{
	const struct str what = STR("certificates of the document's signer");

	if (!is_there(w, str_of(label), what, pem, "without them the document is nobody's"))
		return;
	if (chain->n)
		certificates(w, p, chain, label);
	else
		unreadable(w, str_of(label), what, e);
}

static void tcb_item(
	struct bundle_status_work *w, const struct platform *p, const struct intel_chain *chain)
{
	const struct str label = STR("tdx.tcb-info"), what = STR("Intel's verdict on TCB levels");
	struct tcb_info info;
	struct pcs_json d;
	struct err e = { 0 };

	if (!is_there(w, label, what, w->bundle->tdx_tcb_info,
		    "without it the platform's state is not known"))
		return;
	if (!pcs_json_split(&d, w->bundle->tdx_tcb_info, "tcbInfo", &e) ||
		!tcb_info_parse(&info, d.body, w->a, &e)) {
		unreadable(w, label, what, &e);
		return;
	}
	dated(w, label, what, &info.dates, info.evaluation_number);
	bundle_status_test(w,
		tcb_info_is_tdx(&info, &e) &&
			(!p->has_extension || tcb_info_is_for(&info, &p->extension, &e)),
		BUNDLE_STATUS_UNFIT, &e);
	bundle_status_test(
		w, !chain->n || pcs_json_signed(&d, chain, &e), BUNDLE_STATUS_BAD_SIGNATURE, &e);
}

static void identity_item(
	struct bundle_status_work *w, const struct platform *p, const struct intel_chain *chain)
{
	const struct str label = STR("tdx.qe-identity"), what = STR("Intel's quoting enclaves");
	struct qe_identity identity;
	struct pcs_json d;
	struct err e = { 0 };

	if (!is_there(w, label, what, w->bundle->tdx_qe_identity,
		    "without it the quote's enclave is nobody's"))
		return;
	if (!pcs_json_split(&d, w->bundle->tdx_qe_identity, "enclaveIdentity", &e) ||
		!qe_identity_parse(&identity, d.body, w->a, &e)) {
		unreadable(w, label, what, &e);
		return;
	}
	dated(w, label, what, &identity.dates, identity.evaluation_number);
	bundle_status_test(w,
		qe_identity_is_td_qe(&identity, &e) &&
			(!p->has_quote || qe_identity_matches(&identity, &p->quote.qe, &e)),
		BUNDLE_STATUS_UNFIT, &e);
	bundle_status_test(
		w, !chain->n || pcs_json_signed(&d, chain, &e), BUNDLE_STATUS_BAD_SIGNATURE, &e);
}

/* A document and who signed it. */
static void document(struct bundle_status_work *w, const struct platform *p,
	const char *chain_label, struct span pem,
	void (*item)(
		struct bundle_status_work *, const struct platform *, const struct intel_chain *))
{
	CLEANUP(intel_chain_done) struct intel_chain chain = { 0 };
	struct err e = { 0 };

	if (!intel_chain_read(&chain, INTEL_CHAIN_TCB_SIGNING, pem, w->a, &e))
		chain.n = 0;
	item(w, p, &chain);
	signer(w, p, chain_label, pem, &chain, &e);
}

/* ---- lists ---- */

static void crl(struct bundle_status_work *w, struct str label, struct str what, struct span der,
	const struct certificate *issuer)
{
	CLEANUP(intel_crl_freep) struct intel_crl *list = NULL;
	struct err e = { 0 };

	if (!is_there(w, label, what, der,
		    "without it nobody knows whether a certificate was revoked"))
		return;
	if (!intel_crl_of_der(&list, der, &e)) {
		unreadable(w, label, what, &e);
	} else if (issuer && !intel_crl_signed(list, issuer, &e)) {
		bundle_status_add(w, label, what, BUNDLE_STATUS_UNFIT, bundle_status_why(w, &e));
	} else {
		struct certificate_validity v = { intel_crl_this_update(list),
			intel_crl_next_update(list) };

		bundle_status_dated(w, label, what, &v);
	}
}

void bundle_status_tdx(struct bundle_status_work *w)
{
	CLEANUP(platform_done) struct platform p = { 0 };
	const struct bundle *b = w->bundle;

	quote(w, &p);
	document(w, &p, "tdx.tcb-info-chain", b->tdx_tcb_info_chain, tcb_item);
	document(w, &p, "tdx.qe-identity-chain", b->tdx_qe_identity_chain, identity_item);
	crl(w, STR("tdx.pck-crl"), STR("list of revoked PCK certificates"), b->tdx_pck_crl,
		p.chain.n ? intel_chain_issuer(&p.chain) : NULL);
	crl(w, STR("tdx.root-crl"), STR("list of revoked certificates, by the root"),
		b->tdx_root_crl, p.chain.n ? intel_chain_root(&p.chain) : NULL);
	if (b->cc_log.p)
		bundle_status_add(w, STR("log.cc"), STR("event log of the guest"),
			BUNDLE_STATUS_TIMELESS, STR(""));
}
