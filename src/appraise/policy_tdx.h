/*
 * What the user demands of Intel TDX evidence: member `tdx` of the policy file. doc/policy.md says it for people. A zeroed
 * one accepts no TCB status and so no platform.
 */
#ifndef ASSAY_APPRAISE_POLICY_TDX_H
#define ASSAY_APPRAISE_POLICY_TDX_H

#include "appraise/policy_member.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "codec/json.h"
#include "evidence/tdx_quote.h"
#include "trust/tcb_status.h"

struct policy;

enum {
	POLICY_TDX_LIST_MAX = 256,  /* values of one list */
	POLICY_TDX_GRACE_MAX = 365, /* days */
	POLICY_TDX_PLATFORM_SIZE = 16,
};

/* n 0: any value will do, or where it is said so a default. */
struct policy_tdx_values {
	const struct span *values;
	size_t n;
};

struct policy_tdx_names {
	const struct str *names;
	size_t n;
};

struct policy_tdx_bits {
	uint64_t must, must_not;
};

struct policy_tdx_rtmr {
	bool required;
	struct policy_tdx_values one_of;
};

struct policy_tdx {
	uint32_t tcb_statuses; /* bit n: enum tcb_status n is accepted */
	unsigned
		grace_days; /* for which documents and CRLs are taken after their next update was due */
	int64_t minimum_tcb_date; /* of the oldest of platform, module and quoting enclave; 0: any */
	uint64_t minimum_evaluation; /* tcbEvaluationDataNumber of both documents */
	struct policy_tdx_names advisories_denied;
	bool has_advisories_allowed; /* then no other may apply */
	struct policy_tdx_names advisories_allowed;
	struct policy_tdx_values platforms; /* 16 bytes each: PPID or platform instance id */
	struct policy_tdx_values mrtd, mrseam;
	struct policy_tdx_rtmr rtmr[TDX_QUOTE_RTMRS];
	struct policy_tdx_values mrconfigid, mrowner, mrownerconfig;
	struct policy_tdx_values mrservicetd; /* none: zero, no service TD */
	struct policy_tdx_bits attributes, xfam;
	bool debug, migration;                   /* allowed */
	uint8_t minimum_svn[TDX_QUOTE_SVN_SIZE]; /* of TEE_TCB_SVN, each byte by itself */
	bool without_crl;                        /* CRLs are not asked for */
	struct policy_member_age crl_max_age;    /* of the PCK CA's; the root makes one a year */
};

/* UpToDate alone, no grace, no debugging or migration, CRLs required, RTMR 0, 1 and 2 required. */
struct policy_tdx policy_tdx_default(void);

/* The object behind `tdx:`; members that are absent keep their default. All memory from a. Fails: FORMAT with the line, LIMIT. */
bool policy_tdx_parse(
	struct policy_tdx *ret, const struct json *v, struct arena *a, struct err *e) MUST_CHECK;

/* What p->tdx demands, one sentence a line: of a TD's own evidence, and underneath an Azure machine where p takes such. */
void policy_tdx_tell(const struct policy *p, struct buf *out);

#endif
