/*
 * ID block and ID authentication of an SEV-SNP guest (AMD 56860, SNP_LAUNCH_FINISH): with them the security processor
 * starts a guest only with the launch digest that its owner signed, and reports whose key that was. Numbers are
 * little-endian, those of ECDSA too; keys are P-384 with SHA-384.
 *
 *   ID block (96)      0x00 launch digest (48)  0x30 family (16)  0x40 image (16)  0x50 u32 version 1  0x54 u32 SVN
 *                      0x58 u64 policy
 *   key (1028)         0x00 u32 curve 2  0x04 x (72)  0x4c y (72)  zeroes
 *   signature (512)    0x00 r (72)  0x48 s (72)  zeroes
 *   ID auth (4096)     0x000 u32 1, u32 1 (ECDSA P-384 with SHA-384)  0x040 signature of the ID block  0x240 ID key
 *                      0x680 the author's signature of the ID key  0x880 author's key  zeroes
 *
 * A report names keys by the SHA-384 of their 1028 bytes. Nothing is signed here.
 */
#ifndef ASSAY_MEASURE_SNP_ID_H
#define ASSAY_MEASURE_SNP_ID_H

#include "base/digest.h"

enum {
	SNP_ID_BLOCK_SIZE = 96,
	SNP_ID_KEY_SIZE = 1028,
	SNP_ID_AUTH_SIZE = 4096,
	SNP_ID_NAME_SIZE = 16,
	SNP_ID_NUMBER_SIZE = 48,
};

/* Policy bit 17 is reserved and must be one; bit 16 allows SMT, which hosts have on. */
#define SNP_ID_POLICY_DEFAULT UINT64_C(0x30000)
#define SNP_ID_POLICY_ONE UINT64_C(0x20000)

struct snp_id {
	uint8_t digest[SHA384_SIZE];
	uint8_t family[SNP_ID_NAME_SIZE], image[SNP_ID_NAME_SIZE];
	uint32_t svn;
	uint64_t policy;
};

/* Two numbers modulo the curve's prime or order, big-endian as the field writes them: a point, or a signature. */
struct snp_id_numbers {
	uint8_t first[SNP_ID_NUMBER_SIZE], second[SNP_ID_NUMBER_SIZE];
};

/* A key that signs, and what it signed. */
struct snp_id_signer {
	struct snp_id_numbers key, signature;
};

void snp_id_block(uint8_t out[static SNP_ID_BLOCK_SIZE], const struct snp_id *id);
void snp_id_key(uint8_t out[static SNP_ID_KEY_SIZE], const struct snp_id_numbers *key);
/* id signed the ID block; author, who may be NULL, the 1028 bytes of id's key. */
void snp_id_auth(uint8_t out[static SNP_ID_AUTH_SIZE], const struct snp_id_signer *id,
	const struct snp_id_signer *author);

#endif
