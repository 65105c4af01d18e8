/*
 * What a file that somebody hands over looks like, by its first bytes and its size: raw evidence as drivers and services give
 * it, a bundle, or one of the things that travel with evidence. This is a guess that picks a parser and words for a message;
 * nothing is believed of it, and a parser still has to take the whole.
 */
#ifndef ASSAY_EVIDENCE_EVIDENCE_KIND_H
#define ASSAY_EVIDENCE_EVIDENCE_KIND_H

#include "base/span.h"

enum evidence_kind {
	EVIDENCE_KIND_UNKNOWN,
	EVIDENCE_KIND_EMPTY,
	EVIDENCE_KIND_ZEROES,
	/* evidence: evidence_read takes it */
	EVIDENCE_KIND_BUNDLE,       /* JSON with the type of a CMW collection */
	EVIDENCE_KIND_SNP_REPORT,   /* outblob of configfs-tsm; short ones, too */
	EVIDENCE_KIND_SNP_EXTENDED, /* a report, and the host's certificate table behind it */
	EVIDENCE_KIND_TDX_QUOTE,    /* outblob of configfs-tsm; an SGX quote looks alike */
	EVIDENCE_KIND_COSE_SIGN1,   /* an attestation document of AWS Nitro */
	EVIDENCE_KIND_AZURE_HCL,    /* NV index 0x01400001 */
	/* what goes with it */
	EVIDENCE_KIND_SNP_TABLE, /* auxblob of configfs-tsm */
	EVIDENCE_KIND_CERTIFICATE_DER,
	EVIDENCE_KIND_CERTIFICATE_PEM,
	EVIDENCE_KIND_CRL_DER,
	EVIDENCE_KIND_CRL_PEM,
	EVIDENCE_KIND_TCB_INFO,
	EVIDENCE_KIND_QE_IDENTITY,
	EVIDENCE_KIND_TPM_QUOTE, /* TPMS_ATTEST */
	EVIDENCE_KIND_EVENT_LOG,
	/* what people mistake for evidence */
	EVIDENCE_KIND_SNP_RESPONSE, /* MSG_REPORT_RSP: the report stands behind 32 bytes */
	EVIDENCE_KIND_TD_REPORT,    /* TDREPORT: for the same machine only */
	EVIDENCE_KIND_JSON,
	EVIDENCE_KIND_PEM,
	EVIDENCE_KIND_HEX,
	EVIDENCE_KIND_BASE64,
};

enum evidence_kind evidence_kind_of(struct span file);

/* "a TDX quote", for messages. */
const char *evidence_kind_words(enum evidence_kind kind);

#endif
