/*
 * What the files of policy_snp.h share: readers of one member each. Where the member is absent they leave *ret as it is.
 */
#ifndef ASSAY_APPRAISE_POLICY_SNP_INSIDE_H
#define ASSAY_APPRAISE_POLICY_SNP_INSIDE_H

#include "appraise/policy_snp.h"

/* How a list's words are called in a message, and the bit of each; -1 for another word. */
struct policy_snp_vocabulary {
	const char *all;
	int (*bit_of)(struct str);
};

extern const struct policy_snp_vocabulary policy_snp_word_products, policy_snp_word_signers,
	policy_snp_word_vmpls, policy_snp_word_guest_policy, policy_snp_word_platform_info,
	policy_snp_word_mitigations;

/* A list of words, each once. */
bool policy_snp_word_set(uint64_t *ret, const struct json *o, const char *key,
	const struct policy_snp_vocabulary *words, struct err *e) MUST_CHECK;
/* One that must allow something. */
bool policy_snp_word_allowed(unsigned *ret, const struct json *o, const char *key,
	const struct policy_snp_vocabulary *words, struct err *e) MUST_CHECK;
/* { must, must-not }. */
bool policy_snp_word_bits(struct policy_snp_bits *ret, const struct json *o, const char *key,
	const struct policy_snp_vocabulary *words, struct err *e) MUST_CHECK;

/* Lists of values: chips, measurements, digests, ids. */
bool policy_snp_values_parse(
	struct policy_snp *ret, const struct json *o, struct arena *a, struct err *e) MUST_CHECK;
/* The member "minimum-tcb"; each product that is taken must have its part of it. */
bool policy_snp_minimum_parse(
	struct policy_snp *ret, const struct json *o, struct err *e) MUST_CHECK;

#endif
