/*
 * Sentences of a verdict that depend on the kind of evidence, for somebody who has never heard of any of them.
 */
#ifndef ASSAY_CMD_VERDICT_WORDS_H
#define ASSAY_CMD_VERDICT_WORDS_H

#include "appraise/verdict.h"
#include "base/buf.h"
#include "evidence/bundle.h"

/* "an AMD SEV-SNP report" */
const char *verdict_words_evidence(enum bundle_kind kind);
/* Whose word the evidence is, in the end. Of Azure's it depends on what could be told of the software under the vTPM. */
const char *verdict_words_endorser(enum bundle_kind kind, const struct check_list *checks);
/* What no register of such a machine tells. */
const char *verdict_words_uncovered(enum bundle_kind kind);

/* Why the evidence is not of any age. */
enum verdict_words_age {
	VERDICT_WORDS_ANY, /* it may be */
	VERDICT_WORDS_ASKED, /* the machine was asked in this very call, with a nonce that was drawn for it */
	VERDICT_WORDS_NONCE, /* the caller gave the nonce, and knows when it was drawn */
	VERDICT_WORDS_DATA,  /* the caller gave data, and says that they are new */
};
/* For someone who reads only the end. */
void verdict_words_in_short(struct buf *out, const struct verdict *v, enum verdict_words_age age,
	enum bundle_kind kind);

#endif
