/*
 * Against which reference values a policy lets a machine be held: who must vouch for them, in its member `vouchers`, and of
 * which images they may be, in `images`. Whose word counts at all is in the trust file (trust/trust_file.h); what stands here
 * can ask for more than that, never for less. doc/policy.md says it for people. A zeroed one asks for nothing more.
 */
#ifndef ASSAY_APPRAISE_POLICY_VOUCHERS_H
#define ASSAY_APPRAISE_POLICY_VOUCHERS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"
#include "codec/json.h"

enum { POLICY_IMAGES_MAX = 256 };

struct policy_image {
	uint8_t manifest_sha256[SHA256_SIZE];
};

struct policy_vouchers {
	size_t rebuilders; /* at least so many operators of the trust file must have rebuilt the image; 0: none */
	bool refuse_own; /* a build in this verifier's own store counts for nothing */
	const struct policy_image
		*images; /* reference values must be of one of these; none: of any */
	size_t n_images;
};

/* policy: the file's value. Members that are absent change nothing. Memory from a. Fails: FORMAT with the line, LIMIT. */
bool policy_vouchers_parse(struct policy_vouchers *ret, const struct json *policy, struct arena *a,
	struct err *e) MUST_CHECK;
/* What is demanded, one sentence a line. */
void policy_vouchers_tell(const struct policy_vouchers *p, struct buf *out);
bool policy_vouchers_has_image(
	const struct policy_vouchers *p, const uint8_t manifest_sha256[static SHA256_SIZE]);

#endif
