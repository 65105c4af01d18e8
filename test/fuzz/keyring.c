#include "lock/keyring.h"

#include "fuzz.h"

/* The key of test/fuzz/corpus/keyring/small.hex, so that its signatures are looked at. */
#define FINGERPRINT "F3F8DFA8173C43FB0621678F04DF1B0BB1C0CDCA"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err e = { 0 };
	bool revoked = false;

	fuzz_taken = keyring_is_revoked(span_make(data, size), STR(FINGERPRINT), &revoked, &e);
	if (!fuzz_taken)
		MUST(!revoked && (e.kind == ERR_FORMAT || e.kind == ERR_NOTFOUND));
	return 0;
}
