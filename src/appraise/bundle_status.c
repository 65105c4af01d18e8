#include "appraise/bundle_status.h"

#include <stdarg.h>
#include <stdio.h>

#include "appraise/bundle_status_inside.h"
#include "base/utc.h"
#include "evidence/azure_hcl.h"
#include "trust/nitro_signed.h"
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

	if (w->at_unix > dates->to_unix) {
		utc_write(text, dates->to_unix);
		it.state = BUNDLE_STATUS_EXPIRED;
		it.why = bundle_status_text(w, "it was valid until %s", text);
	} else if (w->at_unix < dates->from_unix) {
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

static void der(struct bundle_status_work *w, struct str label, const char *role, struct span bytes)
{
	CLEANUP(certificate_freep) struct certificate *c = NULL;
	struct err e = { 0 };

	if (certificate_of_der(&c, bytes, &e))
		bundle_status_certificate(w, label, role, c);
	else
		bundle_status_add(
			w, label, str_of(role), BUNDLE_STATUS_UNREADABLE, bundle_status_why(w, &e));
}

static void nitro(struct bundle_status_work *w)
{
	struct nitro_signed s;
	struct err e = { 0 };
	char text[UTC_SIZE];

	if (!nitro_signed_parse(&s, w->bundle->nitro_document, w->a, &e)) {
		bundle_status_add(w, STR("nitro.document"), STR("attestation document"),
			BUNDLE_STATUS_UNREADABLE, bundle_status_why(w, &e));
		return;
	}
	utc_write(text, nitro_document_unix(&s.document));
	bundle_status_add(w, STR("nitro.document"),
		bundle_status_text(w, "attestation document of %s, made at %s",
			s.document.kind == NITRO_DOCUMENT_TPM ? "a NitroTPM" : "an enclave", text),
		BUNDLE_STATUS_TIMELESS, STR(""));
	for (size_t i = 0; i < s.document.n_cabundle; i++)
		der(w, bundle_status_text(w, "nitro.document cabundle.%zu", i),
			i ? "authority" : "root", s.document.cabundle[i]);
	der(w, STR("nitro.document certificate"), "signer", s.document.certificate);
	bundle_status_add(w, STR("CRL"), STR("list of revoked certificates"),
		BUNDLE_STATUS_NOT_NEEDED,
		STR("AWS has none: its certificates live for hours, and after that only a policy of "
		    "freshness archive takes the document, at its own time"));
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
		der(w, bundle_status_text(w, "%s.%zu", label, i), i ? "authority" : role,
			c->certificates[i]);
}

static void tpm(struct bundle_status_work *w)
{
	const struct bundle *b = w->bundle;

	bundle_status_add(
		w, STR("tpm.quote"), STR("quote of a TPM"), BUNDLE_STATUS_TIMELESS, STR(""));
	chain(w, &b->ek_chain, "tpm.ek-certificate", "endorsement key");
	chain(w, &b->ak_chain, "tpm.ak-certificate", "attestation key");
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

bool bundle_status(struct bundle_status *ret, const struct bundle *b, int64_t at_unix,
	struct arena *a, struct err *e)
{
	struct bundle_status s = { 0 };
	struct bundle_status_work w = { .out = &s, .bundle = b, .at_unix = at_unix, .a = a };

	if (b->kind == BUNDLE_TPM)
		tpm(&w);
	else if (b->kind == BUNDLE_SNP)
		bundle_status_snp(&w, "snp.report", b->snp_report);
	else if (b->kind == BUNDLE_TDX)
		bundle_status_tdx(&w);
	else if (b->kind == BUNDLE_NITRO)
		nitro(&w);
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
	static const char *const names[] = { "missing", "unreadable", "unfit", "expired", "not-yet",
		"valid", "timeless", "not-needed" };

	return names[state];
}

bool bundle_status_is_good(enum bundle_status_state state)
{
	return state >= BUNDLE_STATUS_VALID;
}

bool bundle_status_lacks(const struct bundle_status *s, const char *label)
{
	for (size_t i = 0; i < s->n; i++)
		if (str_starts(s->items[i].label, label) &&
			!bundle_status_is_good(s->items[i].state))
			return true;
	return false;
}
