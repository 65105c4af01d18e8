/*
 * What evidence says that its registers hold, before anything of it is believed: to find the reference values that are meant
 * for it. An appraisal looks at what is signed and holds it against them.
 */
#ifndef ASSAY_APPRAISE_EVIDENCE_REGISTERS_H
#define ASSAY_APPRAISE_EVIDENCE_REGISTERS_H

#include "appraise/platform.h"
#include "appraise/reference_values.h"
#include "evidence/bundle.h"

/*
 * Numbered as platform.h does; bank: which of a TPM's banks, others have SHA-384. Fails: FORMAT for evidence that its parser
 * refuses, NOTFOUND without such a bank, LIMIT.
 */
bool evidence_registers(struct bundle_bank *ret, const struct bundle *b, enum digest_alg bank,
	struct arena *a, struct err *e) MUST_CHECK;

/*
 * Of which platform they are: that of the evidence's kind, but where AWS Nitro speaks of an instance's NitroTPM, whose registers are a
 * TPM's. A document that cannot be read is an enclave's. Memory from a.
 */
enum platform_kind evidence_registers_platform(const struct bundle *b, struct arena *a);

/* Whether all values of the shape that can be compared are those, and at least one can. */
bool evidence_registers_fit(
	const struct bundle_bank *registers, const struct reference_shape *shape);

#endif
