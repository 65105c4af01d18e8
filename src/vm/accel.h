/*
 * Whether KVM truly works here. A /dev/kvm that opens proves nothing (nested virtualisation may run one firmware and not
 * another), so the firmware itself is booted once for a limited time; the answer is kept below the user's cache folder
 * and belongs to this kernel, processor and QEMU.
 */
#ifndef ASSAY_VM_ACCEL_H
#define ASSAY_VM_ACCEL_H

#include "base/err.h"

struct accel {
	bool kvm;
	char why[200]; /* one line for a person: why emulation, or since when KVM is known to work */
};

/* code and vars: the firmware files. Fails only when QEMU cannot be run at all; a failing KVM is an answer. */
bool accel_probe(struct accel *ret, const char *code, const char *vars, struct err *e) MUST_CHECK;

/* KVM failed later, inside a guest: from now on the answer is emulation. Fills *e with what happened; returns false. */
bool accel_refute(struct err *e);

#endif
