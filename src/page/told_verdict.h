/*
 * A verdict as its JSON tells it (`assay verify --json`, assay.verdict/1 inside an EAR): for showing, never for deciding. Who
 * wrote the file may be anybody; what it says of signatures and registers is its word.
 */
#ifndef ASSAY_PAGE_TOLD_VERDICT_H
#define ASSAY_PAGE_TOLD_VERDICT_H

#include "appraise/verdict.h"

enum { TOLD_VERDICT_SIZE_MAX = 4 << 20, TOLD_VERDICT_TEXT_MAX = 8192 };

struct told_check {
	struct str name, what, claim;
	enum check_result result;
	struct str want, got, whose, reason; /* each may be empty */
};

struct told_claim {
	struct str name, why;
	uint64_t value; /* 0: no claim */
};

struct told_verdict {
	enum verdict_status status;
	uint64_t at_unix;
	struct str verifier, policy;
	struct str kind; /* of the evidence: "tpm", "snp" */
	bool fresh;      /* it answered a nonce: that check passed */
	struct told_claim claims[CHECK_CLAIMS];
	const struct told_check *checks;
	size_t n_checks;
	bool has_manifest; /* the manifest that its reference values named: */
	uint8_t manifest_sha256[SHA256_SIZE];
};

/* All memory is the arena's. Fails: FORMAT with line, USAGE with a hint for a signed token, LIMIT. */
bool told_verdict_parse(
	struct told_verdict *ret, struct span text, struct arena *a, struct err *e) MUST_CHECK;

/* Checks of that result. */
size_t told_verdict_count(const struct told_verdict *v, enum check_result result);

#endif
