#define ASSAY_MAY_ASK_THE_MACHINE
#include "box/trace_disturb.h"

#include "base/digest.h"
#include "box/trace_clock.h"
#include "base/banned.h"

/* Of every second one nothing, of the others up to the longest. */
static int64_t delay(struct tracer *t)
{
	const uint64_t in[2] = { t->view.disturb, t->n_disturbed++ };
	uint8_t hash[SHA256_SIZE];
	uint32_t n;

	sha256_of(hash, SPAN_OF(in));
	n = (uint32_t)hash[0] | (uint32_t)hash[1] << 8 | (uint32_t)hash[2] << 16;
	return hash[3] & 1 ? 0 : n % TRACE_DISTURB_LONGEST_NS;
}

static void hold(struct tracer *t, struct trace_thread *thread, int64_t ns)
{
	thread->held_until = trace_clock_real(CLOCK_MONOTONIC) + ns;
	thread->next_held = t->held;
	thread->held_at = &t->held;
	if (t->held)
		t->held->held_at = &thread->next_held;
	t->held = thread;
}

bool trace_disturb_hold(struct tracer *t, struct trace_thread *thread)
{
	int64_t ns = t->view.disturb ? delay(t) : 0;

	if (ns > 0)
		hold(t, thread, ns);
	return ns > 0;
}

void trace_disturb_wait(struct tracer *t, struct trace_thread *thread)
{
	hold(t, thread, TRACE_DISTURB_WAIT_NS);
}

struct trace_thread *trace_disturb_next(struct tracer *t, int64_t now)
{
	struct trace_thread *thread = t->held;

	while (thread && thread->held_until > now)
		thread = thread->next_held;
	if (thread)
		trace_disturb_forget(thread);
	return thread;
}

void trace_disturb_forget(struct trace_thread *thread)
{
	if (!thread->held_at)
		return;
	*thread->held_at = thread->next_held;
	if (thread->next_held)
		thread->next_held->held_at = thread->held_at;
	thread->next_held = NULL;
	thread->held_at = NULL;
}
