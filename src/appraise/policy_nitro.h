/*
 * What a policy demands of attestation documents of AWS Nitro, in its member `nitro`: which registers of an enclave, which
 * values where there are no reference values, how old a document may be, what it must carry. doc/policy.md says it for
 * people. A zeroed one requires no register, and takes no document that is older than this second.
 */
#ifndef ASSAY_APPRAISE_POLICY_NITRO_H
#define ASSAY_APPRAISE_POLICY_NITRO_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "codec/json.h"

struct policy;

enum {
	POLICY_NITRO_PCRS = 24, /* that a policy may name */
	POLICY_NITRO_VALUES_MAX = 16,
	POLICY_NITRO_AGE_MAX = 365 * 24 * 3600,
};

/* Values of which a register must have one; n 0: none is named. */
struct policy_nitro_values {
	const struct span *values;
	size_t n;
};

struct policy_nitro {
	/* Of an enclave: bit n: PCR n is required. A NitroTPM's are policy.registers. */
	uint32_t registers;
	uint32_t named; /* bit n: pcr[n] has values; then it is required, too */
	struct policy_nitro_values pcr[POLICY_NITRO_PCRS];
	bool archive;      /* its own word for it; what holds says policy_nitro_is_archive */
	int64_t max_age_s; /* unless archive */
	bool allow_debug;
	struct span user_data, public_key; /* p NULL: whatever there is */
};

/* PCR 0, 1, 2; at most an hour old; no debug mode. */
struct policy_nitro policy_nitro_default(void);
/* v NULL: nothing changes. Members that are absent keep what they have. Memory from a. Fails: FORMAT with the line, LIMIT. */
bool policy_nitro_parse(
	struct policy_nitro *ret, const struct json *v, struct arena *a, struct err *e) MUST_CHECK;
/*
 * Whether documents are held against their own time, and may be of any age: the policy's freshness says so as well as its member
 * nitro, and no policy says both that and live.
 */
bool policy_nitro_is_archive(const struct policy *p);
/* What is demanded, one sentence a line. */
void policy_nitro_tell(const struct policy *p, struct buf *out);

#endif
