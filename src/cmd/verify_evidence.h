/*
 * The evidence that `assay verify` appraises, with what the verifier knows about how it came: from a machine that was asked
 * with a nonce and a credential of this verifier's own, or from a file with what the command line says of it.
 */
#ifndef ASSAY_CMD_VERIFY_EVIDENCE_H
#define ASSAY_CMD_VERIFY_EVIDENCE_H

#include "appraise/appraise.h"
#include "cmd/verb.h"

enum { VERIFY_REPORT_DATA_MAX = 1024 };

struct verify_evidence {
	struct bundle bundle;
	struct buf text; /* as it came */
	uint8_t nonce[BINDING_NONCE_SIZE];
	uint8_t report_data[VERIFY_REPORT_DATA_MAX];
	struct appraise_challenge challenge;
	struct enrolment enrolment, tpm_enrolment;
};

/* Rows of the verb's option table that are for this. */
#define VERIFY_EVIDENCE_OPTIONS                                                             \
	{ "--nonce", "HEX", "the nonce that the evidence must answer", false },             \
		{ "--report-data", "HEX", "what another tool had hardware sign", false },   \
		{ "--report-data-is-fresh", NULL, "it was made for this exchange: a nonce", \
			false },                                                            \
	{                                                                                   \
		"--save", "FILE", "keep the evidence bundle", false                         \
	}

bool verify_evidence_is_url(const char *arg);
/*
 * Fills w, and of in what is about evidence, which borrows from w; memory from a. The caller releases with
 * verify_evidence_done.
 */
bool verify_evidence_take(struct verify_evidence *w, struct appraise_in *in,
	const struct verb_args *args, struct arena *a, struct err *e) MUST_CHECK;
/* The same from a file alone, with --nonce, --report-data and what is said of it of args. */
bool verify_evidence_of_file(struct verify_evidence *w, struct appraise_in *in, const char *path,
	const struct verb_args *args, struct arena *a, struct err *e) MUST_CHECK;
void verify_evidence_done(struct verify_evidence *w);

#endif
