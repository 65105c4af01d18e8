#include "lock/release.h"

#include "lock/inrelease.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 << 20);
	struct err e = { 0 };
	struct inrelease signers = { 0 };
	struct release r;
	int64_t when;

	if (release_parse(&r, span_make(data, size), a, &e) && (fuzz_taken = true))
		for (size_t i = 0; i < r.n_files; i++)
			MUST(release_find(&r, r.files[i].path));
	if (release_date(str_make((const char *)data, size), &when, &e))
		MUST((fuzz_taken = when >= 0));
	if (inrelease_status(&signers, str_make((const char *)data, size), INRELEASE_KEYS_THEN, &e))
		MUST((fuzz_taken = signers.n_signers &&
				   signers.n_signers <= INRELEASE_SIGNERS_MAX));
	return 0;
}
