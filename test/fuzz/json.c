#include "codec/json.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 << 20);
	struct err e = { 0 };
	CLEANUP(buf_done) struct buf out = buf_init(64 << 20);
	struct json_out w = json_out_to(&out);
	struct json v, again;

	if (!json_parse(&v, span_make(data, size), a, &e))
		return 0;
	fuzz_taken = true;
	json_value(&w, &v);
	MUST(buf_ok(&out) && json_parse(&again, buf_span(&out), a, &e));
	MUST(again.kind == v.kind && again.n == v.n);
	return 0;
}
