/*
 * Between the files of rebuild_claim: strict members.
 */
#ifndef ASSAY_TRUST_REBUILD_CLAIM_INSIDE_H
#define ASSAY_TRUST_REBUILD_CLAIM_INSIDE_H

#include "trust/rebuild_claim.h"

/* An object whose members are of the NULL-terminated list, and stand in its order. what names it. FORMAT. */
bool rebuild_claim_members(
	const struct json *o, const char *what, const char *const keys[], struct err *e) MUST_CHECK;
/* A digest by the length of its hex: the member, or DIGEST_NONE where there is none. FORMAT. */
bool rebuild_claim_any_digest(
	struct digest *ret, const struct json *o, const char *key, struct err *e) MUST_CHECK;
/* "registers" of the result. */
bool rebuild_claim_registers(struct rebuild_claim *c, const struct json *result, struct arena *a,
	struct err *e) MUST_CHECK;
/* "by". */
bool rebuild_claim_by_read(
	struct rebuild_claim_by *ret, const struct json *by, struct err *e) MUST_CHECK;

#endif
