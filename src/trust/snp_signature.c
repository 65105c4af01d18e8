#include "trust/snp_signature.h"

#include "trust/signature.h"
#include "base/banned.h"

enum { NUMBER_SIZE = 48 };

/* The order of P-384 (FIPS 186-4, D.1.2.4). */
static const uint8_t order[NUMBER_SIZE] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xc7, 0x63, 0x4d, 0x81, 0xf4, 0x37, 0x2d, 0xdf, 0x58, 0x1a, 0x0d, 0xb2, 0x48, 0xb0, 0xa7,
	0x7a, 0xec, 0xec, 0x19, 0x6a, 0xcc, 0xc5, 0x29, 0x73 };

/* Big-endian, after checking its range. */
static bool number_of(
	uint8_t out[static NUMBER_SIZE], struct span field, const char *name, struct err *e)
{
	uint8_t any = 0;

	for (size_t i = NUMBER_SIZE; i < field.n; i++)
		if (field.p[i])
			return err_set(e, ERR_FORMAT,
				"signature of the report: byte %zu of %s is not zero", i, name);
	for (size_t i = 0; i < NUMBER_SIZE; i++) {
		out[i] = field.p[NUMBER_SIZE - 1 - i];
		any |= out[i];
	}
	if (!any || memcmp(out, order, NUMBER_SIZE) >= 0)
		return err_set(e, ERR_FORMAT,
			"signature of the report: %s is %s, want 1 to the order of P-384 less 1",
			name, any ? "too great" : "zero");
	return true;
}

static bool numbers_of(uint8_t r[static NUMBER_SIZE], uint8_t s[static NUMBER_SIZE],
	const struct snp_report *report, struct err *e)
{
	if (report->algorithm != SNP_REPORT_ECDSA_P384_SHA384)
		return err_set(e, ERR_FORMAT,
			"signature algorithm of the report is %u, want %d (ECDSA P-384 with SHA-384)",
			report->algorithm, SNP_REPORT_ECDSA_P384_SHA384);
	return number_of(r, report->r, "R", e) && number_of(s, report->s, "S", e);
}

bool snp_signature_check_form(const struct snp_report *report, struct err *e)
{
	uint8_t r[NUMBER_SIZE], s[NUMBER_SIZE];

	return numbers_of(r, s, report, e);
}

bool snp_signature_verify(
	const struct snp_report *report, const struct certificate *leaf, struct err *e)
{
	CLEANUP(public_key_freep) struct public_key *key = NULL;
	uint8_t r[NUMBER_SIZE], s[NUMBER_SIZE];

	if (!numbers_of(r, s, report, e) || !certificate_key(&key, leaf, e))
		return false;
	return signature_verify_ecdsa(
		       key, DIGEST_SHA384, report->signed_bytes, SPAN_OF(r), SPAN_OF(s), e) ||
	       err_wrap(e, "report and leaf certificate");
}
