#include "trust/snp_pss.h"

#include "base/span.h"
#include "base/banned.h"

enum { ENCODED_MAX = 128 };

#define OID_PSS 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a
#define OID_MGF1 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08
#define SHA384_NULL \
	0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02, 0x05, 0x00
/* [0] hash, [1] mask, [2] salt */
#define PARAMETERS                                                                                \
	0xa0, 0x0f, SHA384_NULL, 0xa1, 0x1c, 0x30, 0x1a, OID_MGF1, SHA384_NULL, 0xa2, 0x03, 0x02, \
		0x01, 0x30

/* The trailer field is the default one: left out as DER has it, or written as older certificates of AMD do. */
static const uint8_t short_form[] = { 0x30, 0x41, OID_PSS, 0x30, 0x34, PARAMETERS };
static const uint8_t long_form[] = { 0x30, 0x46, OID_PSS, 0x30, 0x39, PARAMETERS, 0xa3, 0x03, 0x02,
	0x01, 0x01 };

bool snp_pss_check(const X509_ALGOR *alg, const char *what, struct err *e)
{
	unsigned char encoded[ENCODED_MAX], *at = encoded;
	int n = i2d_X509_ALGOR(alg, NULL);
	struct span got = { encoded, 0 };

	if (n > 0 && n <= ENCODED_MAX)
		got.n = (size_t)i2d_X509_ALGOR(alg, &at);
	return span_equal(got, SPAN_OF(short_form)) || span_equal(got, SPAN_OF(long_form)) ||
	       err_set(e, ERR_SIGNATURE,
		       "%s is not signed with RSASSA-PSS, SHA-384 and a salt of 48 bytes", what);
}
