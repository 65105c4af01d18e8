/*
 * A unit test is a program of CHECKs. It ends in test_end(), which prints the plain closing line that the runner adds up
 * and returns the exit code.
 */
#ifndef ASSAY_TEST_TEST_H
#define ASSAY_TEST_TEST_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

static unsigned test_passed, test_failed, test_skipped;

__attribute__((unused)) static void test_report(
	bool ok, const char *file, int line, const char *what)
{
	if (ok) {
		test_passed++;
		return;
	}
	test_failed++;
	fprintf(stderr, "FAIL %s:%d: %s\n", file, line, what);
}

/* Counts a condition. */
#define CHECK(cond) test_report((cond), __FILE__, __LINE__, #cond)
/* Counts a call that takes `struct err *` and must succeed; prints the error when it does not. */
#define CHECK_OK(call, e)                                                     \
	do {                                                                  \
		bool ok_ = (call);                                            \
		test_report(ok_, __FILE__, __LINE__, ok_ ? #call : (e).text); \
	} while (0)
/* Counts a call that must fail with this kind. */
#define CHECK_ERR(call, e, want)                                            \
	do {                                                                \
		bool ok_ = (call);                                          \
		test_report(!ok_ && (e).kind == (want), __FILE__, __LINE__, \
			ok_ ? #call " succeeded" : (e).text);               \
	} while (0)

/* Counts what this machine cannot test, with the reason; test/skips.txt says which names may be skipped. */
__attribute__((unused)) static void test_skip(const char *name, const char *reason)
{
	test_skipped++;
	printf("SKIP %s: %s\n", name, reason);
}

__attribute__((unused)) static int test_end(void)
{
	printf("%u passed, %u failed", test_passed, test_failed);
	if (test_skipped)
		printf(", %u skipped", test_skipped);
	putchar('\n');
	return test_failed || !test_passed ? 1 : 0;
}

#endif
