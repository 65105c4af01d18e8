/*
 * The user's trust file: whose TPMs are believed, which attestation keys are known by name, who rebuilds images and how many of
 * them must agree, which logs, witnesses and signers of channels are believed and for how long, and whether reference values
 * that nobody vouches for may count. Read from YAML or JSON by the caller; certificates are files beside it, which the
 * caller reads too. A zeroed trust file trusts nothing.
 */
#ifndef ASSAY_TRUST_TRUST_FILE_H
#define ASSAY_TRUST_TRUST_FILE_H

#include "base/arena.h"
#include "base/err.h"
#include "codec/json.h"
#include "evidence/snp_product.h"
#include "evidence/tpm_public.h"
#include "trust/trust_logs.h"
#include "trust/trust_party.h"

#define TRUST_FILE_FORMAT "assay.trust/1"
enum { TRUST_FILE_ROOTS_MAX = 64, TRUST_FILE_PINS_MAX = 1024, TRUST_FILE_HARDWARE_ROOTS_MAX = 32 };

struct trust_root {
	struct str name;
	struct str path;                 /* of the certificate, as written; terminated */
	bool emulated;                   /* a software TPM: the host can forge it */
	struct certificate *certificate; /* NULL after parsing; put there and owned by the caller */
};

/*
 * A root of a maker of confidential hardware beside those that are pinned in the core (snp_chain.h, intel_chain.h,
 * nitro_chain.h), by the SHA-256 of its certificate.
 */
enum trust_hardware { TRUST_SNP, TRUST_TDX, TRUST_NITRO };

struct trust_hardware_root {
	struct str name;
	enum trust_hardware hardware;
	enum snp_product product; /* of TRUST_SNP */
	uint8_t sha256[SHA256_SIZE];
};

/* How old what others signed may be, in seconds; where the file does not say it: seven days, thirty days, a year. */
struct trust_ages {
	int64_t cosignature_s, channel_s, statement_s;
};

struct trust_file {
	struct trust_root *roots;
	size_t n_roots;
	const struct tpm_name *pinned;
	size_t n_pinned;
	const struct trust_hardware_root *hardware;
	size_t n_hardware;
	struct trust_parties rebuilders;
	size_t rebuilders_needed; /* distinct operators that must agree; 0: rebuilders do not vouch */
	struct trust_parties signers; /* of channels */
	struct trust_logs logs;
	struct trust_ages max_age;
	bool accept_unsigned; /* unsigned-reference-values: accept */
};

/* All memory from a. v is the value of the file (every scalar a string). Fails: FORMAT with the line, LIMIT. */
bool trust_file_parse(
	struct trust_file *ret, const struct json *v, struct arena *a, struct err *e) MUST_CHECK;
bool trust_file_is_pinned(const struct trust_file *t, const struct tpm_name *name);

/* A TPM name in lower-case hex: algorithm and digest. */
bool trust_file_read_name(struct tpm_name *ret, struct str hex, struct err *e) MUST_CHECK;

#endif
