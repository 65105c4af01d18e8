/*
 * Whether an attester answers behind a port of this machine, asked without waiting for it: QEMU accepts connections to a
 * forwarded port long before anything in the guest does.
 */
#ifndef ASSAY_VM_KNOCK_H
#define ASSAY_VM_KNOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct knock {
	uint16_t port; /* on 127.0.0.1 */
	int fd;        /* starts as -1: no attempt under way */
	int64_t since_ms;
	bool asked;
	char answer[16];
	size_t n;
};

/*
 * Goes on with the attempt, or starts one; call it a few times a second. True once GET /attest/1/identity was answered
 * with 200. now_ms: monotonic; an attempt without an answer is given up after some seconds.
 */
bool knock_try(struct knock *k, int64_t now_ms);
void knock_done(struct knock *k);

#endif
