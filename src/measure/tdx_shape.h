/*
 * What a TD of a given shape reports: MRTD and the four run-time measurement registers, each computed or not predictable
 * with the reason. Everything that decides a value is an input here; nothing is guessed. What a value wants and was not
 * given makes that value not predictable and leaves the others alone.
 *
 *   MRTD     firmware, passes
 *   RTMR 0   firmware and its release, memory, Secure Boot variables, ACPI files; boot variables for a boot from a disk
 *   RTMR 1   the firmware's release; kernel, size of the initrd, memory, QEMU's version; or UKI and partition table
 *   RTMR 2   command line and initrd; or the UKI. Both want a kernel that measures (EFI_CC_MEASUREMENT_PROTOCOL)
 *   RTMR 3   what applications extend: given events, none without them
 */
#ifndef ASSAY_MEASURE_TDX_SHAPE_H
#define ASSAY_MEASURE_TDX_SHAPE_H

#include "measure/linux_setup.h"
#include "measure/tdx_mrtd.h"
#include "measure/tdx_rtmr.h"

struct tdx_shape_in {
	struct span firmware;
	enum tdx_passes passes;
	uint64_t memory;              /* bytes; 0: not known */
	struct linux_setup_qemu qemu; /* major 0: not known */
	enum tdx_separator separator; /* tdx_release_separator */
	struct tpm_variables variables;
	struct tdx_acpi acpi;
	const struct span *boot_variables; /* BootOrder and options as logged; NULL: not known */
	size_t n_boot_variables;
	/* A direct boot, */
	struct span kernel; /* as it is in its file */
	struct span initrd;
	struct str command_line; /* as it is given to QEMU */
	/* or a UKI from a disk (partition_table_event), or neither. */
	struct span uki, gpt;
	/* The kernel's and the stub's version are not asked: they are known to measure into RTMR 2. */
	bool stubs_measure;
	const struct digest *applications; /* RTMR 3, SHA-384 */
	size_t n_applications;
	struct tpm_origins origins;
};

struct tdx_value {
	bool computed;
	struct digest value; /* SHA-384, zero where it is not computed */
	struct str reason;   /* the inputs that it rests on, or why it is not predictable */
};

struct tdx_shape {
	struct tdx_value mrtd, rtmrs[TDX_RTMRS];
	/* Bank SHA-384; registers 0 to 3 are the RTMRs. None of a register that is not predictable. */
	struct event_list events;
	bool patched; /* QEMU wrote into the kernel's header */
};

/*
 * All memory from a, which must hold a copy of the kernel for a direct boot. Borrows the inputs. Fails: FORMAT, USAGE,
 * LIMIT, NOTFOUND for inputs that are not what they should be: see the headers of tdx_metadata, tdx_hob, linux_setup,
 * tdx_rtmr and tpm_stub; USAGE when both kernel and UKI are given.
 */
bool tdx_shape(struct tdx_shape *ret, const struct tdx_shape_in *in, struct arena *a,
	struct err *e) MUST_CHECK;

#endif
