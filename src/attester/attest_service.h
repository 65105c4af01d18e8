/*
 * The attester as a process: opens TPM and logs with the rights it was started with, gives these up, then serves. Shared by
 * the guest's own program (attester_main.c) and `assay attest serve`.
 */
#ifndef ASSAY_ATTESTER_ATTEST_SERVICE_H
#define ASSAY_ATTESTER_ATTEST_SERVICE_H

#include <stdint.h>
#include <sys/types.h>

#include "attester/attest_http.h"

struct attest_service {
	const char *firmware_log; /* NULL: none; must be there otherwise */
	const char *systemd_log;  /* NULL: none; left out where it is not there */
	const char *address;      /* numeric */
	uint16_t port;            /* 0: a free one */
	bool drop;                /* become uid and gid, which are not 0 */
	uid_t uid;
	gid_t gid;
	/* Told the port once the service answers; may be NULL. */
	void (*ready)(void *arg, uint16_t port);
	void *ready_arg;
};

/* tpm is open and borrowed. Returns after SIGINT or SIGTERM. Fails: IO, USAGE for uid or gid 0, and as attester_init. */
bool attest_service_run(
	const struct attest_service *s, struct attest_tpm *tpm, struct err *e) MUST_CHECK;

#endif
