/*
 * One function per parser of bytes that we do not trust. A target parses its input, uses what came out as the tool does,
 * and asserts what must hold of every input. libFuzzer calls it with -Dfuzz=true; replay.c calls it with every sample.
 */
#ifndef ASSAY_TEST_FUZZ_H
#define ASSAY_TEST_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/span.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * Set by a target whose parser took the whole input. replay.c wants it of every sample but those whose name begins with
 * "refused": a corpus of what fails in its first line shows nothing.
 */
__attribute__((weak)) bool fuzz_taken;

/*
 * For formats whose samples would be binary files, a target may make them instead: the i-th sample into b (initialised),
 * with false behind the last. All of them must be taken.
 */
bool fuzz_sample(size_t i, struct buf *b) __attribute__((weak));

/* Of samples that take long, replay.c cuts and changes at each fuzz_stride-th byte only; absent: at each. */
extern size_t fuzz_stride __attribute__((weak));

/* Holds in release builds, too. */
#define MUST(cond) ((cond) ? (void)0 : must_hold(__FILE__, __LINE__, #cond))

_Noreturn static inline void must_hold(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: must hold: %s\n", file, line, what);
	abort();
}

#endif
