/*
 * What Azure's paravisor (HCL) leaves in the NV index 0x01400001 of a confidential machine's virtual TPM: the report of the
 * hardware underneath, and runtime data whose SHA-256 that report carries. The runtime data names the attestation key of
 * the virtual TPM, so that its quotes count as far as the hardware's report does. All numbers are little-endian.
 *
 *   offset size
 *        0    4  "HCLA"
 *        4    4  version, 1 or 2
 *        8    4  size of all this without padding
 *       12    4  request, 2
 *       16   16  status and reserved, zeroes
 *       32 1184  SNP report; or TDREPORT, 1024 bytes, and zeroes
 *     1216    4  size of what follows, to the end of the runtime data
 *     1220    4  version, 1
 *     1224    4  hardware: 2 SNP, 4 TDX
 *     1228    4  hash over the runtime data: 1, SHA-256
 *     1232    4  size of the runtime data
 *     1236       runtime data, JSON; then zeroes up to the size of the index
 *
 * Nothing of it is signed but the SNP report: the runtime data counts after azure_hcl_check_binding with the report data of
 * a verified SNP report or, since nobody elsewhere can verify a TDREPORT, of a verified TDX quote.
 */
#ifndef ASSAY_EVIDENCE_AZURE_HCL_H
#define ASSAY_EVIDENCE_AZURE_HCL_H

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"
#include "base/str.h"
#include "evidence/tpm_public.h"

enum {
	AZURE_HCL_SIZE_MAX = 16 << 10,
	AZURE_HCL_KEYS_MAX = 8,
	AZURE_HCL_SNP_SIZE = 1184,
	AZURE_HCL_TDX_SIZE = 1024,
	AZURE_HCL_REPORT_DATA = 64,
	AZURE_HCL_USER_DATA = 64,
};

enum azure_hcl_hardware { AZURE_HCL_SNP = 2, AZURE_HCL_TDX = 4 };
const char *azure_hcl_hardware_name(enum azure_hcl_hardware h); /* "SEV-SNP" */

/* A JSON Web Key of kind RSA; the numbers are big-endian, without leading zeroes, in memory of the arena. */
struct azure_hcl_key {
	struct span modulus, exponent;
};

/* A setting of the machine: absent in older versions. */
enum azure_hcl_setting { AZURE_HCL_ABSENT, AZURE_HCL_OFF, AZURE_HCL_ON };

struct azure_hcl {
	uint32_t version;
	enum azure_hcl_hardware hardware;
	struct span report;      /* SNP report or TDREPORT */
	struct span report_data; /* of that report, 64 bytes */
	struct span runtime;     /* JSON: exactly the bytes that are hashed */
	struct azure_hcl_key ak; /* the key whose id is HCLAkPub */
	enum azure_hcl_setting secure_boot, tpm_enabled, console_enabled;
	struct str vm_id; /* vmUniqueId; empty when absent */
	bool has_user_data;
	uint8_t user_data[AZURE_HCL_USER_DATA];
};

/*
 * Memory from a; borrows bytes. Members of the runtime data that are not named above are left alone: the hash covers them.
 * Fails: FORMAT with offset or member (another hardware or hash, no key HCLAkPub or two, short user data), LIMIT.
 */
bool azure_hcl_parse(
	struct azure_hcl *ret, struct span bytes, struct arena *a, struct err *e) MUST_CHECK;

/* ---- checks, each of one thing; all fail with MISMATCH ---- */

/* report_data is the SHA-256 of the runtime data and 32 zeroes. */
bool azure_hcl_check_binding(
	const struct azure_hcl *h, struct span report_data, struct err *e) MUST_CHECK;
/* This TPM key has the numbers of HCLAkPub. */
bool azure_hcl_check_ak(
	const struct azure_hcl *h, const struct tpm_public *ak, struct err *e) MUST_CHECK;
/* user-data is there and is these bytes (at most 64), then zeroes: where a nonce may stand in place of the quote. */
bool azure_hcl_check_user_data(
	const struct azure_hcl *h, struct span want, struct err *e) MUST_CHECK;

#endif
