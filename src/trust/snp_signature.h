/*
 * The signature of an SEV-SNP report: ECDSA on P-384 over the SHA-384 of its first 0x2a0 bytes. R and S are little-endian in
 * fields of 72 bytes; what is above 48 is zero and both lie between 1 and the order of the curve. (r, n - s) is as good as
 * (r, s): the digest of a report's bytes names no report.
 */
#ifndef ASSAY_TRUST_SNP_SIGNATURE_H
#define ASSAY_TRUST_SNP_SIGNATURE_H

#include "evidence/snp_report.h"
#include "trust/certificate.h"

/* The report says that it is signed so, and the numbers are in their range. FORMAT. */
bool snp_signature_check_form(const struct snp_report *report, struct err *e) MUST_CHECK;
/* That, and the key of the certificate made it. SIGNATURE, FORMAT. */
bool snp_signature_verify(
	const struct snp_report *report, const struct certificate *leaf, struct err *e) MUST_CHECK;

#endif
