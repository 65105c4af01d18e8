/*
 * One function per parser of bytes that we do not trust. A target parses its input, uses what came out as the tool does,
 * and asserts what must hold of every input. libFuzzer calls it with -Dfuzz=true; replay.c calls it with the corpus.
 */
#ifndef ASSAY_TEST_FUZZ_H
#define ASSAY_TEST_FUZZ_H

#include <stdint.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/span.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Holds in release builds, too. */
#define MUST(cond)               \
	do {                     \
		if (!(cond))     \
			abort(); \
	} while (0)

#endif
