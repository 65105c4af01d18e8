/*
 * What the JSON documents of Intel's Provisioning Certification Service (PCS API version 4) have in common: a signature
 * over the exact bytes of one member, hex in either case, times, and the two dates between which they are to be used.
 */
#ifndef ASSAY_TRUST_PCS_JSON_H
#define ASSAY_TRUST_PCS_JSON_H

#include "codec/json.h"
#include "trust/intel_chain.h"

enum { PCS_JSON_SIZE_MAX = 256 << 10, PCS_JSON_SIGNATURE_SIZE = 64 };

/* One signed document. */
struct pcs_json {
	struct span body; /* borrowed: these bytes are signed, not their meaning */
	uint8_t signature[PCS_JSON_SIGNATURE_SIZE];
};

/*
 * As the service answers: {"MEMBER":BODY,"signature":"HEX"} with no white space but at the end. The body is not read here.
 * FORMAT, LIMIT.
 */
bool pcs_json_split(
	struct pcs_json *ret, struct span document, const char *member, struct err *e) MUST_CHECK;
/* The leaf of a chain for TCB signing signed the body. SIGNATURE. */
bool pcs_json_signed(
	const struct pcs_json *d, const struct intel_chain *signer, struct err *e) MUST_CHECK;

/* n bytes in hex of either case. FORMAT. */
bool pcs_json_hex(
	const struct json *o, const char *key, uint8_t *ret, size_t n, struct err *e) MUST_CHECK;
/* Eight bytes in hex in the order of memory, as the integer that a processor reads there. */
bool pcs_json_u64le(const struct json *o, const char *key, uint64_t *ret, struct err *e) MUST_CHECK;
/* "2026-03-16T22:06:09Z". FORMAT. */
bool pcs_json_time(const struct json *o, const char *key, int64_t *ret, struct err *e) MUST_CHECK;

/* The two dates of a document. */
struct pcs_json_dates {
	int64_t issued, next_update;
};
bool pcs_json_read_dates(
	struct pcs_json_dates *ret, const struct json *o, struct err *e) MUST_CHECK;
/* MISMATCH, "WHAT: ... it or the clock is wrong"; t's leeway and grace apply. */
bool pcs_json_current(const struct pcs_json_dates *d, const struct intel_time *t, const char *what,
	struct err *e) MUST_CHECK;

#endif
