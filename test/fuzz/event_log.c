#include "evidence/event_log.h"

#include "appraise/event_facts.h"
#include "appraise/explain_words.h"
#include "fuzz.h"

enum { EVENTS_LOOKED_AT = 100 };

/* What is said of an event is bounded. */
static void words(const struct event_log *log, const struct event_log_event *ev, struct arena *a)
{
	struct event_facts facts;
	struct err e = { 0 };

	MUST(explain_words_text(log, ev, a).n <= EXPLAIN_WORDS_MAX + 3);
	MUST(explain_words_section(log, ev, a).n <= EXPLAIN_WORDS_MAX + 3);
	MUST(explain_words_string(log, ev, a).n <= EXPLAIN_WORDS_MAX + 3);
	MUST(explain_words_variable(log, ev, a).n <= EXPLAIN_WORDS_MAX + 64);
	MUST(explain_words_partitions(log, ev, a).n <= EXPLAIN_WORDS_MAX);
	MUST(explain_words_path(ev, a).n <= EXPLAIN_WORDS_MAX + 64);
	MUST(event_facts(&facts, log, ev, a, &e) && facts.n <= EVENT_FACTS_MAX);
}

/* What holds of every log that is taken. */
static void sane(const struct event_log *log, size_t size)
{
	size_t end = size - log->padding;

	MUST(log->form != EVENT_LOG_NO_FORM && log->n_banks && log->n_banks <= EVENT_LOG_BANKS_MAX);
	MUST(log->padding < size && (!log->padding || log->form == EVENT_LOG_CC));
	for (size_t i = 0; i < log->n_events; i++) {
		const struct event_log_event *ev = &log->events[i];

		MUST(ev->at < end && ev->data.n < size);
		MUST(ev->type == EVENT_LOG_NO_ACTION || ev->reg < event_log_n_registers(log->form));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 << 20);
	struct err e = { 0 };
	struct event_log_registers r;
	struct event_log log;

	if (!event_log_parse(&log, span_make(data, size), a, &e))
		return 0;
	sane(&log, size);
	for (size_t i = 0; i < log.n_banks; i++)
		if (log.banks[i] != DIGEST_NONE && !event_log_replay(&r, &log, log.banks[i], &e))
			return 0;
	fuzz_taken = true;
	for (size_t i = 0; i < log.n_events && i < EVENTS_LOOKED_AT; i++)
		words(&log, &log.events[i], a);
	return 0;
}
