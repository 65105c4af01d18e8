#include "appraise/policy_tdx.h"

#include "appraise/policy.h"
#include "base/hex.h"
#include "base/utc.h"
#include "codec/harmless.h"
#include "evidence/bundle.h"
#include "base/banned.h"

static void tell_statuses(const struct policy_tdx *p, struct buf *out)
{
	const char *before = "";

	buf_printf(out, "The TCB status must be ");
	for (enum tcb_status s = 0; s < TCB_STATUSES; s++)
		if (p->tcb_statuses >> s & 1) {
			buf_printf(out, "%s%s", before, tcb_status_name(s));
			before = " or ";
		}
	buf_printf(out, "%s.\n", *before ? "" : "one that there is not: no platform is accepted");
}

static void tell_names(const struct policy_tdx_names *l, struct buf *out)
{
	for (size_t i = 0; i < l->n; i++) {
		buf_add_cstr(out, i ? ", " : "");
		harmless_add(out, l->names[i]);
	}
}

static void tell_tcb(const struct policy_tdx *p, struct buf *out)
{
	char date[UTC_SIZE];

	tell_statuses(p, out);
	if (p->minimum_tcb_date) {
		utc_write(date, p->minimum_tcb_date);
		buf_printf(out,
			"Platform, TDX module and quoting enclave must be of TCB levels of %s or later.\n",
			date);
	}
	if (p->minimum_evaluation)
		buf_printf(out, "Intel's documents must be of evaluation number %llu or later.\n",
			(unsigned long long)p->minimum_evaluation);
	else
		buf_printf(out,
			"Intel's documents may be of any evaluation: a machine may bring current ones of an evaluation from before the newest holes were known.\n");
	if (p->advisories_denied.n) {
		buf_printf(out, "None of these advisories may apply: ");
		tell_names(&p->advisories_denied, out);
		buf_printf(out, ".\n");
	}
	if (p->has_advisories_allowed) {
		buf_printf(out, "No advisory may apply%s", p->advisories_allowed.n ? " but " : "");
		tell_names(&p->advisories_allowed, out);
		buf_printf(out, ".\n");
	}
	if (p->grace_days)
		buf_printf(out,
			"Intel's documents and revocation lists are taken for %u days after the next ones were due.\n",
			p->grace_days);
	else
		buf_printf(out, "Intel's documents and revocation lists must be current.\n");
	buf_printf(out,
		p->without_crl
			? "Revocation lists are not asked for: a revoked platform is not noticed.\n"
			: "The lists of revoked certificates of Intel's root and of the platform's authority must be there.\n");
	if (p->crl_max_age.given)
		buf_printf(out,
			"That of the platform's authority must not be older than %lld seconds.\n",
			(long long)p->crl_max_age.max_s);
}

static void tell_values(
	const char *what, const struct policy_tdx_values *v, const char *without, struct buf *out)
{
	if (v->n)
		buf_printf(out, "%s must be %s%zu value%s that this policy names.\n", what,
			v->n > 1 ? "one of the " : "the ", v->n, v->n > 1 ? "s" : "");
	else if (*without)
		buf_printf(out, "%s %s.\n", what, without);
}

static bool takes(const struct policy *p, enum bundle_kind kind)
{
	return !p->kinds || p->kinds >> kind & 1;
}

static bool takes_azure_over_tdx(const struct policy *p)
{
	return takes(p, BUNDLE_AZURE) && p->azure.hardware >> AZURE_HCL_TDX & 1;
}

/* Reference values are of a TD's own image, and none are of what Azure runs underneath its machines. */
static void tell_registers(const struct policy *p, struct buf *out)
{
	bool azure = takes_azure_over_tdx(p), own = takes(p, BUNDLE_TDX) || !azure;
	const char *without =
		own ? "must have its reference value"
		    : "is held against nothing: underneath an Azure machine it has no reference value, and this policy names none";
	char what[] = "RTMR 0";

	tell_values("MRTD", &p->tdx.mrtd, without, out);
	for (size_t i = 0; i < TDX_QUOTE_RTMRS; i++) {
		what[sizeof what - 2] = (char)('0' + i);
		if (p->tdx.rtmr[i].required)
			tell_values(what, &p->tdx.rtmr[i].one_of, without, out);
		else
			buf_printf(out, "%s is listed and decides nothing.\n", what);
	}
	if (own && azure)
		buf_printf(out,
			"Underneath an Azure machine, MRTD and RTMRs are held only against values that this policy names.\n");
}

static void tell_bits(const char *what, const struct policy_tdx_bits *b, struct buf *out)
{
	if (b->must)
		buf_printf(out, "%s must have all bits of 0x%llx.\n", what,
			(unsigned long long)b->must);
	if (b->must_not)
		buf_printf(out, "%s must have no bit of 0x%llx.\n", what,
			(unsigned long long)b->must_not);
}

static void tell_svn(const uint8_t svn[static TDX_QUOTE_SVN_SIZE], struct buf *out)
{
	char hex[2 * TDX_QUOTE_SVN_SIZE + 1];
	uint8_t any = 0;

	for (size_t i = 0; i < TDX_QUOTE_SVN_SIZE; i++)
		any |= svn[i];
	hex_write(hex, svn, TDX_QUOTE_SVN_SIZE);
	if (any)
		buf_printf(out, "Each byte of TEE_TCB_SVN must be at least that of %s.\n", hex);
}

void policy_tdx_tell(const struct policy *policy, struct buf *out)
{
	const struct policy_tdx *p = &policy->tdx;

	tell_tcb(p, out);
	tell_svn(p->minimum_svn, out);
	tell_values("The platform's PPID or instance id", &p->platforms, "", out);
	tell_registers(policy, out);
	tell_values("MRSEAM", &p->mrseam, "", out);
	tell_values("MRCONFIGID", &p->mrconfigid, "", out);
	tell_values("MROWNER", &p->mrowner, "", out);
	tell_values("MROWNERCONFIG", &p->mrownerconfig, "", out);
	tell_values("MRSERVICETD", &p->mrservicetd,
		"must be zero, where the quote has it (one of TDX 1.0 has not): no service TD is bound",
		out);
	tell_bits("The TD's attributes", &p->attributes, out);
	tell_bits("XFAM", &p->xfam, out);
	buf_printf(out,
		p->debug
			? "The TD may be one that the host can debug: then nothing in it is kept from the host, and that is a warning.\n"
			: "The TD must not be one that the host can debug.\n");
	buf_printf(out,
		p->migration
			? "The TD may be migrated, and its memory with it; that is a warning.\n"
			: "The TD must not be one that can be migrated.\n");
}
