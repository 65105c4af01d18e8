#include "net/vendor_pcs.h"

#include <stdio.h>

#include "appraise/bundle_fill.h"
#include "appraise/bundle_status.h"
#include "base/hex.h"
#include "evidence/tdx_quote.h"
#include "trust/intel_chain.h"
#include "trust/pck_extension.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

enum { NAME_SIZE = 128, FMSPC_SIZE = 6 };

struct pcs {
	struct bundle *b;
	const struct vendor *v;
	struct arena *a;
	char fmspc[2 * FMSPC_SIZE + 1];
	bool by_processor_ca;
};

/* One thing to ask for; chain and header NULL: what comes back is all of it. */
struct wanted {
	const char *label, *path, *cached;
	const char *chain, *header, *chain_cached;
	const char *option;
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

static bool look(struct bundle_status *ret, const struct pcs *p, struct err *e)
{
	const struct bundle_status_at at = { .at_unix = p->v->at_unix, .any_root = true };

	return bundle_status(ret, p->b, &at, p->a, e);
}

static bool keep_in(struct pcs *p, const char *label, struct span bytes, struct err *e)
{
	struct str s = arena_str(p->a, str_make((const char *)bytes.p, bytes.n));

	return s.p ? bundle_fill(p->b, label, str_span(s), p->a, e) : arena_full(p->a, e);
}

/* The answer is what the bundle lacks; else the bundle is as it was. */
static bool fill(
	struct pcs *p, const struct wanted *w, struct span bytes, struct span chain, struct err *e)
{
	const struct bundle before = *p->b;
	struct bundle_status s;
	bool ok = keep_in(p, w->label, bytes, e) && (!w->chain || keep_in(p, w->chain, chain, e)) &&
		  look(&s, p, e);

	if (ok && !bundle_status_lacks(&s, w->label))
		return true;
	*p->b = before;
	return ok ? err_set(e, ERR_MISMATCH, "'%s' is not for this platform, or not for now",
			    w->label)
		  : false;
}

/* The byte behind a '%' in two hexadecimal digits of either case. */
static bool escaped(uint8_t *ret, struct str two)
{
	char low[2];

	for (size_t k = 0; k < two.n; k++)
		low[k] = (char)(two.p[k] >= 'A' && two.p[k] <= 'F' ? two.p[k] - 'A' + 'a'
								   : two.p[k]);
	return two.n == 2 && hex_read(str_make(low, 2), ret, 1);
}

/* "%0A" and the like as bytes; what is no escape stands for itself. */
static bool unescape(struct buf *out, struct str s, struct err *e)
{
	struct str rest = s, plain;

	while (rest.n) {
		uint8_t byte;

		if (!str_cut(rest, '%', &plain, &rest)) {
			buf_add_str(out, plain);
			break;
		}
		buf_add_str(out, plain);
		if (!escaped(&byte, str_make(rest.p, rest.n < 2 ? rest.n : 2)))
			return err_set(e, ERR_FORMAT, "the issuer's chain: '%%%.*s' is no escape",
				rest.n < 2 ? (int)rest.n : 2, rest.p);
		buf_u8(out, byte);
		rest = str_make(rest.p + 2, rest.n - 2);
	}
	return buf_ok(out) || buf_full(out, "the issuer's chain", e);
}

static bool from_cache(struct pcs *p, const struct wanted *w)
{
	CLEANUP(buf_done) struct buf bytes = { 0 };
	CLEANUP(buf_done) struct buf chain = { 0 };
	struct err ignored = { 0 };

	return vendor_cache_read(p->v, w->cached, &bytes) &&
	       (!w->chain || vendor_cache_read(p->v, w->chain_cached, &chain)) &&
	       fill(p, w, buf_span(&bytes), buf_span(&chain), &ignored);
}

static bool from_service(
	struct pcs *p, const struct vendor *v, const struct wanted *w, struct err *e)
{
	CLEANUP(http_reply_done) struct http_reply r = { 0 };
	CLEANUP(buf_done) struct buf chain = buf_init(HTTP_HEADERS_MAX);
	struct str header;

	if (!vendor_ask(&r, v, w->path, e))
		return false;
	header = w->header ? http_header(&r, w->header) : (struct str){ 0 };
	if (w->header && !header.p)
		return err_set(e, ERR_FORMAT, "%s answers '%s' without the header '%s'", v->name,
			w->path, w->header);
	if (!unescape(&chain, header, e) || !fill(p, w, buf_span(&r.body), buf_span(&chain), e))
		return err_wrap(e, "%s answers '%s'", v->name, w->path);
	vendor_cache_write(v, w->cached, buf_span(&r.body));
	if (w->chain)
		vendor_cache_write(v, w->chain_cached, buf_span(&chain));
	return true;
}

static bool get(struct pcs *p, const char *base, const struct wanted *w, struct err *e)
{
	struct vendor v = *p->v;
	struct bundle_status s;

	if (!look(&s, p, e))
		return false;
	if (!bundle_status_lacks(&s, w->label) || from_cache(p, w))
		return true;
	v.base = base;
	v.option = w->option;
	return from_service(p, &v, w, e);
}

bool vendor_pcs_fetch(
	struct bundle *b, const struct vendor *v, bool is_cache, struct arena *a, struct err *e)
{
	struct pcs p = { .b = b, .v = v, .a = a };
	char path[NAME_SIZE], info[NAME_SIZE], chain[NAME_SIZE];
	const char *root = is_cache ? v->base : VENDOR_PCS_ROOT_CRL_URL;

	if (!read_quote(&p, e))
		return false;
	snprintf(path, sizeof path, "/tdx/certification/v4/tcb?fmspc=%s", p.fmspc);
	snprintf(info, sizeof info, "intel/%s/tcb-info.json", p.fmspc);
	snprintf(chain, sizeof chain, "intel/%s/tcb-info-chain.pem", p.fmspc);

	const struct wanted all[] = {
		{ "tdx.tcb-info", path, info, "tdx.tcb-info-chain", "TCB-Info-Issuer-Chain", chain,
			"--tcb-info" },
		{ "tdx.qe-identity", "/tdx/certification/v4/qe/identity", "intel/qe-identity.json",
			"tdx.qe-identity-chain", "SGX-Enclave-Identity-Issuer-Chain",
			"intel/qe-identity-chain.pem", "--qe-identity" },
		{ "tdx.pck-crl",
			p.by_processor_ca ? "/sgx/certification/v4/pckcrl?ca=processor&encoding=der"
					  : "/sgx/certification/v4/pckcrl?ca=platform&encoding=der",
			p.by_processor_ca ? "intel/pck-crl-processor" : "intel/pck-crl-platform",
			NULL, NULL, NULL, "--pck-crl" },
		{ "tdx.root-crl",
			is_cache ? "/sgx/certification/v4/rootcacrl" : "/IntelSGXRootCA.der",
			"intel/root-crl", NULL, NULL, NULL, "--root-crl" },
	};

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (!get(&p, i + 1 == ARRAY_LEN(all) ? root : v->base, &all[i], e))
			return false;
	return true;
}
