#include "appraise/appraise_tdx_inside.h"
#include "base/banned.h"

/* Names and texts of the checks that both documents have. */
struct names {
	const char *form, *chain, *root, *valid, *crl, *signature, *type, *current;
};

/* One of Intel's signed documents with what it came with. */
struct document {
	struct names names;
	const char *what, *member;
	struct span bytes, pem;
	struct pcs_json split;
	struct intel_chain chain; /* n 0: it could not be read */
	bool parsed, genuine;
};

static struct check check_of(struct appraise_tdx_state *s, const char *name, const char *what,
	const struct document *d, int fail_value)
{
	return (struct check){ .name = name,
		.what = arena_printf(s->w->a, "%s: %s", d->what, what),
		.whose = STR("Intel's PCS API, version 4"),
		.claim = CHECK_HARDWARE,
		.fail_value = fail_value };
}

/* "TCB info: ...", once. */
static void name_it(const struct document *d, struct err *e)
{
	struct str text = str_of(e->text), what = str_of(d->what);

	if (!str_equal(str_make(text.p, text.n < what.n ? text.n : what.n), what))
		err_wrap(e, "%s", d->what);
}

static void test(struct appraise_tdx_state *s, const struct document *d, const char *name,
	const char *what, bool ok, const struct err *e)
{
	appraise_test(s->w, check_of(s, name, what, d, CHECK_NOT_RECOGNISED), ok, e);
}

static bool there(const struct document *d, struct err *e)
{
	return d->bytes.n ||
	       err_set(e, ERR_NOTFOUND,
		       "%s: the evidence comes without it: `assay bundle make` collects it",
		       d->what);
}

static bool signer_is_there(const struct document *d, struct err *e)
{
	return d->chain.n ||
	       err_set(e, ERR_NOTFOUND, "%s: there is no chain of its signer that can be read",
		       d->what);
}

/* ---- the signer ---- */

static bool check_chain(struct appraise_tdx_state *s, struct document *d)
{
	struct err e = { 0 };
	bool ok = (d->pem.n || err_set(&e, ERR_NOTFOUND,
				       "the evidence comes without the chain of its signer")) &&
		  intel_chain_read(&d->chain, INTEL_CHAIN_TCB_SIGNING, d->pem, s->w->a, &e) &&
		  intel_chain_roles(&d->chain, &e) && intel_chain_signed(&d->chain, &e);

	if (!ok)
		name_it(d, &e);
	test(s, d, d->names.chain,
		"the chain of its signer is one for TCB signing, each certificate signed by the next",
		ok, &e);
	return ok;
}

/* That of the PCK chain: one authority does not judge another one's platforms. */
static bool check_root(struct appraise_tdx_state *s, const struct document *d)
{
	struct err e = { 0 };
	bool ok = s->root ||
		  err_set(&e, ERR_NOTFOUND, "the PCK chain ends in no root that is trusted");

	ok = ok && signer_is_there(d, &e) && intel_chain_pinned(&d->chain, s->root, &e);
	if (!ok)
		name_it(d, &e);
	test(s, d, d->names.root, "the chain of its signer ends in the root of the PCK chain", ok,
		&e);
	return ok;
}

static void check_signer(struct appraise_tdx_state *s, struct document *d)
{
	struct check c = check_of(
		s, d->names.crl, "the root has not revoked its signer", d, CHECK_NOT_RECOGNISED);
	struct err e = { 0 };
	bool ok = signer_is_there(d, &e) && intel_chain_valid(&d->chain, &s->at, &e);

	test(s, d, d->names.valid, "the chain of its signer is valid at the time of this appraisal",
		ok, &e);
	if (appraise_tdx_chain_without_crl(s, c))
		return;
	ok = signer_is_there(d, &e) &&
	     (s->root_crl || err_set(&e, ERR_NOTFOUND, "there is no root CRL that can be read")) &&
	     intel_crl_check_root(s->root_crl, &d->chain, &s->at, &e);
	if (!ok)
		name_it(d, &e);
	appraise_test(s->w, c, ok, &e);
}

/* After the parser has said whether the document has its form. */
static void check_signed(struct appraise_tdx_state *s, struct document *d)
{
	bool chain = check_chain(s, d), root = check_root(s, d), ok;
	struct err e = { 0 };

	check_signer(s, d);
	ok = (d->parsed ||
		     err_set(&e, ERR_FORMAT, "%s: there is none that can be read", d->what)) &&
	     signer_is_there(d, &e) && pcs_json_signed(&d->split, &d->chain, &e);
	test(s, d, d->names.signature, "exactly these bytes are signed", ok, &e);
	d->genuine = d->parsed && chain && root && ok;
	intel_chain_done(&d->chain);
}

static bool split(struct document *d, struct err *e)
{
	return there(d, e) && pcs_json_split(&d->split, d->bytes, d->member, e);
}

static bool is_read(const struct document *d, struct err *e)
{
	return d->parsed || err_set(e, ERR_FORMAT, "%s: there is none that can be read", d->what);
}

/* ---- TCB info ---- */

static bool is_for(struct appraise_tdx_state *s, const struct document *d, struct err *e)
{
	return is_read(d, e) &&
	       (s->has_platform ||
		       err_set(e, ERR_NOTFOUND,
			       "TCB info: the PCK certificate does not say for which platform it must be")) &&
	       tcb_info_is_for(&s->info, &s->platform, e);
}

static void check_info(struct appraise_tdx_state *s)
{
	const struct bundle *b = s->w->in->bundle;
	struct document d = { .names = { "tdx-tcb-info", "tdx-tcb-info-chain", "tdx-tcb-info-root",
				      "tdx-tcb-info-chain-time", "tdx-tcb-info-crl",
				      "tdx-tcb-info-signature", "tdx-tcb-info-type",
				      "tdx-tcb-info-current" },
		.what = "TCB info",
		.member = "tcbInfo",
		.bytes = b->tdx_tcb_info,
		.pem = b->tdx_tcb_info_chain };
	struct err e = { 0 };
	bool type, ours, current;

	d.parsed = split(&d, &e) && tcb_info_parse(&s->info, d.split.body, s->w->a, &e);
	test(s, &d, d.names.form, "it is there and has Intel's form", d.parsed, &e);
	check_signed(s, &d);
	type = is_read(&d, &e) && tcb_info_is_tdx(&s->info, &e);
	test(s, &d, d.names.type, "it is of TDX, version 3", type, &e);
	ours = is_for(s, &d, &e);
	test(s, &d, "tdx-tcb-info-platform", "it is for this platform: FMSPC and PCE-ID", ours, &e);
	current = is_read(&d, &e) && tcb_info_current(&s->info, &s->at, &e);
	test(s, &d, d.names.current, "it is current at the time of this appraisal", current, &e);
	s->info_holds = d.genuine && type && ours;
}

/* ---- QE identity ---- */

static void check_identity(struct appraise_tdx_state *s)
{
	const struct bundle *b = s->w->in->bundle;
	struct document d = { .names = { "tdx-qe-identity", "tdx-qe-identity-chain",
				      "tdx-qe-identity-root", "tdx-qe-identity-chain-time",
				      "tdx-qe-identity-crl", "tdx-qe-identity-signature",
				      "tdx-qe-identity-type", "tdx-qe-identity-current" },
		.what = "QE identity",
		.member = "enclaveIdentity",
		.bytes = b->tdx_qe_identity,
		.pem = b->tdx_qe_identity_chain };
	struct err e = { 0 };
	bool type, match, current;

	d.parsed = split(&d, &e) && qe_identity_parse(&s->identity, d.split.body, s->w->a, &e);
	test(s, &d, d.names.form, "it is there and has Intel's form", d.parsed, &e);
	check_signed(s, &d);
	type = is_read(&d, &e) && qe_identity_is_td_qe(&s->identity, &e);
	test(s, &d, d.names.type, "it is of the quoting enclave for TDX, version 2", type, &e);
	match = is_read(&d, &e) && qe_identity_matches(&s->identity, &s->said->quote.qe, &e);
	test(s, &d, "tdx-qe-identity-match",
		"the quoting enclave is one of it: MISCSELECT, attributes, signer, product", match,
		&e);
	current = is_read(&d, &e) && qe_identity_current(&s->identity, &s->at, &e);
	test(s, &d, d.names.current, "it is current at the time of this appraisal", current, &e);
	s->identity_holds = d.genuine && type && match;
}

void appraise_tdx_collateral(struct appraise_tdx_state *s)
{
	check_info(s);
	check_identity(s);
}
