/*
 * Which enclaves are Intel's quoting enclaves for TDX (Intel PCS API version 4, "Get TDX QE Identity", version 2). An
 * identity of another enclave (the quoting enclave for SGX, the quote verification enclave) is signed as well: its id
 * tells them apart.
 */
#ifndef ASSAY_TRUST_QE_IDENTITY_H
#define ASSAY_TRUST_QE_IDENTITY_H

#include "evidence/tdx_quote.h"
#include "trust/pcs_json.h"
#include "trust/tcb_status.h"

enum { QE_IDENTITY_LEVELS_MAX = 256 };

struct qe_identity_level {
	uint16_t isv_svn;
	struct tcb_verdict verdict;
};

struct qe_identity { /* memory of the arena that it was read with */
	struct str id;
	uint64_t version, evaluation_number;
	struct pcs_json_dates dates;
	uint32_t miscselect, miscselect_mask;
	uint8_t attributes[16], attributes_mask[16];
	uint8_t mrsigner[32];
	uint16_t isv_prod_id;
	const struct qe_identity_level *levels;
	size_t n_levels;
};

/* The body of a document. FORMAT, LIMIT. */
bool qe_identity_parse(
	struct qe_identity *ret, struct span body, struct arena *a, struct err *e) MUST_CHECK;

/* One question each; MISMATCH. */
bool qe_identity_is_td_qe(
	const struct qe_identity *i, struct err *e) MUST_CHECK; /* id TD_QE, version 2 */
bool qe_identity_current(
	const struct qe_identity *i, const struct intel_time *at, struct err *e) MUST_CHECK;
/* MISCSELECT, ATTRIBUTES, MRSIGNER, ISVPRODID of the enclave: the first that differs is named. */
bool qe_identity_matches(
	const struct qe_identity *i, const struct tdx_quote_qe *qe, struct err *e) MUST_CHECK;
/* The first level that its ISVSVN meets. */
bool qe_identity_level(const struct qe_identity_level **ret, const struct qe_identity *i,
	uint16_t isv_svn, struct err *e) MUST_CHECK;

#endif
