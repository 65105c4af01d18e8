/*
 * Times of X.509 as seconds since 1970.
 */
#ifndef ASSAY_TRUST_INTEL_SECONDS_H
#define ASSAY_TRUST_INTEL_SECONDS_H

#include <openssl/asn1.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"

/* False when t is none. */
bool intel_seconds(const ASN1_TIME *t, int64_t *ret) MUST_CHECK;

#endif
