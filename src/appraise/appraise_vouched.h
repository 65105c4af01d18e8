/*
 * Who stands behind the reference values of an appraisal, of what the verifier found out (enum appraise_vouch, quorum_outcome)
 * and what trust file and policy count of that. Neither says yet that it is enough: that is the check "vouched".
 */
#ifndef ASSAY_APPRAISE_APPRAISE_VOUCHED_H
#define ASSAY_APPRAISE_APPRAISE_VOUCHED_H

#include "appraise/appraise.h"

/* This store's own build made them, and the policy lets that count. */
bool appraise_vouched_here(const struct appraise_in *in);
/* As many operators rebuilt them as trust file and policy ask for, whichever asks for more; where neither does, nobody did. */
bool appraise_vouched_rebuilt(const struct appraise_in *in);

#endif
