/*
 * QEMU's test protocol (docs/devel/testing/qtest.rst) over a socket: the machine's memory and ports from outside, while
 * the guest runs. One line asks, one line "OK ..." answers.
 */
#ifndef ASSAY_VM_QTEST_H
#define ASSAY_VM_QTEST_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* The most that one read or write moves. */
enum { QTEST_CHUNK_MAX = 4096 };

struct qtest {
	int fd; /* borrowed; QEMU's end is its standard input and output, for "-qtest stdio" */
	int timeout_ms; /* for each answer */
};

/* All fail: IO when QEMU closed the socket, does not answer in time or refuses. n is at most QTEST_CHUNK_MAX. */
bool qtest_read(
	const struct qtest *q, void *dst, size_t n, uint64_t address, struct err *e) MUST_CHECK;
bool qtest_write(const struct qtest *q, const void *src, size_t n, uint64_t address,
	struct err *e) MUST_CHECK;
bool qtest_out32(const struct qtest *q, uint16_t port, uint32_t value, struct err *e) MUST_CHECK;

#endif
