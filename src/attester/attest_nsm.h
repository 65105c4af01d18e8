/*
 * Attestation documents of an AWS Nitro enclave, from the Nitro Security Module behind /dev/nsm (Linux, uapi/linux/nsm.h;
 * messages: the aws-nitro-enclaves-nsm-api). Request and response are CBOR:
 *
 *   {"Attestation": {"user_data": null, "nonce": bytes, "public_key": null}}
 *   {"Attestation": {"document": bytes}}   or   {"Error": "what"}
 *
 * The document is COSE_Sign1 (evidence/nitro_document.h); its field nonce is what was asked with.
 */
#ifndef ASSAY_ATTESTER_ATTEST_NSM_H
#define ASSAY_ATTESTER_ATTEST_NSM_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#define ATTEST_NSM_DEVICE "/dev/nsm"

enum {
	ATTEST_NSM_NONCE = 64,
	ATTEST_NSM_REQUEST_MAX = 0x1000,  /* NSM_REQUEST_MAX_SIZE */
	ATTEST_NSM_RESPONSE_MAX = 0x3000, /* NSM_RESPONSE_MAX_SIZE */
};

/* Appends the document that carries this nonce. Fails: IO, NOTFOUND without the device, FORMAT, MISMATCH. */
bool attest_nsm_document(struct buf *document, const char *device,
	const uint8_t nonce[static ATTEST_NSM_NONCE], struct err *e) MUST_CHECK;

/* The two messages; the document is borrowed from the response. Fails: FORMAT, IO for the module's own error. */
void attest_nsm_request(struct buf *out, const uint8_t nonce[static ATTEST_NSM_NONCE]);
bool attest_nsm_response(
	struct span *document, struct span response, struct arena *a, struct err *e) MUST_CHECK;

#endif
