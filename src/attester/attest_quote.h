/*
 * One quote over PCR 0 to 15 of the SHA-256 and SHA-384 banks, as far as they are active, with the values that it covers.
 */
#ifndef ASSAY_ATTESTER_ATTEST_QUOTE_H
#define ASSAY_ATTESTER_ATTEST_QUOTE_H

#include "attester/attest_tpm.h"
#include "evidence/bundle.h"

enum { ATTEST_QUOTE_PART_MAX = 2048, ATTEST_QUOTE_TRIES = 5 };

struct attest_quote {
	struct buf quoted;    /* TPMS_ATTEST as signed */
	struct buf signature; /* TPMT_SIGNATURE */
	struct bundle_bank banks[BUNDLE_BANKS_MAX];
	size_t n_banks;
};

/*
 * qualifying: SHA-256 of what the quote is bound to. When registers change between reading and quoting both are done
 * again, at most ATTEST_QUOTE_TRIES times. *ret is owned by the caller (attest_quote_done). Fails: IO, NOTFOUND without
 * an active bank.
 */
bool attest_quote_take(struct attest_quote *ret, struct attest_tpm *t, ESYS_TR ak,
	const uint8_t qualifying[static SHA256_SIZE], struct err *e) MUST_CHECK;
void attest_quote_done(struct attest_quote *q);

#endif
