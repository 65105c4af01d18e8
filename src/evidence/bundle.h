/*
 * The evidence bundle: one file that carries what an attester says and what a verifier needs beside it. A CMW collection
 * in JSON (draft-ietf-rats-msg-wrap): an object of labels, each a record [media type, base64url of the value, indicator];
 * indicator 4 is evidence, 2 endorsements. The labels are fixed in doc/protocol.md; the collection's type says which kind
 * of evidence it is, and each kind has its labels.
 *
 * Nothing here is believed: what hardware signed counts, and the values and logs count only as far as that covers them.
 */
#ifndef ASSAY_EVIDENCE_BUNDLE_H
#define ASSAY_EVIDENCE_BUNDLE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/span.h"
#include "evidence/binding.h"

enum bundle_kind { BUNDLE_TPM, BUNDLE_SNP, BUNDLE_TDX, BUNDLE_NITRO, BUNDLE_AZURE, BUNDLE_KINDS };

enum {
	BUNDLE_SIZE_MAX = 4 << 20,
	BUNDLE_CERTIFICATES_MAX = 8,
	BUNDLE_CERTIFICATE_SIZE_MAX = 16 << 10,
	BUNDLE_BANKS_MAX = 4,
	BUNDLE_PCRS = 24,
	BUNDLE_SYSTEMD_LOG_MAX = 1 << 20,
	BUNDLE_HARDWARE_MAX = 64 << 10, /* what hardware signed; its parser knows better */
	BUNDLE_COLLATERAL_MAX = 256
				<< 10, /* each of Intel's documents, chains and CRLs, AMD's CRL */
};

/* Values that the attester claims for a bank's PCRs. */
struct bundle_bank {
	enum digest_alg alg;
	uint32_t pcrs; /* bit n: values[n] is there */
	struct digest values[BUNDLE_PCRS];
};

struct bundle_chain {
	struct span certificates[BUNDLE_CERTIFICATES_MAX]; /* DER, leaf first */
	size_t n;
};

/* A span with p NULL is not in the bundle. */
struct bundle {
	enum bundle_kind kind;
	bool has_binding;
	struct binding binding; /* TPM: required; evidence of other tools has none */
	/* TPM, AZURE: the first three and a bank are required */
	struct span quote;     /* TPMS_ATTEST */
	struct span signature; /* TPMT_SIGNATURE */
	struct span ak_public; /* TPMT_PUBLIC */
	struct span ek_public; /* TPMT_PUBLIC */
	struct bundle_chain ek_chain, ak_chain;
	struct bundle_bank banks[BUNDLE_BANKS_MAX];
	size_t n_banks;
	struct span firmware_log; /* binary_bios_measurements */
	struct span systemd_log;  /* tpm2-measure.log, JSON text sequence */
	/* AZURE: required */
	struct span azure_hcl; /* evidence/azure_hcl.h */
	/* SNP: the report is required; AZURE has it in the HCL report */
	struct span snp_report;
	struct span snp_table; /* certificates as the host gives them, evidence/snp_certs.h */
	struct bundle_chain snp_chain; /* certificates that were collected, in any order */
	struct span snp_crl;           /* DER */
	/* TDX: the quote is required; AZURE: for a TD underneath */
	struct span tdx_quote;
	struct span tdx_tcb_info, tdx_qe_identity; /* as Intel's service answers, JSON */
	struct span tdx_tcb_info_chain, tdx_qe_identity_chain; /* PEM */
	struct span tdx_pck_crl, tdx_root_crl;                 /* DER */
	struct span cc_log;                                    /* CCEL */
	/* NITRO: required */
	struct span nitro_document; /* COSE_Sign1 */
};

/* All memory from a. Fails: FORMAT (unknown label, wrong media type or indicator, missing or doubled part), LIMIT. */
bool bundle_parse(struct bundle *ret, struct span json, struct arena *a, struct err *e) MUST_CHECK;

/* Labels in the order of doc/protocol.md. Fails: LIMIT beyond BUNDLE_SIZE_MAX or out's maximum. */
bool bundle_emit(const struct bundle *b, struct buf *out, struct err *e) MUST_CHECK;

/* Adds the banks of a document "assay.pcr-values/1", which is the value of "tpm.pcrs". Fails: FORMAT, LIMIT. */
bool bundle_values_read(
	struct bundle *b, struct span json, struct arena *a, struct err *e) MUST_CHECK;

/* "tag:assay,2026:tpm-bundle/1": the type of the collection. */
const char *bundle_type(enum bundle_kind kind);
/* "tpm", "snp", "tdx", "nitro", "azure". */
const char *bundle_kind_name(enum bundle_kind kind);

/* The claimed values of a bank, or NULL. */
const struct bundle_bank *bundle_bank_find(const struct bundle *b, enum digest_alg alg);

#endif
