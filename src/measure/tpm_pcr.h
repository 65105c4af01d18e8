/*
 * Prediction of what a TPM measures when firmware starts a unified kernel image from a GPT disk, straight or by way of
 * systemd-boot, or a kernel that QEMU hands to it: the events of PCR 2-7, 9, 11-14 in their order (TCG PC Client Platform
 * Firmware Profile, systemd-stub, the kernel's EFI stub). Nothing is guessed: a stub, kernel or image whose rules are not
 * known here is refused.
 *
 * PCR 9 is complete only where stub.initrd_known. PCR 0 is no function of the files, PCR 1 describes the virtual machine's
 * devices: neither is predicted.
 */
#ifndef ASSAY_MEASURE_TPM_PCR_H
#define ASSAY_MEASURE_TPM_PCR_H

#include "measure/event.h"
#include "measure/tpm_firmware.h"
#include "measure/tpm_loader.h"
#include "measure/tpm_sidecar.h"
#include "measure/tpm_stub.h"

/* Names of the events that explanations know. */
#define TPM_PCR_UKI "unified kernel image"
#define TPM_PCR_INNER_KERNEL "inner kernel"
#define TPM_PCR_DIRECT_KERNEL "kernel"

struct tpm_boot {
	struct span uki;                /* the whole file */
	struct span gpt;                /* gpt_event_data: 92-byte header | u64 n | n entries */
	bool no_disk;                   /* gpt is not known: PCR 5 lacks its event */
	struct tpm_variables variables; /* Secure Boot variables of the firmware */
	struct tpm_origins origins;
	struct span loader;      /* systemd-boot, the whole file; empty: firmware starts the UKI */
	struct span loader_conf; /* its loader.conf; p NULL: none */
	/* Files beside the UKI, any order; sorted in place. The event of an archive names the first. */
	struct tpm_sidecar *sidecars;
	size_t n_sidecars;
};

struct tpm_prediction {
	struct event_list events;
	struct tpm_stub stub;      /* version and sections as the stub sees them */
	struct str kernel_version; /* of the inner kernel's header */
	struct tpm_loader loader;  /* zeroed without one */
};

/* A kernel that QEMU hands to OVMF (-kernel, -initrd, -append). */
struct tpm_direct {
	struct span
		kernel; /* as firmware gets it: QEMU changes its setup header, see measure/linux_setup.h */
	struct span initrd; /* n 0: none */
	struct str command_line;
	struct tpm_variables variables;
};

/*
 * Events for the given banks, all memory from a; strings of the boot are borrowed. Fails: FORMAT for a UKI or GPT that is
 * none, NOTFOUND when the UKI lacks .linux, .cmdline or .sdmagic, USAGE for a stub, section, kernel or firmware state that
 * has no rules here, MISMATCH for an image that Secure Boot does not let start, LIMIT.
 */
bool tpm_pcr_predict(struct tpm_prediction *ret, const struct tpm_boot *boot,
	const enum digest_alg *banks, size_t n_banks, struct arena *a, struct err *e) MUST_CHECK;
/* The same for a kernel; in *ret, stub is zeroed but for initrd_known. FORMAT, USAGE (Secure Boot on, too), LIMIT. */
bool tpm_pcr_direct(struct tpm_prediction *ret, const struct tpm_direct *boot,
	const enum digest_alg *banks, size_t n_banks, struct arena *a, struct err *e) MUST_CHECK;

#endif
