#include "appraise/event_facts.h"

#include <string.h>

#include "base/rd.h"
#include "codec/utf8.h"
#include "fuzz.h"

/* u32 type, then the event's data, whose hash its digest is. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(8 << 20);
	struct rd r = rd_of(span_make(data, size));
	struct event_log_event ev = { .type = rd_u32le(&r) };
	struct event_log log = { .form = EVENT_LOG_AGILE,
		.banks = { DIGEST_SHA256 },
		.n_banks = 1,
		.events = &ev,
		.n_events = 1 };
	struct event_facts f;
	struct digest d;
	struct err e = { 0 };

	ev.data = rd_bytes(&r, rd_left(&r));
	d = digest_of(DIGEST_SHA256, ev.data);
	ev.digests[0] = span_make(d.bytes, SHA256_SIZE);
	MUST(event_facts(&f, &log, &ev, a, &e) && f.n <= EVENT_FACTS_MAX);
	MUST(ev.type == EVENT_LOG_NO_ACTION ? !f.hashed
					    : f.hashed && !strcmp(f.hashed, "the data"));
	for (size_t i = 0; i < f.n; i++) {
		MUST(f.items[i].value.n <= EVENT_FACT_SIZE_MAX);
		MUST(utf8_valid(f.items[i].value));
		fuzz_taken |= strcmp(f.items[i].name, "data") != 0;
	}
	return 0;
}
