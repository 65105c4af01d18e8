/*
 * The attestation document of AWS Nitro: what the hypervisor signs for an enclave (aws-nitro-enclaves-nsm-api,
 * attestation_process.md, 3.1 and 3.2) or for an instance with a NitroTPM. This is the payload of a COSE_Sign1 structure,
 * whose signature is trust/nitro_signed.h's and whose certificates are trust/nitro_chain.h's.
 *
 * One CBOR map, its keys text in any order:
 *   module_id      text, not empty          certificate  bytes, 1 to 1024: the key that signs, DER
 *   digest         text "SHA384"            cabundle     array of 1 or more, each bytes, 1 to 1024; the root first
 *   timestamp      unsigned, ms since 1970  public_key   null or bytes, 1 to 1024
 *   pcrs           map: 1 to 32 of          user_data    null or bytes, to 512
 *                  0..31 => 32, 48 or 64    nonce        null or bytes, to 512
 *                  bytes
 * A NitroTPM's has nitrotpm_pcrs in place of pcrs: then they are registers of a TPM in an instance that booted, and not those
 * of an enclave image. Known encoders write maps without a length; that is taken, and no other looseness.
 */
#ifndef ASSAY_EVIDENCE_NITRO_DOCUMENT_H
#define ASSAY_EVIDENCE_NITRO_DOCUMENT_H

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"
#include "base/str.h"

enum {
	NITRO_DOCUMENT_SIZE_MAX = 32 << 10,
	NITRO_DOCUMENT_MODULE_ID_MAX = 256,
	NITRO_DOCUMENT_PCRS = 32,
	NITRO_DOCUMENT_CABUNDLE_MAX = 8, /* AWS gives 4 */
	NITRO_DOCUMENT_CERTIFICATE_MAX = 1024,
	NITRO_DOCUMENT_PUBLIC_KEY_MAX = 1024,
	NITRO_DOCUMENT_DATA_MAX = 512,
};

enum nitro_document_kind { NITRO_DOCUMENT_ENCLAVE = 1, NITRO_DOCUMENT_TPM };

/* What whoever asked for the document put into it. */
enum nitro_document_field {
	NITRO_DOCUMENT_PUBLIC_KEY,
	NITRO_DOCUMENT_USER_DATA,
	NITRO_DOCUMENT_NONCE,
	NITRO_DOCUMENT_FIELDS,
};

/* All of it borrows the parsed bytes. */
struct nitro_document {
	enum nitro_document_kind kind;
	struct str module_id;
	uint64_t timestamp_ms;
	uint32_t pcrs; /* bit n: pcr[n] is there */
	struct span pcr[NITRO_DOCUMENT_PCRS];
	struct span certificate;
	struct span cabundle[NITRO_DOCUMENT_CABUNDLE_MAX];
	size_t n_cabundle;
	bool has[NITRO_DOCUMENT_FIELDS];
	struct span field[NITRO_DOCUMENT_FIELDS];
};

/* Memory from a. Fails: FORMAT with the member or the offset, LIMIT. */
bool nitro_document_parse(
	struct nitro_document *ret, struct span payload, struct arena *a, struct err *e) MUST_CHECK;

/* Seconds since 1970 at which the document says that it was made: the time of archive mode. */
int64_t nitro_document_unix(const struct nitro_document *d);

/* ---- checks, each of one thing; all fail with MISMATCH and say what was found and what was wanted ---- */

/* An enclave in debug mode has zeroes in PCR 0, 1 and 2; one of these being zero or absent is enough to fail. */
bool nitro_document_check_debug(const struct nitro_document *d, struct err *e) MUST_CHECK;
/* The register is in the document and is these bytes. */
bool nitro_document_check_pcr(
	const struct nitro_document *d, unsigned pcr, struct span want, struct err *e) MUST_CHECK;
/* The field is in the document and is these bytes, all of them. */
bool nitro_document_check_field(const struct nitro_document *d, enum nitro_document_field field,
	struct span want, struct err *e) MUST_CHECK;
/* Made at most max_age seconds before at_unix, and not after it; a clock may be leeway seconds slow or fast. */
bool nitro_document_check_age(const struct nitro_document *d, int64_t at_unix, int64_t max_age,
	int64_t leeway, struct err *e) MUST_CHECK;

const char *nitro_document_field_name(enum nitro_document_field field); /* "nonce" */

#endif
