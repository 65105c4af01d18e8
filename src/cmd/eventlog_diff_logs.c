#include "cmd/eventlog_diff_logs.h"

#include <stdio.h>

#include "appraise/explain_align.h"
#include "cmd/eventlog_event.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

enum { EVENT_MEMORY_MAX = 4 << 20 };

/* The events of one register: their numbers in the log, from 1. */
struct side {
	struct digest *digests;
	size_t *numbers, n;
};

/* What to do with an event that only one log has; side is 0 or 1. */
typedef bool teller(void *ctx, const struct event_log *log, unsigned side, size_t number,
	unsigned reg, struct err *e);

static bool find_side(struct side *ret, const struct event_log *log, unsigned reg,
	enum digest_alg bank, struct arena *a, struct err *e)
{
	struct side s = { ARENA_ARRAY(a, log->n_events, struct digest),
		ARENA_ARRAY(a, log->n_events, size_t), 0 };

	if (!s.digests || !s.numbers)
		return arena_full(a, e);
	for (size_t i = 0; i < log->n_events; i++) {
		const struct event_log_event *ev = &log->events[i];

		if (ev->reg != reg || ev->type == EVENT_LOG_NO_ACTION ||
			!event_log_digest(log, ev, bank, &s.digests[s.n]))
			continue;
		s.numbers[s.n++] = i + 1;
	}
	*ret = s;
	return true;
}

static bool tell_steps(const struct eventlog_diff *d, unsigned reg, const struct side sides[2],
	const struct explain_step *steps, size_t n_steps, teller *tell, void *ctx, size_t *n,
	struct err *e)
{
	for (size_t i = 0; i < n_steps; i++) {
		if (steps[i].want != EXPLAIN_ALIGN_NONE && steps[i].got != EXPLAIN_ALIGN_NONE)
			continue;
		++*n;
		if (steps[i].want != EXPLAIN_ALIGN_NONE
				? !tell(ctx, d->a, 0, sides[0].numbers[steps[i].want], reg, e)
				: !tell(ctx, d->b, 1, sides[1].numbers[steps[i].got], reg, e))
			return false;
	}
	return true;
}

/* Memory of one register is given back before the next. */
static bool tell_register(const struct eventlog_diff *d, unsigned reg, teller *tell, void *ctx,
	size_t *n, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(EVENTLOG_MEMORY_MAX);
	struct explain_step *steps;
	struct side sides[2];
	size_t n_steps;

	return find_side(&sides[0], d->a, reg, d->bank, a, e) &&
	       find_side(&sides[1], d->b, reg, d->bank, a, e) &&
	       explain_align(&steps, &n_steps, sides[0].digests, sides[0].n, sides[1].digests,
		       sides[1].n, a, e) &&
	       tell_steps(d, reg, sides, steps, n_steps, tell, ctx, n, e);
}

static bool tell_all(
	const struct eventlog_diff *d, teller *tell, void *ctx, size_t *n, struct err *e)
{
	*n = 0;
	for (unsigned reg = 0; reg < event_log_n_registers(d->a->form); reg++)
		if (!tell_register(d, reg, tell, ctx, n, e))
			return false;
	return true;
}

/* ---- text ---- */

static bool print_one(void *ctx, const struct event_log *log, unsigned side, size_t number,
	unsigned reg, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(EVENT_MEMORY_MAX);
	unsigned *last = ctx;

	if (*last != reg)
		printf("%s %u\n", event_log_register_name(log->form), reg);
	*last = reg;
	return eventlog_event_line(side ? "+" : "-", log, number, a, e);
}

bool eventlog_diff_logs_print(const struct eventlog_diff *d, size_t *n, struct err *e)
{
	unsigned last = EVENT_LOG_PCRS;

	if (!tell_all(d, print_one, &last, n, e))
		return false;
	if (*n == 0)
		puts("nothing differs: the same digests in the same order in every register");
	return true;
}

/* ---- JSON ---- */

static bool put_one(void *ctx, const struct event_log *log, unsigned side, size_t number,
	unsigned reg, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(EVENT_MEMORY_MAX);
	struct json_out *w = ctx;

	(void)reg;
	json_object(w);
	json_put_uint(w, "only-in", side + 1);
	json_key(w, "event");
	if (!eventlog_event_put(w, log, number, a, e))
		return false;
	json_end_object(w);
	return true;
}

bool eventlog_diff_logs_put(
	struct json_out *w, const struct eventlog_diff *d, size_t *n, struct err *e)
{
	json_key(w, "differences");
	json_array(w);
	if (!tell_all(d, put_one, w, n, e))
		return false;
	json_end_array(w);
	return true;
}
