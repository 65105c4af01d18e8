#include "appraise/bundle_status.h"

#include <stdarg.h>
#include <stdio.h>

#include "appraise/bundle_status_inside.h"
#include "base/utc.h"
#include "evidence/azure_hcl.h"
#include "trust/tpm_certified.h"
#include "base/banned.h"

enum { TEXT_MAX = 700 };

struct str bundle_status_text(struct bundle_status_work *w, const char *fmt, ...)
{
	char text[TEXT_MAX];
	struct str s;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	s = arena_str(w->a, str_of(text));
	if (!s.p)
		w->full = true;
	return s;
}

struct str bundle_status_why(struct bundle_status_work *w, const struct err *e)
{
	return bundle_status_text(w, "%s", e->text);
}

static void put(struct bundle_status_work *w, const struct bundle_status_item *it)
{
	if (w->out->n < BUNDLE_STATUS_ITEMS_MAX)
		w->out->items[w->out->n++] = *it;
	else
		w->full = true;
}

void bundle_status_add(struct bundle_status_work *w, struct str label, struct str what,
	enum bundle_status_state state, struct str why)
{
	struct bundle_status_item it = { .label = label, .what = what, .state = state, .why = why };

	put(w, &it);
}

void bundle_status_dated(struct bundle_status_work *w, struct str label, struct str what,
	const struct certificate_validity *dates)
{
	struct bundle_status_item it = {
		.label = label, .what = what, .has_dates = true, .dates = *dates
	};
	char text[UTC_SIZE];

	if (w->at->at_unix > dates->to_unix) {
		utc_write(text, dates->to_unix);
		it.state = BUNDLE_STATUS_EXPIRED;
		it.why = bundle_status_text(w, "it was valid until %s", text);
	} else if (w->at->at_unix < dates->from_unix) {
		utc_write(text, dates->from_unix);
		it.state = BUNDLE_STATUS_NOT_YET;
		it.why = bundle_status_text(
			w, "it is valid from %s on; or the clock is wrong", text);
	} else {
		it.state = BUNDLE_STATUS_VALID;
	}
	put(w, &it);
}

/* The common name of a subject as libcrypto prints it; all of it when it has none. */
static struct str common_name(struct str subject)
{
	struct str rest = subject, part;

	while (rest.n) {
		str_cut(rest, ',', &part, &rest);
		part = str_trim(part);
		if (str_starts(part, "CN = "))
			return str_make(part.p + 5, part.n - 5);
	}
	return subject;
}

void bundle_status_certificate(struct bundle_status_work *w, struct str label, const char *role,
	const struct certificate *c)
{
	struct str name = common_name(certificate_subject(c, w->a));
	struct str what = bundle_status_text(w, "%s '%.*s'", role, STR_ARG(name));
	struct certificate_validity dates;
	struct err e = { 0 };

	if (certificate_validity_read(&dates, c, &e))
		bundle_status_dated(w, label, what, &dates);
	else
		bundle_status_add(
			w, label, what, BUNDLE_STATUS_UNREADABLE, bundle_status_why(w, &e));
}

void bundle_status_der(
	struct bundle_status_work *w, struct str label, const char *role, struct span bytes)
{
	CLEANUP(certificate_freep) struct certificate *c = NULL;
	struct err e = { 0 };

	if (certificate_of_der(&c, bytes, &e))
		bundle_status_certificate(w, label, role, c);
	else
		bundle_status_add(
			w, label, str_of(role), BUNDLE_STATUS_UNREADABLE, bundle_status_why(w, &e));
}

/* ---- what is wrong with the item that was added last ---- */

void bundle_status_blame(
	struct bundle_status_work *w, enum bundle_status_state state, const struct err *e)
{
	struct bundle_status_item *it = w->out->n ? &w->out->items[w->out->n - 1] : NULL;

	if (!it || !bundle_status_is_good(it->state))
		return;
	it->state = state;
	it->why = bundle_status_why(w, e);
}

void bundle_status_test(
	struct bundle_status_work *w, bool ok, enum bundle_status_state state, const struct err *e)
{
	if (!ok)
		bundle_status_blame(w, state, e);
}

bool bundle_status_trusts(const struct bundle_status_work *w, enum trust_hardware hardware,
	const uint8_t sha256[static SHA256_SIZE])
{
	const struct trust_file *t = w->at->trust;

	for (size_t i = 0; t && i < t->n_hardware; i++)
		if (t->hardware[i].hardware == hardware &&
			ct_equal(t->hardware[i].sha256, sha256, SHA256_SIZE))
			return true;
	return false;
}

void bundle_status_root(struct bundle_status_work *w, bool trusted, const struct err *e)
{
	if (!trusted && !w->at->any_root)
		bundle_status_blame(w, BUNDLE_STATUS_UNTRUSTED, e);
}

static void evidence(struct bundle_status_work *w, struct str label, struct span part,
	struct str what, const char *without)
{
	bundle_status_add(w, label, what, part.p ? BUNDLE_STATUS_TIMELESS : BUNDLE_STATUS_MISSING,
		part.p ? STR("") : str_of(without));
}

static void azure_tdx(struct bundle_status_work *w)
{
	if (w->bundle->tdx_quote.p)
		bundle_status_tdx(w);
	else
		bundle_status_add(w, STR("tdx.quote"), STR("TDX quote"), BUNDLE_STATUS_MISSING,
			STR("the report in the HCL report is a TDREPORT, which nobody elsewhere can "
			    "check"));
}

static void azure(struct bundle_status_work *w)
{
	const struct bundle *b = w->bundle;
	struct azure_hcl hcl;
	struct err e = { 0 };

	if (!azure_hcl_parse(&hcl, b->azure_hcl, w->a, &e)) {
		bundle_status_add(w, STR("azure.hcl-report"), STR("HCL report"),
			BUNDLE_STATUS_UNREADABLE, bundle_status_why(w, &e));
		return;
	}
	bundle_status_add(w, STR("azure.hcl-report"),
		bundle_status_text(w, "HCL report, %s underneath",
			hcl.hardware == AZURE_HCL_SNP ? "SEV-SNP" : "TDX"),
		BUNDLE_STATUS_TIMELESS, STR(""));
	evidence(w, STR("tpm.quote"), b->quote, STR("quote of the virtual TPM"),
		"without it nothing is said of what booted");
	evidence(w, STR("tpm.signature"), b->signature, STR("signature of the quote"),
		"a quote without it is nobody's");
	if (hcl.hardware == AZURE_HCL_SNP)
		bundle_status_snp(w, "azure.hcl-report", hcl.report);
	else
		azure_tdx(w);
}

static void chain(struct bundle_status_work *w, const struct bundle_chain *c, const char *label,
	const char *role)
{
	for (size_t i = 0; i < c->n; i++)
		bundle_status_der(w, bundle_status_text(w, "%s.%zu", label, i),
			i ? "authority" : role, c->certificates[i]);
}

/* What cannot be read was told with its dates. */
static void ak_fits(struct bundle_status_work *w)
{
	const struct bundle *b = w->bundle;
	CLEANUP(certificate_freep) struct certificate *c = NULL;
	struct err e = { 0 };

	if (b->ak_chain.n && certificate_of_der(&c, b->ak_chain.certificates[0], &e) &&
		!tpm_certified(c, b->ak_public, &e))
		bundle_status_add(w, STR("tpm.ak-certificate.0"), STR("attestation key"),
			BUNDLE_STATUS_UNFIT, bundle_status_why(w, &e));
}

static void tpm(struct bundle_status_work *w)
{
	const struct bundle *b = w->bundle;

	bundle_status_add(
		w, STR("tpm.quote"), STR("quote of a TPM"), BUNDLE_STATUS_TIMELESS, STR(""));
	chain(w, &b->ek_chain, "tpm.ek-certificate", "endorsement key");
	chain(w, &b->ak_chain, "tpm.ak-certificate", "attestation key");
	ak_fits(w);
	if (!b->ek_chain.n && !b->ak_chain.n)
		bundle_status_add(w, STR("tpm.ek-certificate"), STR("certificate of the TPM"),
			BUNDLE_STATUS_NOT_NEEDED,
			STR("none is in it: the attestation key counts where it is enrolled or in "
			    "the trust file"));
	bundle_status_add(w, STR("CRL"), STR("list of revoked certificates"),
		BUNDLE_STATUS_NOT_NEEDED, STR("those of TPM makers are not looked at"));
}

static bool is_sooner(const struct bundle_status_item *x, const struct bundle_status_item *than)
{
	return x->has_dates && x->state != BUNDLE_STATUS_NOT_NEEDED &&
	       (!than || x->dates.to_unix < than->dates.to_unix);
}

static void conclude(struct bundle_status *s)
{
	const struct bundle_status_item *first = NULL;

	s->complete = true;
	s->earliest = s->n;
	for (size_t i = 0; i < s->n; i++) {
		s->complete = s->complete && bundle_status_is_good(s->items[i].state);
		if (is_sooner(&s->items[i], first)) {
			first = &s->items[i];
			s->earliest = i;
		}
	}
}

bool bundle_status(struct bundle_status *ret, const struct bundle *b,
	const struct bundle_status_at *at, struct arena *a, struct err *e)
{
	struct bundle_status s = { 0 };
	struct bundle_status_work w = { .out = &s, .bundle = b, .at = at, .a = a };

	if (b->kind == BUNDLE_TPM)
		tpm(&w);
	else if (b->kind == BUNDLE_SNP)
		bundle_status_snp(&w, "snp.report", b->snp_report);
	else if (b->kind == BUNDLE_TDX)
		bundle_status_tdx(&w);
	else if (b->kind == BUNDLE_NITRO)
		bundle_status_nitro(&w);
	else
		azure(&w);
	if (w.full && s.n == BUNDLE_STATUS_ITEMS_MAX)
		return err_set(
			e, ERR_LIMIT, "more than %d parts with dates", BUNDLE_STATUS_ITEMS_MAX);
	if (w.full)
		return arena_full(a, e);
	conclude(&s);
	*ret = s;
	return true;
}

const char *bundle_status_name(enum bundle_status_state state)
{
	static const char *const names[] = { "missing", "unreadable", "unfit", "bad-signature",
		"untrusted", "revoked", "expired", "not-yet", "valid", "timeless", "not-needed" };

	return names[state];
}

bool bundle_status_is_good(enum bundle_status_state state)
{
	return state >= BUNDLE_STATUS_VALID;
}

const struct bundle_status_item *bundle_status_lacking(
	const struct bundle_status *s, const char *label)
{
	for (size_t i = 0; i < s->n; i++)
		if (str_starts(s->items[i].label, label) &&
			!bundle_status_is_good(s->items[i].state))
			return &s->items[i];
	return NULL;
}

bool bundle_status_lacks(const struct bundle_status *s, const char *label)
{
	return bundle_status_lacking(s, label) != NULL;
}
