/*
 * The table of hashes through which QEMU lets the firmware check kernel, initrd and command line of a direct boot (QEMU
 * target/i386/sev.c): its page is measured, the three files are not. 176 bytes:
 *
 *   GUID 9438d606-4f22-4cc9-b479-a793d411fd21, u16 168, then three times { GUID, u16 50, SHA-256 } for the command line
 *   with its terminating NUL, the initrd (of nothing without one) and the kernel file as it is; 8 zeroes
 */
#ifndef ASSAY_MEASURE_SEV_HASHES_H
#define ASSAY_MEASURE_SEV_HASHES_H

#include "base/digest.h"

enum { SEV_HASHES_SIZE = 176 };

struct sev_hashes {
	uint8_t command_line[SHA256_SIZE], initrd[SHA256_SIZE], kernel[SHA256_SIZE];
};

/* An initrd without bytes and no initrd are the same; so are an empty and no command line. */
void sev_hashes_of(
	struct sev_hashes *ret, struct span kernel, struct span initrd, struct str command_line);

void sev_hashes_table(uint8_t table[static SEV_HASHES_SIZE], const struct sev_hashes *h);

#endif
