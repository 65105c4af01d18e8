/*
 * The registers of the TPM as the firmware and the kernel's loader left them, printed for whoever records the PCR 0 of a
 * firmware.
 */
#ifndef ASSAY_GUEST_OBSERVE_H
#define ASSAY_GUEST_OBSERVE_H

/* Prints "assay-observe: pcr BANK INDEX HEX" for sha256 and sha384, 0 to 15. Stops the machine on any failure. */
void observe_print(void);

#endif
