/*
 * How an attester names its keys before it gives evidence (doc/protocol.md). Nothing in it is believed: a credential and
 * certificates decide.
 */
#ifndef ASSAY_EVIDENCE_TPM_IDENTITY_H
#define ASSAY_EVIDENCE_TPM_IDENTITY_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "evidence/bundle.h"

#define TPM_IDENTITY_FORMAT "assay.identity/1"
enum { TPM_IDENTITY_SIZE_MAX = 256 << 10 };

struct tpm_identity {
	struct span ek_public, ak_public; /* TPMT_PUBLIC */
	struct bundle_chain ek_chain;
};

/* All memory from a. Fails: FORMAT, LIMIT. */
bool tpm_identity_parse(
	struct tpm_identity *ret, struct span json, struct arena *a, struct err *e) MUST_CHECK;
void tpm_identity_emit(const struct tpm_identity *id, struct buf *out);

#endif
