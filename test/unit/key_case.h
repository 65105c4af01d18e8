/* Calls about keys: what they must say, and that they leave nothing behind in libcrypto. */
#ifndef ASSAY_TEST_KEY_CASE_H
#define ASSAY_TEST_KEY_CASE_H

#include <openssl/err.h>

#include "base/mem.h"
#include "test.h"

static inline void key_says(const struct err *e, enum err_kind kind, const char *want)
{
	if (strcmp(e->text, want) != 0)
		fprintf(stderr, "'%s', wanted '%s'\n", e->text, want);
	CHECK(e->kind == kind && !strcmp(e->text, want));
}

/* What a call under mem_guard_begin answered: nothing lacked memory, and libcrypto's queue of errors is as empty as it was. */
static inline bool key_quiet(bool ok)
{
	CHECK(mem_guard_end() && !ERR_peek_error());
	return ok;
}

#endif
