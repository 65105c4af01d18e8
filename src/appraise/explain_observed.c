#include "appraise/explain_observed.h"

#include "appraise/explain_meaning.h"
#include "appraise/explain_words.h"
#include "base/banned.h"

/* What the firmware calls itself in the first event that is one of a version, if the digest proves it. */
static struct str firmware_version(const struct event_log *log, struct arena *a)
{
	for (size_t i = 0; i < log->n_events; i++)
		if (log->events[i].reg == 0 && log->events[i].type == EV_S_CRTM_VERSION)
			return explain_words_text(log, &log->events[i], a);
	return STR("");
}

static void extend(struct digest *value, struct span digest)
{
	size_t size = digest_size(value->alg);
	uint8_t both[2 * DIGEST_MAX];

	memcpy(both, value->bytes, size);
	memcpy(both + size, digest.p, size);
	*value = digest_of(value->alg, span_make(both, 2 * size));
}

/* How many events follow on the observed value, and the first of them; 0: the register never had it. */
static size_t events_behind(const struct event_log_event **first, const struct explain_observed *o)
{
	const struct event_log *log = o->log;
	struct digest value = { .alg = o->replay->alg };
	size_t bank = event_log_bank(log, value.alg), n = 0;
	bool passed = false;

	if (o->reg == 0)
		value.bytes[digest_size(value.alg) - 1] = o->replay->startup_locality;
	for (size_t i = 0; i < log->n_events; i++) {
		const struct event_log_event *ev = &log->events[i];

		if (ev->reg != o->reg || ev->type == EVENT_LOG_NO_ACTION)
			continue;
		if (passed && n++ == 0)
			*first = ev;
		extend(&value, ev->digests[bank]);
		passed = passed || digest_equal(&value, o->value);
	}
	return n;
}

static struct str more_text(
	const struct event_log *log, const struct event_log_event *first, size_t n, struct arena *a)
{
	struct str text = explain_words_text(log, first, a);

	return arena_printf(a,
		"the firmware measured what was observed, and %zu more %s measured into its register behind that, by the firmware or by what ran later%s%.*s%s",
		n, n == 1 ? "event was" : "events were",
		text.n ? "; the log says, of what was measured first: '" : "", STR_ARG(text),
		text.n ? "'" : "");
}

struct str explain_observed_text(
	enum explain_kind *kind, unsigned *part, const struct explain_observed *o, struct arena *a)
{
	const struct event_log_event *first = NULL;
	size_t n = events_behind(&first, o);
	struct str version = firmware_version(o->log, a);

	if (n) {
		*kind = EXPLAIN_ADDED;
		*part = EXPLAIN_FURTHER;
		return more_text(o->log, first, n, a);
	}
	*kind = EXPLAIN_CHANGED;
	*part = EXPLAIN_FIRMWARE;
	return arena_printf(a,
		"the machine runs other firmware than the one that was observed, or something more was measured among what it measures%s%.*s%s",
		version.n ? "; the log says, of what was measured, that it calls itself '" : "",
		STR_ARG(version), version.n ? "'" : "");
}
