/*
 * The events that extend a TD's run-time measurement registers, of firmware (OVMF), kernel and systemd-stub: UEFI 2.10
 * section 38.4.1, which maps a TPM's PCR 1 and 7 to RTMR 0, 2 to 6 to RTMR 1 and 8 to 15 to RTMR 2; the digests are
 * those of the TPM's events. RTMR 3 belongs to applications. Events are in one list of the bank SHA-384, with the
 * RTMR's number as their register, in the order of time.
 *
 * Logs of real TDs have these events in this order: RTMR 0 and 1 of direct boots under QEMU (one with a quote, all digests
 * but those of ACPI, kernel and command line made here, too), RTMR 1 of a UKI on a disk at Google.
 */
#ifndef ASSAY_MEASURE_TDX_RTMR_H
#define ASSAY_MEASURE_TDX_RTMR_H

#include "measure/tdx_metadata.h"
#include "measure/tdx_release.h"
#include "measure/tpm_firmware.h"
#include "measure/tpm_stub.h"

enum { TDX_RTMRS = 4, TDX_RTMR_COMMAND_LINE_MAX = 4096 };

/* Names of events that explanations know. */
#define TDX_RTMR_HOB "list of memory"
#define TDX_RTMR_CFV "firmware variables as shipped"
#define TDX_RTMR_KERNEL "kernel"

/* What QEMU tells the firmware about devices, as the firmware reads it from fw_cfg; empty: not known. */
struct tdx_acpi {
	struct span loader; /* etc/table-loader */
	struct span rsdp;   /* etc/acpi/rsdp */
	struct span tables; /* etc/acpi/tables */
	const struct digest *
		digests; /* their SHA-384 in this order, where they are not at hand; NULL: they are */
};

/* RTMR 0 up to the separator: list of memory (tdx_hob), variables as shipped (TDX_CFV), Secure Boot. */
bool tdx_rtmr_firmware(struct event_list *to, const struct tdx_metadata *m, struct span hob,
	const struct tpm_variables *variables, struct err *e) MUST_CHECK;
/* RTMR 0: the three files. */
bool tdx_rtmr_acpi(struct event_list *to, const struct tdx_acpi *acpi, struct err *e) MUST_CHECK;
/* RTMR 0: contents of the boot variables in the order of the log, which begins with BootOrder; n is at most 32. */
bool tdx_rtmr_boot_variables(
	struct event_list *to, const struct span *contents, size_t n, struct err *e) MUST_CHECK;
/* The same of a machine that has nothing to boot but a kernel given to QEMU: the firmware's own menu. */
bool tdx_rtmr_boot_menu(struct event_list *to, struct err *e) MUST_CHECK;

/* RTMR 0, last: the separator of firmware that has TDX_SEPARATOR_RTMR0. */
bool tdx_rtmr_late_separator(struct event_list *to, struct err *e) MUST_CHECK;

/*
 * RTMR 1 of a direct boot, up to where the kernel leaves the firmware; kernel as QEMU hands it over. FORMAT.
 */
bool tdx_rtmr_direct(struct event_list *to, struct span kernel, enum tdx_separator separator,
	struct str origin, struct err *e) MUST_CHECK;
/*
 * RTMR 2 of a direct boot: the command line, to which QEMU and OVMF append " initrd=initrd" where there is an initrd, and
 * the initrd (n 0: none). FORMAT for a line with other than printable ASCII, LIMIT.
 */
bool tdx_rtmr_direct_linux(struct event_list *to, struct str command_line, struct span initrd,
	const struct tpm_origins *from, struct err *e) MUST_CHECK;

/* RTMR 1 of a UKI that the firmware starts from a disk with this partition table event, and 2 as far as the stub's
 * rules go. FORMAT, USAGE, LIMIT: see tpm_pcr. */
bool tdx_rtmr_disk(struct event_list *to, const struct tpm_stub *stub, struct span uki,
	struct span gpt, enum tdx_separator separator, const struct tpm_origins *from,
	struct err *e) MUST_CHECK;

/* RTMR 3: one digest as it was extended. */
bool tdx_rtmr_application(
	struct event_list *to, const struct digest *d, struct str origin, struct err *e) MUST_CHECK;

#endif
