/*
 * Certificates and CRLs (RFC 5280) for libcrypto's own structures, in the core's context (base/crypto_context.h): whatever
 * is asked of them later, a signature or a digest, is computed there. The caller owns what it gets. All return NULL for bytes
 * that are none, and leave libcrypto's queue of errors to crypto_context_forget_errors.
 */
#ifndef ASSAY_TRUST_X509_READ_H
#define ASSAY_TRUST_X509_READ_H

#include <openssl/x509.h>

#include "base/span.h"

/* DER at the beginning of bytes; *rest is what stands behind it, which the caller judges. */
X509 *x509_read_certificate(struct span bytes, struct span *rest);
X509_CRL *x509_read_crl(struct span bytes, struct span *rest);

/* The first one in text; nobody is asked for a password. */
X509 *x509_read_certificate_pem(struct span text);
X509_CRL *x509_read_crl_pem(struct span text);

#endif
