/*
 * TCB info of a TDX platform (Intel PCS API version 4, "Get TDX TCB Info", version 3): which security versions of
 * processor, PCE and TDX module a platform of one FMSPC may have, and how Intel judges each combination.
 *
 * A level is met when each of its numbers is; the levels stand from the newest to the oldest, and the first that is met
 * counts. The parser takes the body of a document as pcs_json.h splits it and decides nothing.
 */
#ifndef ASSAY_TRUST_TCB_INFO_H
#define ASSAY_TRUST_TCB_INFO_H

#include "evidence/tdx_quote.h"
#include "trust/pck_extension.h"
#include "trust/pcs_json.h"
#include "trust/tcb_status.h"

enum {
	TCB_INFO_COMPONENTS = 16,
	TCB_INFO_LEVELS_MAX = 256,
	TCB_INFO_MODULES_MAX = 64,
	TCB_INFO_LAGS_MAX = 2 * TCB_INFO_COMPONENTS + 1,
};

struct tcb_component {
	uint16_t svn;
	struct str category, type; /* "BIOS", "Early Microcode Update"; empty where none is named */
};

struct tcb_level {
	struct tcb_component sgx[TCB_INFO_COMPONENTS], tdx[TCB_INFO_COMPONENTS];
	uint16_t pce_svn;
	struct tcb_verdict verdict;
};

struct tcb_module_level {
	uint16_t isv_svn;
	struct tcb_verdict verdict;
};

/* A TDX module: who signed it, and its attributes under a mask. */
struct tcb_module {
	struct str id; /* "TDX_03"; empty for the one without a version */
	uint8_t mrsigner[TDX_QUOTE_REGISTER_SIZE];
	uint64_t attributes, attributes_mask;
	const struct tcb_module_level *levels;
	size_t n_levels;
};

struct tcb_info {      /* memory of the arena that it was read with */
	struct str id; /* "TDX", of an SGX document "SGX" */
	uint64_t version;
	struct pcs_json_dates dates;
	uint8_t fmspc[6], pce_id[2];
	uint64_t tcb_type, evaluation_number;
	bool has_module;
	struct tcb_module module; /* "tdxModule" */
	const struct tcb_module *modules;
	size_t n_modules;
	const struct tcb_level *levels;
	size_t n_levels;
};

/* The body of a document. Duplicate members are refused, unknown ones are left alone. FORMAT, LIMIT. */
bool tcb_info_parse(
	struct tcb_info *ret, struct span body, struct arena *a, struct err *e) MUST_CHECK;

/* One question each; MISMATCH. */
bool tcb_info_is_tdx(
	const struct tcb_info *t, struct err *e) MUST_CHECK; /* id TDX, version 3, type 0 */
bool tcb_info_is_for(
	const struct tcb_info *t, const struct pck_extension *p, struct err *e) MUST_CHECK;
bool tcb_info_current(
	const struct tcb_info *t, const struct intel_time *at, struct err *e) MUST_CHECK;

/* The first level that the platform meets; its index is how far it is behind. MISMATCH when it meets none. */
bool tcb_info_level(const struct tcb_level **ret, const struct tcb_info *t,
	const struct pck_extension *p, struct span tee_tcb_svn, struct err *e) MUST_CHECK;

/* What keeps the platform from a level. */
struct tcb_lag {
	enum { TCB_LAG_SGX, TCB_LAG_TDX, TCB_LAG_PCE } kind;
	size_t component;
	uint16_t have, want;
	struct str category, type;
};
size_t tcb_info_lags(struct tcb_lag out[static TCB_INFO_LAGS_MAX], const struct tcb_level *level,
	const struct pck_extension *p, struct span tee_tcb_svn);

/*
 * The TDX module that the quote names: its entry by TEE_TCB_SVN's version ("TDX_03"), or the one without a version when
 * that is 0, with MRSIGNERSEAM and SEAM attributes as it says. NOTFOUND without an entry, MISMATCH naming the field.
 */
bool tcb_info_module(const struct tcb_module **ret, const struct tcb_info *t,
	const struct tdx_quote *q, struct err *e) MUST_CHECK;
/*
 * The level of a module by tee_tcb_svn; *ret NULL for the one without a version, whose level stands in the TDX
 * components. MISMATCH when none is met.
 */
bool tcb_info_module_level(const struct tcb_module_level **ret, const struct tcb_info *t,
	struct span tee_tcb_svn, struct err *e) MUST_CHECK;

#endif
