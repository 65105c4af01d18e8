/*
 * What the files of appraise_tpm.h share: the appraisal under way. Azure's machines have a TPM, too, whose key another
 * structure names (appraise_azure.h): everything but appraise_tpm_key works for them as well.
 */
#ifndef ASSAY_APPRAISE_APPRAISE_TPM_INSIDE_H
#define ASSAY_APPRAISE_APPRAISE_TPM_INSIDE_H

#include "appraise/appraise_tpm.h"
#include "appraise/appraise_work.h"
#include "evidence/tpm_quote.h"
#include "evidence/tpm_signature.h"
#include "trust/certificate.h"
#include "trust/signature.h"

struct appraise_tpm_state {
	struct appraise_work w;
	bool ak_parsed, quote_parsed, scheme_known; /* ak, quote, scheme are there */
	bool values_signed; /* the claimed values are exactly what the signature covers */
	struct tpm_public ak;
	struct tpm_name ak_name;
	struct signature_alg scheme;
	struct tpm_quote quote;
	/* Bits of enum policy_tpm_ak: by what the key could be known; what of that does not hold, and why */
	unsigned offered, failed;
	struct str why_not[POLICY_TPM_AKS];
	bool emulated; /* a root behind the key is that of a software TPM */
	struct verdict_claim
		hardware; /* what the roots behind the key let us say, and how it is known */
};

void appraise_tpm_key(struct appraise_tpm_state *s); /* AK and EK; or ak, scheme are set */
/*
 * By what the key is known: each way that the evidence and the verifier offer is looked at. With the first the verdict stands
 * and falls, and with the only one that the policy takes; others that do not hold are listed, and nothing rests on them.
 */
void appraise_tpm_bond(struct appraise_tpm_state *s);
/* The same check where there is nothing to choose: hardware names the key. */
void appraise_tpm_source_of_hardware(struct appraise_work *w);
/* A check without which these bonds do not hold. */
void appraise_tpm_bond_test(
	struct appraise_tpm_state *s, unsigned bonds, struct check c, bool ok, const struct err *e);
unsigned appraise_tpm_bond_held(const struct appraise_tpm_state *s); /* so far */
void appraise_tpm_chain_ek(struct appraise_tpm_state *s); /* behind a credential or an enrolment */
void appraise_tpm_chain_ak(struct appraise_tpm_state *s); /* of the key itself */
/* Which instance of Google Compute Engine the AK is certified for; leaf NULL: there is none; why_not: it is not believed. */
void appraise_tpm_gce(
	struct appraise_tpm_state *s, const struct certificate *leaf, const char *why_not);
void appraise_tpm_quote_signed(struct appraise_tpm_state *s); /* structure, signature */
void appraise_tpm_quote_bound(
	struct appraise_tpm_state *s); /* to the binding; report data, nonce */
void appraise_tpm_quote_state(struct appraise_tpm_state *s); /* clock */
/* Against what the enrolment record keeps of an earlier quote; whether that is asked. */
void appraise_tpm_earlier(struct appraise_tpm_state *s);
bool appraise_tpm_earlier_asked(const struct appraise_tpm_state *s);
/* What the policy asks of the key's size, the signature's hash and the TPM's firmware, of Azure's machines, too. */
void appraise_tpm_asked(struct appraise_tpm_state *s);
/* The names of those checks that must have passed; how many. */
enum { APPRAISE_TPM_ASKED = 3 };
size_t appraise_tpm_asked_must(
	const struct appraise_tpm_state *s, const char *must[static APPRAISE_TPM_ASKED]);
/* Selection, digest, values. Without a shape no required register has a value that it could be held against. */
void appraise_tpm_registers(struct appraise_tpm_state *s);
void appraise_tpm_log(struct appraise_tpm_state *s);

#endif
