/*
 * The argument list of QEMU for a machine of vm/qemu.h. A list of strings of its own, so that its form is tested without
 * starting anything.
 */
#ifndef ASSAY_VM_QEMU_ARGUMENTS_H
#define ASSAY_VM_QEMU_ARGUMENTS_H

#include "vm/qemu.h"

enum { QEMU_ARGUMENTS_MAX = 160 };

struct qemu_arguments {
	char *argv[QEMU_ARGUMENTS_MAX + 1]; /* ends with NULL; strings owned by this */
	size_t n;
};

/*
 * vars_copy: the file behind flash unit 1. tpm_fd: the descriptor, in QEMU, of the TPM's control socket; not used without
 * m->tpm. host_port is used where m->guest_port is not 0.
 */
void qemu_arguments_make(struct qemu_arguments *ret, const struct qemu_machine *m,
	const char *vars_copy, int tpm_fd, uint16_t host_port);
void qemu_arguments_done(struct qemu_arguments *a); /* for CLEANUP */

#endif
