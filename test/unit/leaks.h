/* Whether what libcrypto has allocated is given back: what is done again and again takes no more of it. */
#ifndef ASSAY_TEST_LEAKS_H
#define ASSAY_TEST_LEAKS_H

#include <openssl/crypto.h>

#include "test.h"

enum { LEAKS_BEFORE = 20, LEAKS_TIMES = 40 };

static long leaks_live; /* allocations */

static void *leaks_malloc(size_t n, const char *file, int line)
{
	void *p = n ? malloc(n) : NULL;

	(void)file, (void)line;
	leaks_live += p != NULL;
	return p;
}

static void leaks_free(void *p, const char *file, int line)
{
	(void)file, (void)line;
	leaks_live -= p != NULL;
	free(p);
}

static void *leaks_realloc(void *p, size_t n, const char *file, int line)
{
	if (!p)
		return leaks_malloc(n, file, line);
	if (n)
		return realloc(p, n);
	leaks_free(p, file, line);
	return NULL;
}

/* First of all: libcrypto takes it only before it has allocated anything. */
static inline void leaks_count(void)
{
	CHECK(CRYPTO_set_mem_functions(leaks_malloc, leaks_realloc, leaks_free) == 1);
}

/* What it keeps for itself, errors' words among them, it has after the first times. */
static inline bool leaks_none(void (*run)(void))
{
	long before;

	for (int i = 0; i < LEAKS_BEFORE; i++)
		run();
	before = leaks_live;
	for (int i = 0; i < LEAKS_TIMES; i++)
		run();
	if (leaks_live != before)
		fprintf(stderr, "%ld more after %d times\n", leaks_live - before, LEAKS_TIMES);
	return before > 0 && leaks_live < before + LEAKS_TIMES;
}

#endif
