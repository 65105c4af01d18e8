/*
 * What this store remembers of its own work, under derivation digests: that a manifest and its reference values were made
 * here, by a build or by a rebuild that said yes (which lets the verifier say "built here"), and what PCR 0 was when a firmware
 * was booted here.
 */
#ifndef ASSAY_BUILD_RECORD_H
#define ASSAY_BUILD_RECORD_H

#include "store/store.h"

/*
 * The record names both files: reference values only quote the digest of their manifest, and anybody can quote the digest
 * of a manifest that was really built here over registers of another image.
 */
bool record_put_build(struct store *s, const uint8_t manifest_sha256[static SHA256_SIZE],
	const uint8_t reference_values_sha256[static SHA256_SIZE], struct err *e) MUST_CHECK;
/* *built: this store's own record says that it made the manifest and these very reference values from it. */
bool record_has_build(const struct store *s, const uint8_t manifest_sha256[static SHA256_SIZE],
	const uint8_t reference_values_sha256[static SHA256_SIZE], bool *built,
	struct err *e) MUST_CHECK;

enum { RECORD_PCR0_BANKS = 2 }; /* SHA-256, SHA-384 */
bool record_put_pcr0(struct store *s, const uint8_t firmware_sha256[static SHA256_SIZE],
	const struct digest pcr0[static RECORD_PCR0_BANKS], struct err *e) MUST_CHECK;
/* *known false without a record, and when it is damaged. */
bool record_get_pcr0(const struct store *s, const uint8_t firmware_sha256[static SHA256_SIZE],
	bool *known, struct digest pcr0[static RECORD_PCR0_BANKS], struct err *e) MUST_CHECK;

#endif
