#include "trust/channel.h"

#include "fuzz.h"

/* What is taken has one spelling, and is judged whatever it says. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 << 20);
	CLEANUP(buf_done) struct buf back = buf_init(CHANNEL_SIZE_MAX), said = buf_init(1000);
	struct channel_image image = { { 0 }, { 0 } };
	struct err e = { 0 };
	struct channel c;

	if (!channel_parse(&c, span_make(data, size), a, &e))
		return 0;
	fuzz_taken = true;
	MUST(channel_emit(&back, &c, a, &e));
	MUST(span_equal(buf_span(&back), span_make(data, size)));
	MUST(channel_judge(&c, c.name, &c.accepted[0], c.expires_unix - 1, 0) == CHANNEL_FINE);
	MUST(channel_judge(&c, c.name, NULL, c.expires_unix, 0) == CHANNEL_EXPIRED);
	channel_refusal_tell(&said, channel_judge(&c, STR("x"), &image, 0, 1), &c, STR("x"), 1);
	MUST(buf_ok(&said));
	return 0;
}
