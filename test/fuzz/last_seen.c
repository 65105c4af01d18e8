#include "trust/last_seen.h"

#include "fuzz.h"

/* What is known of a log or a channel is fine again, and one less is not. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 << 20);
	CLEANUP(buf_done)
	struct buf one = buf_init(LAST_SEEN_SIZE_MAX), two = buf_init(LAST_SEEN_SIZE_MAX);
	struct err e = { 0 };
	struct last_seen s, t;

	if (!last_seen_parse(&s, span_make(data, size), a, &e))
		return 0;
	fuzz_taken = true;
	for (size_t i = 0; i < s.n_logs; i++) {
		struct checkpoint c = { s.logs[i].origin, s.logs[i].size, s.logs[i].root, false };

		MUST(last_seen_judge_log(&s, &c) == LAST_SEEN_FINE);
		c.root.bytes[0] ^= 1;
		MUST(last_seen_judge_log(&s, &c) == LAST_SEEN_FORK);
		if (c.size--)
			MUST(last_seen_judge_log(&s, &c) == LAST_SEEN_ROLLBACK);
	}
	for (size_t i = 0; i < s.n_channels; i++) {
		struct channel c = { .name = s.channels[i].name, .counter = s.channels[i].counter };

		memcpy(c.sha256, s.channels[i].sha256, SHA256_SIZE);
		MUST(last_seen_judge_channel(&s, &c) == LAST_SEEN_FINE);
		c.sha256[0] ^= 1;
		MUST(last_seen_judge_channel(&s, &c) == LAST_SEEN_FORK);
	}
	last_seen_emit(&one, &s);
	if (!buf_ok(&one))
		return 0;
	MUST(last_seen_parse(&t, buf_span(&one), a, &e));
	last_seen_emit(&two, &t);
	MUST(span_equal(buf_span(&one), buf_span(&two)));
	return 0;
}
