/* A Secure Boot variable as somebody gives it: lists of signatures, and the GUID of an owner as text. */
#include "measure/signature_list.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(8 << 20);
	struct span all = span_make(data, size);
	uint8_t owner[SIGNATURE_LIST_GUID];
	struct signature_list l;
	struct err e = { 0 };
	size_t sum = 0;

	if (signature_list_owner(owner, str_make((const char *)data, size), &e))
		MUST(size == 36);
	if (!signature_list_parse(&l, all, a, &e))
		return 0;
	for (size_t i = 0; i < l.n; i++) {
		MUST(l.entries[i].data.n && l.entries[i].whole.n == l.entries[i].data.n + 16);
		MUST(l.entries[i].whole.p >= data &&
			l.entries[i].whole.p + l.entries[i].whole.n <= data + size);
		sum += l.entries[i].whole.n;
	}
	MUST(sum <= size);
	fuzz_taken = l.n != 0;
	return 0;
}
