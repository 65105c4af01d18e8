/*
 * How an attester says what it is before it gives evidence (doc/protocol.md): a TPM's names its keys, for a credential
 * (assay.identity/1); one of hardware says of which kind its evidence is, and is asked without (assay.identity/2). Nothing
 * in it is believed: a credential and certificates decide, or what the hardware signed.
 */
#ifndef ASSAY_EVIDENCE_TPM_IDENTITY_H
#define ASSAY_EVIDENCE_TPM_IDENTITY_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "evidence/bundle.h"

#define TPM_IDENTITY_FORMAT "assay.identity/1"
#define TPM_IDENTITY_KIND_FORMAT "assay.identity/2"
enum { TPM_IDENTITY_SIZE_MAX = 256 << 10 };

struct tpm_identity {
	enum bundle_kind kind;
	/* TPM only */
	struct span ek_public, ak_public; /* TPMT_PUBLIC */
	struct bundle_chain ek_chain;
};

/* All memory from a. Fails: FORMAT, LIMIT. */
bool tpm_identity_parse(
	struct tpm_identity *ret, struct span json, struct arena *a, struct err *e) MUST_CHECK;
void tpm_identity_emit(const struct tpm_identity *id, struct buf *out);

#endif
