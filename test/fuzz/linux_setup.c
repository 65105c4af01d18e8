/* A kernel from outside, as QEMU hands it over: nothing but the header's bytes changes, and RTMR 1 can be made of it. */
#include "measure/linux_setup.h"

#include <stdio.h>
#include <string.h>

#include "../unit/uki_made.h"
#include "fuzz.h"
#include "measure/tdx_rtmr.h"

enum { HEADER_AT = 0x210, HEADER_END = 0x22c };

/* A bzImage that is a PE file. */
bool fuzz_sample(size_t i, struct buf *b)
{
	CLEANUP(buf_done) struct buf k = uki_made_kernel(UKI_MADE_VERSION);

	if (i > 0)
		return false;
	put_u16le(k.p + 0x206, 0x20f);
	k.p[0x211] = 1;
	k.p[0x236] = 2;
	buf_add(b, k.p, k.n);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum digest_alg banks[] = { DIGEST_SHA384 };
	CLEANUP(arena_freep) struct arena *a = arena_new(8 << 20);
	struct span kernel = span_make(data, size), got;
	struct event_list events;
	struct err e = { 0 };

	if (!linux_setup_patch(&got, kernel, 5000, (uint64_t)1 << 30, STR("quiet"), a, &e))
		return 0;
	MUST(got.n == size && memcmp(got.p, data, HEADER_AT) == 0);
	MUST(memcmp(got.p + HEADER_END, data + HEADER_END, size - HEADER_END) == 0);
	event_list_init(&events, a, banks, 1);
	fuzz_taken = tdx_rtmr_direct(&events, got, TDX_SEPARATOR_RTMR1, STR(""), &e);
	return 0;
}
