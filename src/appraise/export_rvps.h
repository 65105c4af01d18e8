/*
 * Reference values for the reference value provider service (RVPS) of Trustee: a message of type "sample" whose payload is
 * a JSON object from names to lists of values in hexadecimal. It carries no signature: who registers it vouches for it.
 */
#ifndef ASSAY_APPRAISE_EXPORT_RVPS_H
#define ASSAY_APPRAISE_EXPORT_RVPS_H

#include "appraise/reference_values.h"

/*
 * All shapes, which export_words_check took: a name that several of them have gets all their values, each once. out has
 * its maximum. LIMIT.
 */
bool export_rvps(struct buf *out, const struct reference_values *v, struct err *e) MUST_CHECK;

#endif
