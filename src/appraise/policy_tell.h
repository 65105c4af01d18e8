/*
 * A policy in sentences, for who wants to know what it demands before relying on it: what holds for every machine, and a
 * section for each kind of evidence.
 */
#ifndef ASSAY_APPRAISE_POLICY_TELL_H
#define ASSAY_APPRAISE_POLICY_TELL_H

#include "appraise/policy.h"
#include "base/buf.h"

/* A line for each section's title and, two spaces in, for each sentence. The policy's own texts are in it as they stand. */
void policy_tell(const struct policy *p, struct buf *out);

#endif
