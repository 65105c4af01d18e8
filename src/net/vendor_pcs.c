#include "net/vendor_pcs.h"

#include <stdio.h>

#include "base/hex.h"
#include "evidence/tdx_quote.h"
#include "net/vendor_list.h"
#include "trust/intel_chain.h"
#include "trust/pck_extension.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

enum { NAME_SIZE = 128, FMSPC_SIZE = 6 };

struct pcs {
	const struct bundle *b;
	struct arena *a;
	char fmspc[2 * FMSPC_SIZE + 1];
	bool by_processor_ca;
};

static bool read_quote(struct pcs *p, struct err *e)
{
	CLEANUP(intel_chain_done) struct intel_chain chain = { 0 };
	struct pck_extension x;
	struct tdx_quote q;
	struct str issuer;

	if (!tdx_quote_parse(&q, p->b->tdx_quote, e) ||
		!intel_chain_read(&chain, INTEL_CHAIN_PCK, q.certificates, p->a, e) ||
		!pck_extension_read(&x, intel_chain_leaf(&chain), e))
		return err_wrap(e, "the platform of the quote is not known");
	hex_write(p->fmspc, x.fmspc, sizeof x.fmspc);
	issuer = certificate_subject(intel_chain_issuer(&chain), p->a);
	p->by_processor_ca = str_glob(STR("*Processor CA*"), issuer);
	return true;
}

bool vendor_pcs_fetch(
	struct bundle *b, const struct vendor *v, bool is_cache, struct arena *a, struct err *e)
{
	struct pcs p = { .b = b, .a = a };
	bool gone = false;
	char path[NAME_SIZE], info[NAME_SIZE], chain[NAME_SIZE];

	if (!read_quote(&p, e))
		return false;
	snprintf(path, sizeof path, "/tdx/certification/v4/tcb?fmspc=%s", p.fmspc);
	snprintf(info, sizeof info, "intel/%s/tcb-info.json", p.fmspc);
	snprintf(chain, sizeof chain, "intel/%s/tcb-info-chain.pem", p.fmspc);

	const struct {
		struct vendor_list list;
		const char *option;
		bool of_root;
	} all[] = {
		{ { "tdx.tcb-info", NULL, path, info, "tdx.tcb-info-chain", "TCB-Info-Issuer-Chain",
			  chain },
			"--tcb-info", false },
		{ { "tdx.qe-identity", NULL, "/tdx/certification/v4/qe/identity",
			  "intel/qe-identity.json", "tdx.qe-identity-chain",
			  "SGX-Enclave-Identity-Issuer-Chain", "intel/qe-identity-chain.pem" },
			"--qe-identity", false },
		{ { "tdx.pck-crl", NULL,
			  p.by_processor_ca
				  ? "/sgx/certification/v4/pckcrl?ca=processor&encoding=der"
				  : "/sgx/certification/v4/pckcrl?ca=platform&encoding=der",
			  p.by_processor_ca ? "intel/pck-crl-processor" : "intel/pck-crl-platform",
			  NULL, NULL, NULL },
			"--pck-crl", false },
		{ { "tdx.root-crl", NULL,
			  is_cache ? "/sgx/certification/v4/rootcacrl" : "/IntelSGXRootCA.der",
			  "intel/root-crl", NULL, NULL, NULL },
			"--root-crl", true },
	};

	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		struct vendor one = *v;

		one.gone = &gone;
		one.option = all[i].option;
		if (all[i].of_root && !is_cache) {
			one.base = one.usual = VENDOR_PCS_ROOT_CRL_URL;
			one.gone = NULL;
		}
		if (!vendor_list_get(b, &one, &all[i].list, a, e))
			return false;
	}
	return true;
}
