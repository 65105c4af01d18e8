/*
 * The ACPI files that the installed QEMU gives to the firmware of a machine, without the hardware that machine is for:
 * the firmware runs under emulation until it starts our program (it has laid out the PCI bus and read the files by then,
 * which decides what is in them), and the files are read from outside (qtest). Takes 2 to 5 s.
 *
 * They are those of a TD when the machine is that of the TD but for what makes it one: the same QEMU, devices, numbers
 * of processors and bytes of memory, and a processor with the host's number of physical address bits. No hardware of ours
 * has confirmed it.
 */
#ifndef ASSAY_VM_ACPI_CAPTURE_H
#define ASSAY_VM_ACPI_CAPTURE_H

#include "base/buf.h"
#include "base/str.h"

enum { ACPI_CAPTURE_ARGUMENTS_MAX = 64, ACPI_CAPTURE_TIMEOUT_S = 120 };

struct acpi_capture_machine {
	const char *firmware; /* for -bios */
	uint64_t memory;      /* bytes, a multiple of 1 MiB */
	unsigned vcpus;
	/* Behind ours: q35 without SMM, no default devices; at most ACPI_CAPTURE_ARGUMENTS_MAX. */
	const char *const *arguments;
	size_t n_arguments;
};

struct acpi_capture {
	struct buf loader, rsdp, tables;
};

/*
 * Fails: NOTFOUND without QEMU or the firmware, USAGE for memory that is no whole MiB, LIMIT, IO when QEMU refuses the
 * machine or the firmware does not start our program in time.
 */
bool acpi_capture(
	struct acpi_capture *ret, const struct acpi_capture_machine *m, struct err *e) MUST_CHECK;
void acpi_capture_done(struct acpi_capture *c); /* for CLEANUP */

/* What `qemu-system-x86_64 --version` says: "7.2.22". Fails: NOTFOUND without QEMU, FORMAT. */
bool acpi_capture_qemu(char version[static 40], struct err *e) MUST_CHECK;

/* Appends the program that firmware starts as a kernel: it writes ACPI_CAPTURE_MARK to memory and stays. */
void acpi_capture_program(struct buf *out);

#define ACPI_CAPTURE_MARK "assay-up"
enum { ACPI_CAPTURE_MARK_AT = 0x7000 };

#endif
