/*
 * What the files of certificate.h share.
 */
#ifndef ASSAY_TRUST_CERTIFICATE_INSIDE_H
#define ASSAY_TRUST_CERTIFICATE_INSIDE_H

#include <openssl/x509.h>

struct certificate {
	X509 *x509;
};

#endif
