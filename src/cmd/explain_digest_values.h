/*
 * assay explain --digest with --reference-values: which register of which shape is expected to have this digest.
 */
#ifndef ASSAY_CMD_EXPLAIN_DIGEST_VALUES_H
#define ASSAY_CMD_EXPLAIN_DIGEST_VALUES_H

#include "base/err.h"
#include "base/span.h"

/* Prints each with the inputs of its shape, or that none has it; *n is how many have it. Fails as reference_load does. */
bool explain_digest_values(size_t *n, struct span want, const char *path, struct err *e) MUST_CHECK;

#endif
