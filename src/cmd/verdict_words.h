/*
 * Sentences of a verdict that depend on the kind of evidence, for somebody who has never heard of any of them.
 */
#ifndef ASSAY_CMD_VERDICT_WORDS_H
#define ASSAY_CMD_VERDICT_WORDS_H

#include "appraise/verdict.h"
#include "evidence/bundle.h"

/* "an AMD SEV-SNP report" */
const char *verdict_words_evidence(enum bundle_kind kind);
/* Whose word the evidence is, in the end. */
const char *verdict_words_endorser(enum bundle_kind kind);
/* What no register of such a machine tells. */
const char *verdict_words_uncovered(enum bundle_kind kind);
/* For someone who reads only the end. fresh: it answered this verifier. */
const char *verdict_words_in_short(enum verdict_status status, bool fresh, enum bundle_kind kind);

#endif
