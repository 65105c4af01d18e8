#include "evidence/event_log.h"

#include "appraise/explain_words.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 << 20);
	struct err e = { 0 };
	struct event_log_registers r;
	struct event_log log;

	if (!event_log_parse(&log, span_make(data, size), a, &e))
		return 0;
	for (size_t i = 0; i < log.n_banks; i++)
		if (log.banks[i] != DIGEST_NONE && !event_log_replay(&r, &log, log.banks[i], &e))
			return 0;
	fuzz_taken = true;
	for (size_t i = 0; i < log.n_events && i < 100; i++) {
		const struct event_log_event *ev = &log.events[i];

		MUST(explain_words_text(&log, ev, a).n <= EXPLAIN_WORDS_MAX + 3);
		MUST(explain_words_section(&log, ev, a).n <= EXPLAIN_WORDS_MAX + 3);
		MUST(explain_words_string(&log, ev, a).n <= EXPLAIN_WORDS_MAX + 3);
		MUST(explain_words_variable(&log, ev, a).n <= EXPLAIN_WORDS_MAX + 64);
		MUST(explain_words_partitions(&log, ev, a).n <= EXPLAIN_WORDS_MAX);
		MUST(explain_words_path(ev, a).n <= EXPLAIN_WORDS_MAX + 64);
	}
	return 0;
}
