/*
 * What the kernel's own EFI stub measures into PCR 9 as it starts: its command line and the initrd that systemd-stub hands
 * to it. Known for Linux 6.1 and newer.
 */
#ifndef ASSAY_MEASURE_TPM_KERNEL_H
#define ASSAY_MEASURE_TPM_KERNEL_H

#include "base/buf.h"
#include "measure/tpm_stub.h"

/* Names of the events that explanations know. */
#define TPM_KERNEL_COMMAND_LINE "kernel command line"
#define TPM_KERNEL_INITRD "initrd as handed to the kernel"

/*
 * Release in the setup header of a bzImage ("6.12.48+deb13-cloud-amd64"), borrowed. FORMAT when it is none, USAGE for a
 * kernel older than 6.1.
 */
bool tpm_kernel_version(struct str *ret, struct span kernel, struct err *e) MUST_CHECK;

enum { TPM_KERNEL_LINE_MAX = 8192 };

/* FORMAT for none, and one that systemd-stub would change: anything but printable ASCII, or blanks at an end. LIMIT. */
bool tpm_kernel_line_check(struct str line, struct err *e) MUST_CHECK;
/* Appends a command line as EFI programs hand it on: UTF-16LE with its NUL. */
void tpm_kernel_options(struct buf *out, struct str line);
/* PCR 9: this command line, whoever gives it. LIMIT. */
bool tpm_kernel_line(
	struct event_list *to, struct str line, struct str origin, struct err *e) MUST_CHECK;

/*
 * PCR 9: the command line, and the initrd where the stub's version lets it be known. Fails as tpm_kernel_line_check.
 */
bool tpm_kernel_events(struct event_list *to, const struct tpm_stub *stub,
	const struct tpm_origins *from, struct err *e) MUST_CHECK;
/*
 * PCR 9 of a kernel that QEMU hands to OVMF: its command line, to which OVMF adds " initrd=initrd" where there is an
 * initrd, and the initrd as it is. FORMAT for bytes that are not printable ASCII. LIMIT.
 */
bool tpm_kernel_direct(
	struct event_list *to, struct str line, struct span initrd, struct err *e) MUST_CHECK;

#endif
