/*
 * What the files of appraise_snp.h share: one report under appraisal, with what was found beside it.
 */
#ifndef ASSAY_APPRAISE_APPRAISE_SNP_INSIDE_H
#define ASSAY_APPRAISE_APPRAISE_SNP_INSIDE_H

#include "appraise/appraise_snp.h"
#include "evidence/snp_certs.h"
#include "trust/snp_chain.h"

enum {
	APPRAISE_SNP_CERTIFICATES = BUNDLE_CERTIFICATES_MAX + SNP_CERTS_KINDS,
	APPRAISE_SNP_ROOTS_MAX = SNP_CHAIN_ROOTS + TRUST_FILE_HARDWARE_ROOTS_MAX,
};

struct appraise_snp_state {
	struct appraise_work *w;
	const struct policy_snp *policy;
	struct snp_report report;
	struct span report_data; /* what REPORT_DATA must be; p NULL: not looked at here */
	struct snp_certs table;
	struct certificate *certificates[APPRAISE_SNP_CERTIFICATES]; /* owned */
	struct span sources[APPRAISE_SNP_CERTIFICATES];              /* their bytes as they came */
	size_t n;
	const struct certificate *leaf_certificate; /* one of them, or NULL */
	struct snp_leaf leaf;
	/* The pinned roots and those of the user. */
	struct snp_root roots[APPRAISE_SNP_ROOTS_MAX];
	size_t n_roots;
	bool has_chain;
	struct snp_chain chain;
	/* The line of the root; where no root is known, what report or certificate say, so that the rest can be looked at. */
	enum snp_product product;
};

/* In this order. */
void appraise_snp_form(struct appraise_snp_state *s);         /* what the format itself demands */
void appraise_snp_certificates(struct appraise_snp_state *s); /* finds leaf and issuers */
void appraise_snp_chain(struct appraise_snp_state *s);        /* up to the root; revocation */
void appraise_snp_leaf(struct appraise_snp_state *s);       /* leaf against report; the signature */
void appraise_snp_platform(struct appraise_snp_state *s);   /* hardware against the policy */
void appraise_snp_versions(struct appraise_snp_state *s);   /* TCB and firmware versions likewise */
void appraise_snp_guest(struct appraise_snp_state *s);      /* how the guest was started */
void appraise_snp_identities(struct appraise_snp_state *s); /* what it is, and who says so */

void appraise_snp_certificates_done(struct appraise_snp_state *s);

/* A question to the evidence that is a check of its own. */
struct appraise_snp_question {
	const char *name, *what, *whose;
	enum check_claim claim;
	int fail_value;
	/* Why it makes no sense here, for people; NULL when it does. Without the function it always does. */
	const char *(*skip)(const struct appraise_snp_state *s);
	struct str (*want)(struct appraise_snp_state *s), (*got)(struct appraise_snp_state *s);
	bool (*ask)(const struct appraise_snp_state *s, struct err *e);
};
void appraise_snp_ask(
	struct appraise_snp_state *s, const struct appraise_snp_question *questions, size_t n);
struct check appraise_snp_check(const struct appraise_snp_question *q);
/* For skip. */
const char *appraise_snp_no_leaf(const struct appraise_snp_state *s);
const char *appraise_snp_no_chain(const struct appraise_snp_state *s);

/* "SMT, DEBUG": the bits' names, bit-N without one; "none". */
struct str appraise_snp_bits(
	struct appraise_snp_state *s, uint64_t bits, const char *(*name_of)(unsigned));
/* "set: ECC_EN; not set: SMT_EN" */
struct str appraise_snp_must_text(struct appraise_snp_state *s, const struct policy_snp_bits *bits,
	const char *(*name_of)(unsigned));
/* "boot loader 4, TEE 0, SNP firmware 23, microcode 213" */
struct str appraise_snp_tcb_text(
	struct appraise_snp_state *s, const struct snp_tcb *tcb, enum snp_product product);
/* The same of a report's eight bytes; in hex where they cannot be read. */
struct str appraise_snp_raw_tcb(struct appraise_snp_state *s, uint64_t raw);

#endif
