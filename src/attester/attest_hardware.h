/*
 * Evidence that the hardware signs over 64 bytes: an SNP report or a TD quote by attest_tsm.h, a Nitro document by
 * attest_nsm.h.
 *
 * Only root may ask the kernel for one, and the attester that clients talk to is not root. So a process of its own keeps
 * the rights that the attester gives up: it was forked before, reads 64 bytes from a socket and answers with a report, and
 * does nothing else. It ends when the other side of the socket does. Nothing can start it again once the rights are given up:
 * when it has ended, the service has to end as well (attest_hardware_fd).
 */
#ifndef ASSAY_ATTESTER_ATTEST_HARDWARE_H
#define ASSAY_ATTESTER_ATTEST_HARDWARE_H

#include "base/buf.h"
#include "base/err.h"
#include "evidence/bundle.h"

#define ATTEST_HARDWARE_ENDED "the process that asks the hardware has ended"
enum { ATTEST_HARDWARE_DATA = 64 };

/* Where the kernel shows the hardware: attest_tsm.h's folder, attest_nsm.h's device. */
struct attest_hardware_at {
	const char *tsm, *nsm;
};

/* What is asked for: SNP, TDX or NITRO. */
struct attest_hardware;

/* Starts the process that asks; at is borrowed until then. Fails: IO. */
bool attest_hardware_new(struct attest_hardware **ret, enum bundle_kind kind,
	const struct attest_hardware_at *at, struct err *e) MUST_CHECK;
/* Ends it, and waits for that. */
void attest_hardware_free(struct attest_hardware *h);
void attest_hardware_freep(struct attest_hardware **h); /* for CLEANUP */

/* To wait on, between questions: readable once that process has ended, or what it said could not be understood. */
int attest_hardware_fd(const struct attest_hardware *h);

/*
 * Appends what the hardware signed over data, and the certificates that came with it, if any. Fails: IO, whatever was the
 * matter: it is never the fault of who asked.
 */
bool attest_hardware_ask(struct attest_hardware *h, struct buf *evidence, struct buf *certificates,
	const uint8_t data[static ATTEST_HARDWARE_DATA], struct err *e) MUST_CHECK;

#endif
