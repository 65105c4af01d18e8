/*
 * What the kernel's own EFI stub measures into PCR 9 as it starts: its command line and the initrd that systemd-stub hands
 * to it. Known for Linux 6.1 and newer.
 */
#ifndef ASSAY_MEASURE_TPM_KERNEL_H
#define ASSAY_MEASURE_TPM_KERNEL_H

#include "measure/tpm_stub.h"

/* Names of the events that explanations know. */
#define TPM_KERNEL_COMMAND_LINE "kernel command line"
#define TPM_KERNEL_INITRD "initrd as handed to the kernel"

/*
 * Release in the setup header of a bzImage ("6.12.48+deb13-cloud-amd64"), borrowed. FORMAT when it is none, USAGE for a
 * kernel older than 6.1.
 */
bool tpm_kernel_version(struct str *ret, struct span kernel, struct err *e) MUST_CHECK;

/*
 * PCR 9: the command line, and the initrd where the stub's version lets it be known. FORMAT for a command line that the
 * stub would change: anything but printable ASCII, or blanks at an end.
 */
bool tpm_kernel_events(struct event_list *to, const struct tpm_stub *stub,
	const struct tpm_origins *from, struct err *e) MUST_CHECK;

#endif
