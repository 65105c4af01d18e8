/*
 * libcrypto's random numbers from a counter, so that keys, certificates and signatures of the tests' authorities are the same
 * in every process: what one run of a fuzz target has found means the same in the next. For programs that keep no secret.
 */
#ifndef ASSAY_TEST_FIXED_RANDOM_H
#define ASSAY_TEST_FIXED_RANDOM_H

/* Included before all of libcrypto: RAND_set_rand_method reaches every context of the process. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/rand.h>

#include "base/digest.h"

static uint64_t fixed_random_count;

static int fixed_random_bytes(unsigned char *out, int size)
{
	for (size_t at = 0, n = (size_t)size; at < n; at += SHA256_SIZE) {
		uint8_t block[SHA256_SIZE];
		uint64_t count = fixed_random_count++;

		sha256_of(block, span_make(&count, sizeof count));
		memcpy(out + at, block, n - at < sizeof block ? n - at : sizeof block);
	}
	return 1;
}

static int fixed_random_status(void)
{
	return 1;
}

/* From here on, beginning at the numbers of `from`. */
static void fixed_random_begin(uint64_t from)
{
	static const RAND_METHOD method = { .bytes = fixed_random_bytes,
		.pseudorand = fixed_random_bytes,
		.status = fixed_random_status };

	fixed_random_count = from;
	RAND_set_rand_method(&method);
}

#endif
