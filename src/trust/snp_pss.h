/*
 * How AMD signs certificates and lists of revoked ones: RSASSA-PSS with SHA-384 for hash and mask, a salt of 48 bytes
 * (RFC 4055). Exactly the two encodings of that which AMD uses are taken.
 */
#ifndef ASSAY_TRUST_SNP_PSS_H
#define ASSAY_TRUST_SNP_PSS_H

#include <openssl/x509.h>

#include "base/err.h"

/* what: "certificate 'SEV-Milan'". Fails: SIGNATURE. */
bool snp_pss_check(const X509_ALGOR *alg, const char *what, struct err *e) MUST_CHECK;

#endif
