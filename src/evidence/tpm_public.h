/*
 * The public area of a TPM key, TPMT_PUBLIC (TPM 2.0 Library, Part 2, section 12.2.4), for RSA and ECC keys, and its
 * name (Part 1, section 16): what the TPM itself computes to bind a credential to a key. Integers are big-endian.
 *
 *   u16 type, u16 nameAlg, u32 objectAttributes, u16 size + authPolicy
 *   RSA: symmetric, scheme, u16 keyBits, u32 exponent, u16 size + modulus
 *   ECC: symmetric, scheme, u16 curve, kdf, u16 size + x, u16 size + y
 *   symmetric: u16 algorithm; unless NULL: u16 keyBits, u16 mode
 *   scheme, kdf: u16 algorithm; unless NULL (or RSAES): u16 hash
 */
#ifndef ASSAY_EVIDENCE_TPM_PUBLIC_H
#define ASSAY_EVIDENCE_TPM_PUBLIC_H

#include "base/digest.h"
#include "base/err.h"
#include "base/span.h"

enum {
	TPM_PUBLIC_SIZE_MAX = 1024,
	TPM_PUBLIC_RSA_BITS_MAX = 4096,
	TPM_PUBLIC_NAME_MAX = 2 + DIGEST_MAX,
};

/* objectAttributes (TPMA_OBJECT, Part 2, section 8.3). */
enum tpm_object {
	TPM_OBJECT_FIXED_TPM = 1 << 1,
	TPM_OBJECT_ST_CLEAR = 1 << 2,
	TPM_OBJECT_FIXED_PARENT = 1 << 4,
	TPM_OBJECT_SENSITIVE_DATA_ORIGIN = 1 << 5,
	TPM_OBJECT_USER_WITH_AUTH = 1 << 6,
	TPM_OBJECT_ADMIN_WITH_POLICY = 1 << 7,
	TPM_OBJECT_NO_DA = 1 << 10,
	TPM_OBJECT_ENCRYPTED_DUPLICATION = 1 << 11,
	TPM_OBJECT_RESTRICTED = 1 << 16,
	TPM_OBJECT_DECRYPT = 1 << 17,
	TPM_OBJECT_SIGN = 1 << 18,
};

struct tpm_symmetric {
	uint16_t alg, bits, mode; /* bits and mode 0 when alg is TPM_ALG_NULL */
};

struct tpm_scheme {
	uint16_t alg, hash; /* hash 0 where the scheme has none */
};

struct tpm_public {
	struct span bytes; /* the whole of it; all spans borrow the parsed bytes */
	uint16_t type;     /* TPM_ALG_RSA or TPM_ALG_ECC */
	uint16_t name_hash;
	enum digest_alg name_alg;
	uint32_t attributes;
	struct span policy;
	struct tpm_symmetric symmetric;
	struct tpm_scheme scheme;
	/* RSA */
	uint16_t bits;
	uint32_t exponent; /* as written: 0 stands for 65537 */
	struct span modulus;
	/* ECC */
	uint16_t curve;
	struct tpm_scheme kdf;
	struct span x, y;
};

struct tpm_name {
	uint8_t bytes[TPM_PUBLIC_NAME_MAX]; /* u16 nameAlg, digest of the public area */
	size_t n;
};

/* Fails: FORMAT (truncated, trailing bytes, another type, unknown name algorithm, modulus of another size), LIMIT. */
bool tpm_public_parse(struct tpm_public *ret, struct span bytes, struct err *e) MUST_CHECK;

/* nameAlg || H(public area), over exactly the bytes that were parsed. */
struct tpm_name tpm_public_name(const struct tpm_public *p);

#endif
