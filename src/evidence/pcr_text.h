/*
 * What tpm2_pcrread prints: a line "sha256:" for each bank, and below it a line "0 : 0xHEX" for each register.
 */
#ifndef ASSAY_EVIDENCE_PCR_TEXT_H
#define ASSAY_EVIDENCE_PCR_TEXT_H

#include "evidence/bundle.h"

/* Adds the banks that have a register. Fails: FORMAT with the line, for a register twice, too; LIMIT. */
bool pcr_text_read(struct bundle *b, struct span text, struct err *e) MUST_CHECK;

#endif
