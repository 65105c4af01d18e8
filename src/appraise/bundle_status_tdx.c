#include "appraise/bundle_status_inside.h"
#include "evidence/tdx_quote.h"
#include "trust/intel_crl.h"
#include "trust/pck_extension.h"
#include "trust/qe_identity.h"
#include "trust/tcb_info.h"
#include "base/banned.h"

struct platform {
	struct intel_chain chain; /* the quote's; n 0: not read */
	bool has_extension;
	struct pck_extension extension;
};

static void platform_done(struct platform *p)
{
	intel_chain_done(&p->chain);
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

static void certificates(
	struct bundle_status_work *w, const struct intel_chain *c, const char *label)
{
	static const char *const pck[INTEL_CHAIN_MAX] = { "PCK certificate", "authority", "root" };
	static const char *const signing[INTEL_CHAIN_MAX] = { "signer", "root", "root" };

	for (size_t i = 0; i < c->n && i < INTEL_CHAIN_MAX; i++)
		bundle_status_certificate(w, bundle_status_text(w, "%s.%zu", label, i),
			c->role == INTEL_CHAIN_PCK ? pck[i] : signing[i], c->certs[i]);
}

static void quote(struct bundle_status_work *w, struct platform *p)
{
	struct tdx_quote q;
	struct err e = { 0 };

	if (!tdx_quote_parse(&q, w->bundle->tdx_quote, &e)) {
		unreadable(w, STR("tdx.quote"), STR("TDX quote"), &e);
		return;
	}
	bundle_status_add(w, STR("tdx.quote"),
		bundle_status_text(w, "TDX quote, version %u", q.version), BUNDLE_STATUS_TIMELESS,
		STR(""));
	if (!intel_chain_read(&p->chain, INTEL_CHAIN_PCK, q.certificates, w->a, &e)) {
		unreadable(w, STR("tdx.quote certificates"), STR("PCK certificates"), &e);
		return;
	}
	certificates(w, &p->chain, "tdx.quote certificate");
	p->has_extension = pck_extension_read(&p->extension, intel_chain_leaf(&p->chain), &e);
	if (!p->has_extension)
		unreadable(w, STR("tdx.quote certificate.0"), STR("platform of the PCK"), &e);
}

static void dated(struct bundle_status_work *w, struct str label, struct str what,
	const struct pcs_json_dates *d)
{
	struct certificate_validity v = { d->issued, d->next_update };

	bundle_status_dated(w, label, what, &v);
}

static void tcb(struct bundle_status_work *w, const struct platform *p)
{
	const struct str label = STR("tdx.tcb-info"), what = STR("Intel's verdict on TCB levels");
	struct tcb_info info;
	struct pcs_json d;
	struct err e = { 0 };

	if (!is_there(w, label, what, w->bundle->tdx_tcb_info,
		    "without it the platform's state is not known"))
		return;
	if (!pcs_json_split(&d, w->bundle->tdx_tcb_info, "tcbInfo", &e) ||
		!tcb_info_parse(&info, d.body, w->a, &e))
		unreadable(w, label, what, &e);
	else if (!tcb_info_is_tdx(&info, &e) ||
		 (p->has_extension && !tcb_info_is_for(&info, &p->extension, &e)))
		bundle_status_add(w, label, what, BUNDLE_STATUS_UNFIT, bundle_status_why(w, &e));
	else
		dated(w, label, what, &info.dates);
}

static void identity(struct bundle_status_work *w)
{
	const struct str label = STR("tdx.qe-identity"), what = STR("Intel's quoting enclaves");
	struct qe_identity identity;
	struct pcs_json d;
	struct err e = { 0 };

	if (!is_there(w, label, what, w->bundle->tdx_qe_identity,
		    "without it the quote's enclave is nobody's"))
		return;
	if (!pcs_json_split(&d, w->bundle->tdx_qe_identity, "enclaveIdentity", &e) ||
		!qe_identity_parse(&identity, d.body, w->a, &e))
		unreadable(w, label, what, &e);
	else if (!qe_identity_is_td_qe(&identity, &e))
		bundle_status_add(w, label, what, BUNDLE_STATUS_UNFIT, bundle_status_why(w, &e));
	else
		dated(w, label, what, &identity.dates);
}

static void signer(struct bundle_status_work *w, const char *label, struct span pem)
{
	CLEANUP(intel_chain_done) struct intel_chain chain = { 0 };
	const struct str what = STR("certificates of the document's signer");
	struct err e = { 0 };

	if (!is_there(w, str_of(label), what, pem, "without them the document is nobody's"))
		return;
	if (!intel_chain_read(&chain, INTEL_CHAIN_TCB_SIGNING, pem, w->a, &e))
		unreadable(w, str_of(label), what, &e);
	else
		certificates(w, &chain, label);
}

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
	tcb(w, &p);
	signer(w, "tdx.tcb-info-chain", b->tdx_tcb_info_chain);
	identity(w);
	signer(w, "tdx.qe-identity-chain", b->tdx_qe_identity_chain);
	crl(w, STR("tdx.pck-crl"), STR("list of revoked PCK certificates"), b->tdx_pck_crl,
		p.chain.n ? intel_chain_issuer(&p.chain) : NULL);
	crl(w, STR("tdx.root-crl"), STR("list of revoked certificates, by the root"),
		b->tdx_root_crl, p.chain.n ? intel_chain_root(&p.chain) : NULL);
	if (b->cc_log.p)
		bundle_status_add(w, STR("log.cc"), STR("event log of the guest"),
			BUNDLE_STATUS_TIMELESS, STR(""));
}
