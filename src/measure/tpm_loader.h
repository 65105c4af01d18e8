/*
 * systemd-boot between the firmware and a unified kernel image: a program of its own in PCR 4, and what it measures itself.
 * Seen at 252, which measures the image's command line into PCR 12 (and so does the stub that gets it from there, unless
 * Secure Boot is on), and at 257, which measures loader.conf into PCR 5. Other versions are refused.
 *
 * The image is one below \EFI\Linux, nobody edits its command line at the menu, and there are no keys to enroll.
 */
#ifndef ASSAY_MEASURE_TPM_LOADER_H
#define ASSAY_MEASURE_TPM_LOADER_H

#include "measure/tpm_stub.h"

#define TPM_LOADER "systemd-boot"

struct tpm_loader {
	struct tpm_stub_version version;
	bool measures_config, hands_on_options;
};

/* From a PE file. Fails: NOTFOUND, FORMAT, USAGE for a version without rules. */
bool tpm_loader_read(struct tpm_loader *ret, const struct pe *pe, struct err *e) MUST_CHECK;
/* PCR 5: loader.conf; none when it is empty (p NULL: there is no such file). */
bool tpm_loader_config(struct event_list *to, const struct tpm_loader *loader, struct span conf,
	struct err *e) MUST_CHECK;
/* PCR 12: the image's command line as the loader hands it on, or as the stub gets it. LIMIT. */
bool tpm_loader_options(struct event_list *to, const struct tpm_loader *loader,
	const struct tpm_stub *stub, const char *by, struct err *e) MUST_CHECK;

#endif
