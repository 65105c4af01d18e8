/*
 * What the files of appraise_nitro.h share: the appraisal under way, and its checks as a table.
 */
#ifndef ASSAY_APPRAISE_APPRAISE_NITRO_INSIDE_H
#define ASSAY_APPRAISE_APPRAISE_NITRO_INSIDE_H

#include "appraise/appraise_nitro.h"
#include "appraise/appraise_work.h"
#include "trust/nitro_chain.h"
#include "trust/nitro_signed.h"

enum appraise_nitro_check {
	NITRO_COSE_FORM,
	NITRO_COSE_HEADER,
	NITRO_DOCUMENT_RULES,
	NITRO_CERTIFICATES,
	NITRO_ROOT,
	NITRO_PROFILE,
	NITRO_SIGNATURES,
	NITRO_TIME,
	NITRO_REVOCATION,
	NITRO_MODULE,
	NITRO_SIGNATURE,
	NITRO_KIND,
	NITRO_AGE,
	NITRO_DEBUG,
	NITRO_USER_DATA,
	NITRO_PUBLIC_KEY,
	NITRO_CHECKS,
};

struct appraise_nitro_state {
	struct appraise_work w;
	struct nitro_signed s;
	bool parsed;             /* s.document is there */
	bool is_signed;          /* and a root that is trusted stands behind all of it */
	bool archive, of_tpm;    /* of_tpm: a NitroTPM's document */
	bool in_debug;           /* an enclave whose host may look into it */
	uint32_t required;       /* registers */
	struct str trusted_root; /* whose it is, for a person */
};

const char *appraise_nitro_name(enum appraise_nitro_check which);
/* One check of the table, whose want and got may be empty. */
void appraise_nitro_test(struct appraise_nitro_state *s, enum appraise_nitro_check which,
	struct str want, struct str got, bool ok, const struct err *e);
/* One that is passed, and is about something else than its row says, since the policy allows the opposite. */
void appraise_nitro_let_by(struct appraise_nitro_state *s, enum appraise_nitro_check which,
	struct str what, struct str got);
void appraise_nitro_skip(
	struct appraise_nitro_state *s, enum appraise_nitro_check which, struct str reason);

void appraise_nitro_signature(struct appraise_nitro_state *s); /* form, chain, signature */
void appraise_nitro_claims(struct appraise_nitro_state *s);    /* what the payload says */

#endif
