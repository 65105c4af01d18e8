/*
 * A virtual machine in exactly the shape that reference values for `qemu-vtpm` describe: q35, OVMF in two flash units,
 * TPM 2.0 at the CRB interface, one read-only virtio disk as the only thing that the firmware may boot, no display, no
 * monitor, no option ROM, and a network card only where a port of the guest is wanted. Every further device would show in
 * a register.
 */
#ifndef ASSAY_VM_QEMU_H
#define ASSAY_VM_QEMU_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "vm/swtpm.h"

enum { QEMU_LINE_MAX = 4096, QEMU_EXTRA_MAX = 64, QEMU_FORWARDS_MAX = 16 };

/* A port of 127.0.0.1 that leads to one of the guest; both are not 0. */
struct qemu_forward {
	uint16_t host_port, guest_port;
	bool udp; /* else TCP */
};

struct qemu_machine {
	const char *firmware_code; /* flash unit 0, read-only */
	const char *firmware_vars; /* flash unit 1: the guest writes to a fresh copy */
	const char *disk;          /* raw, opened read-only; NULL: none */
	const char *folder;        /* absolute, exists: for the copy of the variables */
	const struct swtpm *tpm;   /* NULL: none */
	uint16_t guest_port;       /* 0: no network card */
	uint16_t host_port;        /* on 127.0.0.1; 0: a free one */
	/* Beside those two, through the same card; at most QEMU_FORWARDS_MAX. Only where guest_port is not 0. */
	const struct qemu_forward *forwards;
	size_t n_forwards;
	bool kvm; /* see vm/accel.h */
	const char *const
		*arguments; /* further QEMU arguments, for tests; at most QEMU_EXTRA_MAX */
	size_t n_arguments;
};

struct qemu;

/* Fails: NOTFOUND without QEMU or a file, LIMIT, IO. A machine that QEMU refuses shows as QEMU_STOPPED. */
bool qemu_start(struct qemu **ret, const struct qemu_machine *m, struct err *e) MUST_CHECK;

enum qemu_event {
	QEMU_LINE,    /* a line of the serial console is there */
	QEMU_STOPPED, /* the machine powered off, rebooted or failed; qemu_status says which */
	QEMU_TIMEOUT,
};

/*
 * Waits up to timeout_ms (0: does not wait) for the next line of the serial console. *line has no line end, is borrowed
 * until the next call, and has at most QEMU_LINE_MAX bytes: longer lines come in pieces. What was printed before the
 * machine stopped comes first.
 */
enum qemu_event qemu_next(struct qemu *q, int timeout_ms, struct str *line);
/* After QEMU_STOPPED: true when QEMU ended in order, else IO with what it said. */
bool qemu_status(struct qemu *q, struct err *e) MUST_CHECK;
/* KVM failed inside ("KVM internal error"): the machine is paused for ever. */
bool qemu_kvm_failed(const struct qemu *q);
uint16_t qemu_host_port(const struct qemu *q); /* 0 without network */
/* Readable when qemu_next has something to do; for poll. */
int qemu_fd(const struct qemu *q);
void qemu_free(struct qemu *q); /* stops the machine */
void qemu_freep(struct qemu **q);

#endif
