/*
 * Intel's own collateral with the quotes that it is for, and collateral that others changed: signatures, CRLs, levels. All
 * of it has expired by now; the times are those of the files. Without the files the test is skipped, see vectors.h.
 */
#include "base/hex.h"
#include "codec/json.h"
#include "trust/intel_crl.h"
#include "trust/tdx_quote_signature.h"
#include "trust/tdx_tcb.h"
#include "vectors.h"

enum { APRIL_2026 = 1775001600, JULY_2025 = 1751328000, WITHOUT_UPDATE = 1800000000 };

/* All that an appraisal needs beside the quote. */
struct collateral {
	struct pcs_json tcb_info, qe_identity;
	struct span tcb_chain, root_crl, pck_crl;
};

static struct arena *a;

static bool pck_side(struct pck_extension *x, const struct tdx_quote *q, const struct collateral *c,
	const struct intel_time *t, struct err *e)
{
	CLEANUP(intel_chain_done) struct intel_chain chain = { 0 };
	CLEANUP(intel_crl_freep) struct intel_crl *root_crl = NULL;
	CLEANUP(intel_crl_freep) struct intel_crl *pck_crl = NULL;

	return intel_chain_read(&chain, INTEL_CHAIN_PCK, q->certificates, a, e) &&
	       intel_chain_verify(&chain, intel_chain_root_sha256, t, e) &&
	       tdx_quote_signature_body(q, e) && tdx_quote_signature_binding(q, e) &&
	       tdx_quote_signature_qe(q, intel_chain_leaf(&chain), e) &&
	       intel_crl_of_der(&root_crl, c->root_crl, e) &&
	       intel_crl_check_root(root_crl, &chain, t, e) &&
	       intel_crl_of_der(&pck_crl, c->pck_crl, e) &&
	       intel_crl_check_pck(pck_crl, &chain, t, e) &&
	       pck_extension_read(x, intel_chain_leaf(&chain), e);
}

static bool documents(struct tcb_info *info, struct qe_identity *qe, const struct collateral *c,
	const struct pck_extension *x, const struct intel_time *t, struct err *e)
{
	CLEANUP(intel_chain_done) struct intel_chain signer = { 0 };
	CLEANUP(intel_crl_freep) struct intel_crl *root_crl = NULL;

	return intel_chain_read(&signer, INTEL_CHAIN_TCB_SIGNING, c->tcb_chain, a, e) &&
	       intel_chain_verify(&signer, intel_chain_root_sha256, t, e) &&
	       intel_crl_of_der(&root_crl, c->root_crl, e) &&
	       intel_crl_check_root(root_crl, &signer, t, e) &&
	       tcb_info_parse(info, c->tcb_info.body, a, e) &&
	       pcs_json_signed(&c->tcb_info, &signer, e) && tcb_info_is_tdx(info, e) &&
	       tcb_info_is_for(info, x, e) && tcb_info_current(info, t, e) &&
	       qe_identity_parse(qe, c->qe_identity.body, a, e) &&
	       pcs_json_signed(&c->qe_identity, &signer, e) && qe_identity_is_td_qe(qe, e) &&
	       qe_identity_current(qe, t, e);
}

static bool evaluate(struct tdx_tcb *tcb, struct span quote, const struct collateral *c, int64_t at,
	struct err *e)
{
	const struct intel_time t = { .at_unix = at };
	const struct tcb_module *module = NULL;
	struct pck_extension x;
	struct qe_identity qe;
	struct tcb_info info;
	struct tdx_quote q;

	return tdx_quote_parse(&q, quote, e) && pck_side(&x, &q, c, &t, e) &&
	       documents(&info, &qe, c, &x, &t, e) && tcb_info_module(&module, &info, &q, e) &&
	       qe_identity_matches(&qe, &q.qe, e) && tdx_tcb_evaluate(tcb, &q, &x, &info, &qe, e);
}

/* ---- Intel's files ---- */

#define COLLATERAL "tdx-collateral/lunal-dev.attestation-rs__crates_attestation_collateral_"

static const struct {
	const char *quote, *tcb_info;
	enum tcb_status status; /* NONE: the platform is below every level */
	size_t behind;
	const char *reason; /* of a refusal */
} april[] = {
	{ "tdx/google.go-tdx-guest__testing_quote_v5_sample.dat", "tcb_info_90c06f000000.json",
		TCB_STATUS_UP_TO_DATE, 0, NULL },
	/* Launched with version 4 of module 1, which was then updated below it. */
	{ "tdx/openenclav.openenclave__tests_host_verify_data_tdx_quote-moduleupdate-seamldr5.dat",
		"tcb_info_90c06f000000.json", TCB_STATUS_TD_RELAUNCH_ADVISED, 0, NULL },
	{ "tdx/openenclav.openenclave__tests_host_verify_data_tdx_quote.bin",
		"tcb_info_50806f000000.json", TCB_STATUS_OUT_OF_DATE, 3, NULL },
	{ "tdx/confidenti.trustee__deps_verifier_tdx_quote_5.dat", "tcb_info_90c06f000000.json", 0,
		0, "SGX component 0 (Early Microcode Update) is 1, want 2, and more" },
	{ "tdx/phala-netw.dcap-qvl__sample_tdx_quote_outdated", "tcb_info_90c06f000000.json", 0, 0,
		"SGX component 7 (SEAMLDR ACM) is 3, want 5" },
	{ "tdx/google.go-tdx-guest__testing_tdx_prod_quote_SPR_E4.dat",
		"tcb_info_50806f000000.json", 0, 0, "is 3, want 5, and more" },
	{ "tdx/phala-netw.dcap-qvl__sample_tdx_quote", "tcb_info_50806f000000.json", 0, 0,
		"it is for FMSPC 50806f000000, the PCK certificate says b0c06f000000" },
};

static void of_april(void)
{
	CLEANUP(buf_done)
	struct buf chain = vectors_load(COLLATERAL "qe_identity_signing_chain.pem");
	CLEANUP(buf_done) struct buf root = vectors_load(COLLATERAL "root_ca_crl.der");
	CLEANUP(buf_done) struct buf pck = vectors_load(COLLATERAL "pck_crl_platform.der");
	CLEANUP(buf_done) struct buf qe = vectors_load(COLLATERAL "td_qe_identity.json");
	struct collateral c = { .tcb_chain = buf_span(&chain),
		.root_crl = buf_span(&root),
		.pck_crl = buf_span(&pck) };

	for (size_t i = 0; i < ARRAY_LEN(april); i++) {
		CLEANUP(buf_done) struct buf quote = vectors_load(april[i].quote);
		char name[VECTORS_PATH];
		struct err e = { 0 };
		struct tdx_tcb t = { 0 };
		struct buf info;
		bool ok;

		snprintf(name, sizeof name, COLLATERAL "%s", april[i].tcb_info);
		info = vectors_load(name);
		CHECK_OK(pcs_json_split(&c.tcb_info, buf_span(&info), "tcbInfo", &e) &&
				 pcs_json_split(
					 &c.qe_identity, buf_span(&qe), "enclaveIdentity", &e),
			e);
		ok = evaluate(&t, buf_span(&quote), &c, APRIL_2026, &e);
		printf("%s: %s, %zu/%zu/%zu behind: %s\n", april[i].quote,
			tcb_status_name(t.status), t.platform_behind, t.module_behind, t.qe_behind,
			ok ? "" : e.text);
		CHECK(t.status == april[i].status && t.platform_behind == april[i].behind);
		CHECK(ok == !april[i].reason && (ok || strstr(e.text, april[i].reason)));
		e.text[0] = 0;
		CHECK(!evaluate(&t, buf_span(&quote), &c, WITHOUT_UPDATE, &e));
		CHECK(strstr(e.text, "the clock is wrong"));
		buf_done(&info);
	}
}

/* ---- files of all collateral in one ---- */

static struct span text_of(const struct json *o, const char *key)
{
	const struct json *v = json_get(o, key);

	return v ? str_span(v->text) : span_make("", 0);
}

static struct span bytes_of(const struct json *o, const char *key)
{
	const struct json *v = json_get(o, key);
	uint8_t *out;

	if (!v)
		return span_make("", 0);
	out = arena_alloc(a, v->text.n);
	CHECK(hex_read(v->text, out, v->text.n / 2));
	return span_make(out, v->text.n / 2);
}

static bool in_one_file(const char *file, struct tdx_tcb *t, struct err *e)
{
	CLEANUP(buf_done) struct buf b = vectors_load(file);
	CLEANUP(buf_done)
	struct buf quote = vectors_load("tdx/phala-netw.dcap-qvl__sample_tdx_quote");
	struct collateral c = { 0 };
	struct span signature;
	struct json o;

	CHECK_OK(json_parse(&o, buf_span(&b), a, e), *e);
	c.tcb_chain = text_of(&o, "tcb_info_issuer_chain");
	c.root_crl = bytes_of(&o, "root_ca_crl");
	c.pck_crl = bytes_of(&o, "pck_crl");
	c.tcb_info.body = text_of(&o, "tcb_info");
	c.qe_identity.body = text_of(&o, "qe_identity");
	signature = bytes_of(&o, "tcb_info_signature");
	memcpy(c.tcb_info.signature, signature.p, signature.n);
	signature = bytes_of(&o, "qe_identity_signature");
	memcpy(c.qe_identity.signature, signature.p, signature.n);
	return evaluate(t, buf_span(&quote), &c, JULY_2025, e);
}

static const struct {
	const char *file, *reason; /* part of it */
} changed[] = {
	{ "tcbinfo_dup_key", "stands twice" },
	{ "tcbinfo_whitespace", "signature does not verify" },
	{ "no_pck_crl", "CRL: it is missing" },
	{ "no_root_crl", "CRL: it is missing" },
	{ "other_fmspc", "it is for FMSPC" },
	{ "sgx_qe_identity", "'QE'" },
};

static void in_one(void)
{
	struct tdx_tcb t = { 0 };
	struct err e = { 0 };

	CHECK_OK(in_one_file("tdx/phala-netw.dcap-qvl__sample_tdx_quote_collateral.json", &t, &e),
		e);
	printf("sample_tdx_quote: %s\n", tcb_status_name(t.status));
	CHECK(t.status == TCB_STATUS_UP_TO_DATE && t.evaluation_number == 17);
	for (size_t i = 0; i < ARRAY_LEN(changed); i++) {
		char name[VECTORS_PATH];

		snprintf(name, sizeof name, "derived/tdx-collateral/%s.json", changed[i].file);
		CHECK(!in_one_file(name, &t, &e));
		printf("%s: %s\n", changed[i].file, e.text);
		CHECK(strstr(e.text, changed[i].reason));
	}
}

int main(void)
{
	if (!vectors_find("evidence"))
		return vectors_skip();
	a = arena_new(64 << 20);
	of_april();
	in_one();
	arena_free(a);
	return test_end();
}
