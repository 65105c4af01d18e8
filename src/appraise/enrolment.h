/*
 * The verifier's own record that it once bound an attestation key to a TPM by a credential: enrolled/NAME.json in its
 * state folder. With it a bundle in a file can be appraised later, without talking to the machine.
 */
#ifndef ASSAY_APPRAISE_ENROLMENT_H
#define ASSAY_APPRAISE_ENROLMENT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/digest.h"
#include "evidence/bundle.h"
#include "evidence/tpm_public.h"

#define ENROLMENT_FORMAT "assay.enrolment/1"
enum { ENROLMENT_SIZE_MAX = 64 << 10 };

struct enrolment {
	struct tpm_name ak;
	struct tpm_name ek; /* of the endorsement key; n 0: not known, as of records of old */
	uint8_t ek_certificate_sha256[SHA256_SIZE];
	struct str url; /* where the machine was; for people */
	/* How far its TPM had come, as the quote of that conversation says; records of old do not have it */
	bool has_counters;
	bool plain; /* and as its TPM counts, which tpm_signer.h tells; false as well where nobody noted it */
	uint64_t clock_ms;
	uint32_t reset_count, restart_count;
};

bool enrolment_parse(
	struct enrolment *ret, struct span text, struct arena *a, struct err *e) MUST_CHECK;
void enrolment_emit(const struct enrolment *r, struct buf *out);

/* A TPM: the name of its endorsement key (n 0: none that can be read), and the digest of that key's certificate. */
struct enrolment_tpm {
	struct tpm_name ek;
	bool has_certificate;
	uint8_t ek_certificate_sha256[SHA256_SIZE];
};

void enrolment_tpm_of(
	struct enrolment_tpm *ret, struct span ek_public, const struct bundle_chain *ek_chain);
/*
 * The record is one of this TPM. That is a matter of the key: one key may have several certificates, and an ECDSA signature has a second
 * form that anybody can make. Records that do not name the key go by the certificate.
 */
bool enrolment_is_of(const struct enrolment *r, const struct enrolment_tpm *t);

/*
 * Of two records of one TPM the one that says more of how far it has come, whatever key each is of: the one with plain
 * counters, and of two such that with the higher ones.
 */
bool enrolment_says_more(const struct enrolment *r, const struct enrolment *than);

#endif
