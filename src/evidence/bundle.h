/*
 * The evidence bundle: one file that carries what an attester says and what a verifier needs beside it. A CMW collection
 * in JSON (draft-ietf-rats-msg-wrap): an object of labels, each a record [media type, base64url of the value, indicator];
 * indicator 4 is evidence, 2 endorsements. The labels are fixed in doc/protocol.md.
 *
 * Nothing here is believed: the quote is what is signed, and the values and logs count only as far as it covers them.
 */
#ifndef ASSAY_EVIDENCE_BUNDLE_H
#define ASSAY_EVIDENCE_BUNDLE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/span.h"
#include "evidence/binding.h"

#define BUNDLE_TYPE "tag:assay,2026:tpm-bundle/1"

enum {
	BUNDLE_SIZE_MAX = 4 << 20,
	BUNDLE_CERTIFICATES_MAX = 8,
	BUNDLE_CERTIFICATE_SIZE_MAX = 16 << 10,
	BUNDLE_BANKS_MAX = 4,
	BUNDLE_PCRS = 24,
	BUNDLE_SYSTEMD_LOG_MAX = 1 << 20,
};

/* Values that the attester claims for a bank's PCRs. */
struct bundle_bank {
	enum digest_alg alg;
	uint32_t pcrs; /* bit n: values[n] is there */
	struct digest values[BUNDLE_PCRS];
};

struct bundle_chain {
	struct span certificates[BUNDLE_CERTIFICATES_MAX]; /* DER, leaf first */
	size_t n;
};

/* A span with p NULL is not in the bundle. */
struct bundle {
	struct binding binding;
	struct span quote;     /* TPMS_ATTEST, required */
	struct span signature; /* TPMT_SIGNATURE, required */
	struct span ak_public; /* TPMT_PUBLIC, required */
	struct span ek_public; /* TPMT_PUBLIC */
	struct bundle_chain ek_chain, ak_chain;
	struct bundle_bank banks[BUNDLE_BANKS_MAX]; /* required: at least one */
	size_t n_banks;
	struct span firmware_log; /* binary_bios_measurements */
	struct span systemd_log;  /* tpm2-measure.log, JSON text sequence */
};

/* All memory from a. Fails: FORMAT (unknown label, wrong media type or indicator, missing or doubled part), LIMIT. */
bool bundle_parse(struct bundle *ret, struct span json, struct arena *a, struct err *e) MUST_CHECK;

/* Labels in the order of doc/protocol.md. Fails: LIMIT beyond BUNDLE_SIZE_MAX or out's maximum. */
bool bundle_emit(const struct bundle *b, struct buf *out, struct err *e) MUST_CHECK;

/* The claimed values of a bank, or NULL. */
const struct bundle_bank *bundle_bank_find(const struct bundle *b, enum digest_alg alg);

#endif
