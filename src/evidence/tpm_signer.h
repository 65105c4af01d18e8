/*
 * Whether a TPM shows a verifier its numbers as they are. In what it signs with a key of the endorsement or platform
 * hierarchy, resetCount, restartCount and firmwareVersion are plain; for keys of other hierarchies it adds numbers that
 * only it knows, the same for one key (TPM 2.0 Library, Part 2, section 10.12.12). The qualified
 * name of the signer, which is signed, tells which it is.
 */
#ifndef ASSAY_EVIDENCE_TPM_SIGNER_H
#define ASSAY_EVIDENCE_TPM_SIGNER_H

#include "evidence/tpm_public.h"
#include "evidence/tpm_quote.h"

/*
 * The signer is ak, as a primary key of one of those two hierarchies or directly beneath the endorsement key with this
 * public area (empty: none is known). False as well for a key deeper down: nothing tells of what is between.
 */
bool tpm_signer_is_plain(
	const struct tpm_quote *q, const struct tpm_public *ak, struct span ek_public) MUST_CHECK;

#endif
