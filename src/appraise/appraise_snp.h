/*
 * Appraising what an SEV-SNP guest's processor says of it: the report's form, the certificates that come with it up to a
 * root that is pinned here or in the trust file, revocation, the leaf against the report, the signature, and each field of
 * the report against the policy. Everything that is wrong is noted, each in a check of its own whose name begins with "snp-".
 *
 * Certificates are those of the host's table and those that were collected, in any order: which is the leaf follows from
 * SIGNING_KEY and names, the others from their issuers. Claims come only from the signed bytes.
 */
#ifndef ASSAY_APPRAISE_APPRAISE_SNP_H
#define ASSAY_APPRAISE_APPRAISE_SNP_H

#include "appraise/appraise_work.h"
#include "evidence/snp_report.h"

/*
 * A guest's own evidence: the report, and what the launch digest must be. True when there is a verdict, whatever it says.
 * Borrowed from the arguments and a. Fails: USAGE for a shape of another platform, LIMIT when a is full.
 */
bool appraise_snp(struct appraise_out *ret, const struct appraise_in *in, struct arena *a,
	struct err *e) MUST_CHECK;

/* What a report lets its verifier say. */
struct appraise_snp_said {
	bool parsed;  /* report is there; it borrows the bytes */
	bool genuine; /* form, chain, revocation, leaf and signature hold: AMD's hardware said it */
	bool leased;  /* by a VLEK: its certificate names a provider, and no chip */
	struct snp_report report;
	/* the values that the claims take when no check on them failed */
	struct verdict_claim identity, hardware, runtime_opaque;
};

/*
 * All checks of one report, for evidence that has one inside (Azure's HCL report): certificates and CRL from the bundle of w,
 * what is demanded from w->in->policy->snp. report_data: what REPORT_DATA must be, zeroes behind it to its 64 bytes, in check
 * "snp-report-data"; with p NULL that is the caller's business (appraise_fresh). Text of ret from the arena of w.
 */
void appraise_snp_report(struct appraise_snp_said *ret, struct appraise_work *w, struct span report,
	struct span report_data);

/*
 * The checks without which nothing is affirmed (verdict_conclude): how many. Only of a certificate that is a VLEK's is a provider
 * asked for in the chip's place.
 */
enum { APPRAISE_SNP_MUST = 25 };
size_t appraise_snp_must(
	const char *out[static APPRAISE_SNP_MUST], const struct appraise_snp_said *said);

#endif
