/*
 * How current the TCB below a TD is: the levels of platform, TDX module and quoting enclave, and what they say together.
 * It presumes that quote, PCK certificate and both documents were found to be genuine, current and of this platform.
 */
#ifndef ASSAY_TRUST_TDX_TCB_H
#define ASSAY_TRUST_TDX_TCB_H

#include "trust/qe_identity.h"
#include "trust/tcb_info.h"

struct tdx_tcb {
	enum tcb_status status; /* of all three together */
	const struct tcb_level *platform;
	const struct tcb_module_level *module; /* NULL: the module has no version of its own */
	const struct qe_identity_level *qe;
	size_t platform_behind, module_behind, qe_behind; /* levels between these and the newest */
	int64_t oldest_date_unix;                         /* the oldest of their TCB dates */
	uint64_t evaluation_number; /* the smaller of both documents' tcbEvaluationDataNumber */
};

/*
 * Fails with the reason of the first of the three that is below its oldest level or not there (MISMATCH, NOTFOUND): such a
 * platform has no status.
 *
 * A quote of TDX 1.5 says in TEE_TCB_SVN what the TD was launched with and in TEE_TCB_SVN2 what runs now; both must have levels.
 * Where the first is out of date and the second is not, the TD was launched before an update that did not reach it:
 * TDRelaunchAdvised instead of OutOfDate, with the configuration that either needs. So does Intel's quote verification library
 * (checkForRelaunch of two statuses); its releases before asked for an old module and the very newest level.
 */
bool tdx_tcb_evaluate(struct tdx_tcb *ret, const struct tdx_quote *q, const struct pck_extension *p,
	const struct tcb_info *t, const struct qe_identity *i, struct err *e) MUST_CHECK;

enum { TDX_TCB_ADVISORIES_MAX = 3 * TCB_ADVISORIES_MAX };

/* The advisories of the three levels, each once, in their order; returns how many of at most max went to out. */
size_t tdx_tcb_advisories(const struct tdx_tcb *t, struct str *out, size_t max);

#endif
