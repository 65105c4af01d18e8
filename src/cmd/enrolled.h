/*
 * The verifier's enrolment records on disk: $XDG_STATE_HOME/assay/enrolled/AKNAME.json (else ~/.local/state).
 */
#ifndef ASSAY_CMD_ENROLLED_H
#define ASSAY_CMD_ENROLLED_H

#include "appraise/enrolment.h"

/* *found false when there is no record for that key. */
bool enrolled_find(struct enrolment *ret, bool *found, const struct tpm_name *ak, struct arena *a,
	struct err *e) MUST_CHECK;
/*
 * Of all records for that TPM, whatever key they are of, the one that says most of how far it has come (enrolment_says_more);
 * *found false when there is none. Fails on a record that cannot be read, which may be one of them.
 */
bool enrolled_find_tpm(struct enrolment *ret, bool *found, const struct enrolment_tpm *t,
	struct arena *a, struct err *e) MUST_CHECK;
/* Writes or replaces the record; *path (from a) is where it went. */
bool enrolled_put(
	const struct enrolment *r, struct str *path, struct arena *a, struct err *e) MUST_CHECK;

#endif
