/*
 * The user's policy, from the file of --policy.
 */
#ifndef ASSAY_CMD_POLICY_LOAD_H
#define ASSAY_CMD_POLICY_LOAD_H

#include "appraise/policy.h"

/* path NULL: the default policy. Memory from a. */
bool policy_load(struct policy *ret, const char *path, struct arena *a, struct err *e) MUST_CHECK;

#endif
