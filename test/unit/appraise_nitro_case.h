/*
 * What the tests of the appraisal of AWS Nitro's documents share beside nitro_case.h: two more keys, the changes that more
 * than one of them starts from, and the run over a list of cases.
 */
#ifndef ASSAY_TEST_APPRAISE_NITRO_CASE_H
#define ASSAY_TEST_APPRAISE_NITRO_CASE_H

#include "nitro_case.h"

static EVP_PKEY *other, *p256;

static void case_keys_new(void)
{
	made_keys_new();
	other = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");
	p256 = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
}

static void case_keys_free(void)
{
	EVP_PKEY_free(other);
	EVP_PKEY_free(p256);
	made_keys_free();
}

/* Appraised more than a year later; nobody gives a nonce. */
__attribute__((unused)) static void archived(void)
{
	w.policy.freshness = POLICY_ARCHIVE;
	w.in.nonce = NULL;
	w.in.at_unix += 400 * MADE_DAY;
}

/* The policy names n values for a register, one of them the document's. */
__attribute__((unused)) static void named(unsigned pcr, size_t n)
{
	w.values[0] = span_make(w.m.pcr[pcr], SHA384_SIZE);
	w.values[1] = span_make(w.m.pcr[(pcr + 1) % MADE_PCRS], SHA384_SIZE);
	w.policy.nitro.named |= 1U << pcr;
	w.policy.nitro.pcr[pcr] = (struct policy_nitro_values){
		n == 1 ? w.values : w.values + 2 - n, n
	};
}

/* PCR 8, the certificate that signed the image, is expected, too. */
__attribute__((unused)) static void with_signer(void)
{
	static const unsigned regs[] = { 0, 1, 2, 8 };

	world_registers(regs, ARRAY_LEN(regs));
}

__attribute__((unused)) static void run_cases(const struct test_case *cases, size_t n)
{
	size_t negative = 0;

	for (size_t i = 0; i < n; i++) {
		run_case(&cases[i]);
		negative += cases[i].want != GOOD;
	}
	printf("%zu cases, %zu of them refused\n", n, negative);
}

#endif
