/*
 * What the TPM of a `qemu-vtpm` machine holds when a disk is booted: for registers that nobody can compute (PCR 0 is the
 * firmware's own account of itself). The disk's PID 1 prints, on the serial console, one line for each register,
 *
 *     assay-observe: pcr BANK INDEX HEX        (BANK sha256 or sha384)
 *
 * anywhere in a line of its own, then powers off.
 */
#ifndef ASSAY_VM_OBSERVE_H
#define ASSAY_VM_OBSERVE_H

#include "base/digest.h"
#include "base/err.h"
#include "base/str.h"

enum { OBSERVE_PCRS = 24, OBSERVE_TIMEOUT_S = 300 };

struct observe {
	struct digest sha256[OBSERVE_PCRS]; /* alg NONE: not printed */
	struct digest sha384[OBSERVE_PCRS];
};

/*
 * Boots disk with the firmware files (all read-only), with a new software TPM in a temporary folder. Fails: IO when the
 * machine fails or takes more than OBSERVE_TIMEOUT_S, FORMAT when PCR 0 was not printed in both banks or a register came
 * twice with two values. Takes 10 to 30 s under emulation.
 */
bool observe_boot(struct observe *ret, const char *code, const char *vars, const char *disk,
	struct err *e) MUST_CHECK;
/* Takes one line of the console into *o; lines that do not say assay-observe do nothing. Fails: FORMAT. */
bool observe_line(struct observe *o, struct str line, struct err *e) MUST_CHECK;

#endif
