/*
 * Attestation report of an SEV-SNP guest (AMD 56860, ATTESTATION_REPORT), versions 2 to 5. 1184 bytes, all numbers are
 * little-endian; the signature covers the first 0x2a0.
 *
 *   0x000 u32 version       0x004 u32 guest SVN     0x008 u64 guest policy    0x010 family id (16)  0x020 image id (16)
 *   0x030 u32 VMPL          0x034 u32 algorithm     0x038 u64 CURRENT_TCB     0x040 u64 PLATFORM_INFO
 *   0x048 u32 key info: bit 0 AUTHOR_KEY_EN, 1 MASK_CHIP_KEY, 2-4 SIGNING_KEY                       0x04c reserved (4)
 *   0x050 report data (64)  0x090 measurement (48)  0x0c0 host data (32)
 *   0x0e0 ID key digest (48)      0x110 author key digest (48)      0x140 report id (32)  0x160 report id of the MA (32)
 *   0x180 u64 REPORTED_TCB  0x188 CPUID family, model, stepping (from version 3, else reserved)     0x18b reserved (21)
 *   0x1a0 chip id (64)      0x1e0 u64 COMMITTED_TCB
 *   0x1e8 current build, minor, major, reserved     0x1ec committed build, minor, major, reserved
 *   0x1f0 u64 LAUNCH_TCB    0x1f8 u64 mitigations at launch, 0x200 u64 now (from version 5, else reserved)
 *   0x208 reserved (152)    0x2a0 R (72)  0x2e8 S (72)  0x330 reserved (368)
 *
 * The parser decides nothing but that this is a report whose layout is known; what its fields say is for
 * snp_report_check.h, who signed it for trust/snp_signature.h.
 */
#ifndef ASSAY_EVIDENCE_SNP_REPORT_H
#define ASSAY_EVIDENCE_SNP_REPORT_H

#include "base/err.h"
#include "base/span.h"
#include "evidence/snp_product.h"

enum {
	SNP_REPORT_SIZE = 1184,
	SNP_REPORT_SIGNED_SIZE = 0x2a0,
	SNP_REPORT_VERSION_MIN = 2,
	SNP_REPORT_VERSION_MAX = 5,
	SNP_REPORT_NUMBER_SIZE = 72, /* of R and of S; P-384 uses 48 */
	SNP_REPORT_DATA_SIZE = 64,
	SNP_REPORT_DIGEST_SIZE = 48,
	SNP_REPORT_HOST_DATA_SIZE = 32,
	SNP_REPORT_ID_SIZE = 32,
	SNP_REPORT_NAME_SIZE = 16,
	SNP_REPORT_CHIP_ID_SIZE = 64,
};

enum { SNP_REPORT_ECDSA_P384_SHA384 = 1 };
#define SNP_REPORT_VMPL_HOST UINT32_C(0xffffffff) /* the host asked for the report, not the guest */

/* Guest policy. */
#define SNP_POLICY_ABI_MINOR UINT64_C(0xff)
#define SNP_POLICY_ABI_MAJOR UINT64_C(0xff00)
#define SNP_POLICY_SMT (UINT64_C(1) << 16)
#define SNP_POLICY_ONE (UINT64_C(1) << 17) /* reserved, must be one */
#define SNP_POLICY_MIGRATE_MA (UINT64_C(1) << 18)
#define SNP_POLICY_DEBUG (UINT64_C(1) << 19)
#define SNP_POLICY_SINGLE_SOCKET (UINT64_C(1) << 20)
#define SNP_POLICY_CXL (UINT64_C(1) << 21)
#define SNP_POLICY_AES_256_XTS (UINT64_C(1) << 22)
#define SNP_POLICY_RAPL_DIS (UINT64_C(1) << 23)
#define SNP_POLICY_CIPHERTEXT_HIDING (UINT64_C(1) << 24)
#define SNP_POLICY_PAGE_SWAP_DISABLE (UINT64_C(1) << 25)
#define SNP_POLICY_KNOWN ((UINT64_C(1) << 26) - 1)

/* PLATFORM_INFO. */
#define SNP_PLATFORM_SMT (UINT64_C(1) << 0)
#define SNP_PLATFORM_TSME (UINT64_C(1) << 1)
#define SNP_PLATFORM_ECC (UINT64_C(1) << 2)
#define SNP_PLATFORM_RAPL_DIS (UINT64_C(1) << 3)
#define SNP_PLATFORM_CIPHERTEXT_HIDING (UINT64_C(1) << 4)
#define SNP_PLATFORM_ALIAS_CHECK (UINT64_C(1) << 5)
#define SNP_PLATFORM_TIO (UINT64_C(1) << 7)
#define SNP_PLATFORM_KNOWN UINT64_C(0xbf)

/* SIGNING_KEY; the other values are reserved. */
enum snp_signing_key { SNP_KEY_VCEK = 0, SNP_KEY_VLEK = 1, SNP_KEY_NONE = 7 };

struct snp_firmware {
	uint8_t major, minor, build;
};

/* Spans borrow the parsed bytes. */
struct snp_report {
	struct span signed_bytes;
	uint32_t version, guest_svn;
	uint64_t policy;
	struct span family_id, image_id;
	uint32_t vmpl, algorithm;
	uint64_t platform_info;
	bool author_key_en, mask_chip_key;
	uint8_t signing_key; /* enum snp_signing_key, or a reserved value */
	struct span report_data, measurement, host_data, id_key_digest, author_key_digest;
	struct span report_id, report_id_ma, chip_id;
	uint64_t current_tcb, reported_tcb, committed_tcb, launch_tcb; /* see snp_tcb.h */
	bool has_cpu;                                                  /* from version 3 */
	uint8_t cpu_family, cpu_model, cpu_stepping;
	struct snp_firmware current, committed;
	bool has_mitigations; /* from version 5 */
	uint64_t launch_mitigations, current_mitigations;
	size_t reserved_at; /* offset of the first reserved byte that is not zero, or SNP_REPORT_SIZE */
	struct span r, s; /* little-endian, SNP_REPORT_NUMBER_SIZE each */
};

/* Exactly one report. Fails: FORMAT for another size or a version whose layout is not known. */
bool snp_report_parse(struct snp_report *ret, struct span bytes, struct err *e) MUST_CHECK;

/* The line that the CPUID fields name; UNKNOWN before version 3 and for other processors. */
enum snp_product snp_report_product(const struct snp_report *r);
/* All of a field is zero: nothing measured, no nonce, a chip id that is masked or of a VLEK's report. */
bool snp_report_is_blank(struct span field);
/* "VCEK", "VLEK", "none", "reserved". */
const char *snp_report_key_name(uint8_t signing_key);

#endif
