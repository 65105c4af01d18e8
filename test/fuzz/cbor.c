#include "codec/cbor.h"

#include "fuzz.h"

/* What is taken is written in one form, which is taken again and written the same. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 << 20);
	CLEANUP(buf_done) struct buf first = buf_init(2 * CBOR_SIZE_MAX);
	CLEANUP(buf_done) struct buf second = buf_init(2 * CBOR_SIZE_MAX);
	struct err e = { 0 };
	struct cbor v, again;

	if (!cbor_parse(&v, span_make(data, size), a, &e))
		return 0;
	fuzz_taken = true;
	MUST(v.whole.p == data && v.whole.n == size);
	cbor_put_value(&first, &v);
	/* Longer only by the lengths of open lists, of 256 items and more each. */
	MUST(buf_ok(&first) && first.n <= size + size / 128);
	MUST(cbor_parse(&again, buf_span(&first), a, &e));
	cbor_put_value(&second, &again);
	MUST(span_equal(buf_span(&first), buf_span(&second)));
	return 0;
}
