/*
 * What a TPM signs when it quotes: TPMS_ATTEST with TPMS_QUOTE_INFO (TPM 2.0 Library, Part 2, sections 10.12.8 and
 * 10.12.1). All integers are big-endian.
 *
 *   u32 magic            TPM_GENERATED_VALUE: a restricted key signs nothing else that begins so
 *   u16 type             TPM_ST_ATTEST_QUOTE
 *   u16 size, bytes      qualifiedSigner (a name)
 *   u16 size, bytes      extraData: the caller's qualifying data
 *   u64 clock, u32 resetCount, u32 restartCount, u8 safe
 *   u64 firmwareVersion
 *   u32 count, count x { u16 hash, u8 size, bits }   pcrSelect
 *   u16 size, bytes      pcrDigest: hash of the selected values, in the order of the selections
 *
 * The parser decides nothing about trust; but a structure of another magic or type is not a quote and is refused.
 */
#ifndef ASSAY_EVIDENCE_TPM_QUOTE_H
#define ASSAY_EVIDENCE_TPM_QUOTE_H

#include "base/digest.h"
#include "base/err.h"
#include "base/span.h"

enum {
	TPM_QUOTE_SIZE_MAX = 1024,
	TPM_QUOTE_SELECTIONS_MAX = 16, /* HASH_COUNT of the reference code */
	TPM_PCRS = 24,
	TPM_NAME_MAX = 2 + DIGEST_MAX,
};

#define TPM_GENERATED_VALUE UINT32_C(0xff544347)
#define TPM_ST_ATTEST_QUOTE UINT16_C(0x8018)

struct tpm_selection {
	uint16_t hash; /* as signed */
	enum digest_alg alg;
	uint32_t pcrs; /* bit n: PCR n is selected */
};

struct tpm_quote {
	struct span qualified_signer; /* all spans borrow the parsed bytes */
	struct span extra_data;
	uint64_t clock_ms;
	uint32_t reset_count, restart_count;
	bool clock_safe;
	uint64_t firmware_version;
	struct tpm_selection selections[TPM_QUOTE_SELECTIONS_MAX];
	size_t n_selections;
	struct span pcr_digest;
};

/*
 * Fails: FORMAT with the offset: truncated, trailing bytes, another magic or type, a bank selected twice, a PCR above 23,
 * a truth value that is neither 0 nor 1; LIMIT.
 */
bool tpm_quote_parse(struct tpm_quote *ret, struct span bytes, struct err *e) MUST_CHECK;

/* PCRs of that bank which the signature covers; 0 when the bank is not selected. */
uint32_t tpm_quote_selected(const struct tpm_quote *q, enum digest_alg alg);

#endif
