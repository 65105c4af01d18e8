/*
 * The attester of doc/protocol.md without its transport: who this machine is, and evidence of its kind for a challenge. It
 * takes the bytes of a request and gives the bytes of an answer; attest_http.h brings both over a network.
 */
#ifndef ASSAY_ATTESTER_ATTESTER_H
#define ASSAY_ATTESTER_ATTESTER_H

#include "attester/attest_azure.h"
#include "attester/attest_hardware.h"
#include "attester/attest_keys.h"
#include "attester/attest_tpm.h"
#include "evidence/bundle.h"

enum {
	ATTESTER_ANSWER_MAX = BUNDLE_SIZE_MAX,
	ATTESTER_FIRMWARE_LOG_MAX = 1 << 20,
};

/* Where the evidence comes from, all of it borrowed. */
struct attester_sources {
	enum bundle_kind kind;
	struct attest_tpm *tpm;                /* TPM, AZURE */
	struct attest_hardware *hardware;      /* SNP, TDX, NITRO */
	int firmware_log, systemd_log, cc_log; /* descriptors; -1: none */
};

struct attester {
	struct attester_sources from;
	/* TPM */
	struct attest_keys keys;
	struct bundle_chain chain; /* borrows from certificates */
	struct buf certificates;
	/* AZURE */
	struct attest_azure azure;
};

/* TPM: makes the keys and reads the certificates. AZURE: finds the key. ret is owned by the caller (attester_done). */
bool attester_init(
	struct attester *ret, const struct attester_sources *from, struct err *e) MUST_CHECK;
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
