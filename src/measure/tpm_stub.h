/*
 * What systemd-stub and the kernel's EFI stub measure when a unified kernel image starts: sections (PCR 11), the inner
 * kernel (PCR 4), its command line and initrd (PCR 9). The rules depend on the stub's version, which the stub names in its
 * section .sdmagic; versions 252, 254, 255, 256, 257 have rules here, 258 and later have them without PCR 9.
 */
#ifndef ASSAY_MEASURE_TPM_STUB_H
#define ASSAY_MEASURE_TPM_STUB_H

#include "codec/pe.h"
#include "measure/event.h"

struct tpm_stub_version {
	unsigned major;  /* 257 */
	struct str text; /* "257.13-1~deb13u1", borrowed from the UKI */
};

/* From section .sdmagic: "#### LoaderInfo: systemd-stub 257.13-1~deb13u1 ####". NOTFOUND, FORMAT. */
bool tpm_stub_version_read(
	struct tpm_stub_version *ret, const struct pe *uki, struct err *e) MUST_CHECK;

#endif
