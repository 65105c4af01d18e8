/*
 * The attester of doc/protocol.md without its transport: who this TPM is, and evidence for a challenge. It takes the
 * bytes of a request and gives the bytes of an answer; attest_http.h brings both over a network.
 */
#ifndef ASSAY_ATTESTER_ATTESTER_H
#define ASSAY_ATTESTER_ATTESTER_H

#include "attester/attest_keys.h"
#include "attester/attest_tpm.h"
#include "evidence/bundle.h"

enum {
	ATTESTER_ANSWER_MAX = BUNDLE_SIZE_MAX,
	ATTESTER_FIRMWARE_LOG_MAX = 1 << 20,
};

struct attester {
	struct attest_tpm *tpm; /* borrowed */
	struct attest_keys keys;
	struct bundle_chain chain; /* borrows from certificates */
	struct buf certificates;
	int firmware_log, systemd_log; /* descriptors, borrowed; -1: none */
};

/* Makes the keys and reads the certificates. ret is owned by the caller (attester_done). */
bool attester_init(struct attester *ret, struct attest_tpm *tpm, int firmware_log, int systemd_log,
	struct err *e) MUST_CHECK;
void attester_done(struct attester *a);

/* The document of GET /attest/1/identity, appended to out. */
bool attester_identity(const struct attester *a, struct buf *out, struct err *e) MUST_CHECK;

/*
 * Answers the challenge of POST /attest/1/evidence with an evidence bundle, appended to out. Whose fault it is when it
 * fails: the challenge's for FORMAT, LIMIT, USAGE and MISMATCH, this machine's for every other kind.
 */
bool attester_evidence(
	const struct attester *a, struct span challenge, struct buf *out, struct err *e) MUST_CHECK;

#endif
