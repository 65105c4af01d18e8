/*
 * The attester as a process: finds out what evidence this machine gives, opens TPM, hardware and logs with the rights it was
 * started with, gives these up, then serves. Shared by the guest's own program (attester_main.c) and `assay attest serve`.
 */
#ifndef ASSAY_ATTESTER_ATTEST_SERVICE_H
#define ASSAY_ATTESTER_ATTEST_SERVICE_H

#include <stdint.h>
#include <sys/types.h>

#include "attester/attest_http.h"
#include "attester/attest_platform.h"

#define ATTEST_SERVICE_FIRMWARE_LOG "/sys/kernel/security/tpm0/binary_bios_measurements"
#define ATTEST_SERVICE_SYSTEMD_LOG "/run/log/systemd/tpm2-measure.log"
#define ATTEST_SERVICE_CC_LOG "/sys/firmware/acpi/tables/data/CCEL"

struct attest_service {
	enum attest_platform platform;
	struct attest_tpm_opener tpm;
	struct attest_hardware_at hardware;
	const char
		*firmware_log; /* NULL: none; must be there otherwise, where evidence is a TPM's */
	const char *systemd_log; /* NULL: none; left out where it is not there */
	const char *cc_log;      /* TDX's; likewise */
	const char *address;     /* numeric */
	uint16_t port;           /* 0: a free one */
	bool drop;               /* become uid and gid, which are not 0 */
	uid_t uid;
	gid_t gid;
	/* Told port and kind once the service answers; may be NULL. */
	void (*ready)(void *arg, uint16_t port, enum bundle_kind kind);
	void *ready_arg;
};

/* Returns after SIGINT or SIGTERM. Fails: IO, USAGE for uid or gid 0, and as attest_platform_find and attester_init. */
bool attest_service_run(const struct attest_service *s, struct err *e) MUST_CHECK;

#endif
