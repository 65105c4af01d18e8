/*
 * Algorithm identifiers of TPM 2.0 (TCG Algorithm Registry, table 3: TPM_ALG_ID; table 4: TPM_ECC_CURVE), those that a
 * quote, a key or an event log may name here.
 */
#ifndef ASSAY_EVIDENCE_TPM_ALG_H
#define ASSAY_EVIDENCE_TPM_ALG_H

#include <stdint.h>

#include "base/digest.h"

enum tpm_alg {
	TPM_ALG_RSA = 0x0001,
	TPM_ALG_SHA1 = 0x0004,
	TPM_ALG_AES = 0x0006,
	TPM_ALG_SHA256 = 0x000b,
	TPM_ALG_SHA384 = 0x000c,
	TPM_ALG_SHA512 = 0x000d,
	TPM_ALG_NULL = 0x0010,
	TPM_ALG_RSASSA = 0x0014,
	TPM_ALG_RSAES = 0x0015,
	TPM_ALG_RSAPSS = 0x0016,
	TPM_ALG_OAEP = 0x0017,
	TPM_ALG_ECDSA = 0x0018,
	TPM_ALG_ECDH = 0x0019,
	TPM_ALG_ECC = 0x0023,
	TPM_ALG_CFB = 0x0043,
};

enum tpm_curve { TPM_CURVE_P256 = 0x0003, TPM_CURVE_P384 = 0x0004, TPM_CURVE_P521 = 0x0005 };

/* NONE for what is no hash, or none that this build knows (SM3, SHA-3). */
enum digest_alg tpm_alg_digest(uint16_t id);
/* 0 for NONE. */
uint16_t tpm_alg_of_digest(enum digest_alg alg);
/* "RSASSA", "SHA-256"; "unknown" for others. */
const char *tpm_alg_name(uint16_t id);

#endif
