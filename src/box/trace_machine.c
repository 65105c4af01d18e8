/*
 * What a step asks of kernel, processors and memory by system calls.
 */
#define ASSAY_MAY_ASK_THE_MACHINE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>

#include "box/trace_clock.h"
#include "base/banned.h"

static enum trace_next uname_before(struct trace_call *c)
{
	const struct box_view *v = &c->t->view;
	struct utsname u;

	/* The names of host and domain are the box's own. */
	if (uname(&u) < 0)
		return TRACE_GO;
	snprintf(u.sysname, sizeof u.sysname, "Linux");
	snprintf(u.release, sizeof u.release, "%s", v->kernel_release);
	snprintf(u.version, sizeof u.version, "%s", v->kernel_version);
	snprintf(u.machine, sizeof u.machine, "%s", v->machine);
	return trace_answer(c, trace_write(c, c->args[0], &u, sizeof u) ? 0 : -EFAULT);
}

static uint64_t all_processors(const struct tracer *t)
{
	return ~0ULL >> (BOX_PROCESSORS_MAX - t->view.n_processors);
}

static enum trace_next getaffinity_before(struct trace_call *c)
{
	uint64_t mask = c->process->processors ? c->process->processors : all_processors(c->t);

	if (c->args[1] < sizeof mask || c->args[1] % sizeof mask)
		return trace_answer(c, -EINVAL);
	return trace_answer(
		c, trace_write(c, c->args[2], &mask, sizeof mask) ? (int64_t)sizeof mask : -EFAULT);
}

/* Remembered, not done: the machine may have fewer. */
static enum trace_next setaffinity_before(struct trace_call *c)
{
	uint64_t mask = 0;
	size_t n = c->args[1] < sizeof mask ? (size_t)c->args[1] : sizeof mask;

	if (!trace_read(c, c->args[2], &mask, n))
		return trace_answer(c, -EFAULT);
	mask &= all_processors(c->t);
	if (!mask)
		return trace_answer(c, -EINVAL);
	c->process->processors = mask;
	return trace_answer(c, 0);
}

static enum trace_next getcpu_before(struct trace_call *c)
{
	const uint32_t first = 0;

	for (size_t i = 0; i < 2; i++)
		if (c->args[i] && !trace_write(c, c->args[i], &first, sizeof first))
			return trace_answer(c, -EFAULT);
	return trace_answer(c, 0);
}

/* Nothing of it is in use. */
static void memory_of(struct sysinfo *s, const struct tracer *t)
{
	s->totalram = s->freeram = t->view.memory;
	s->sharedram = s->bufferram = s->totalswap = s->freeswap = s->totalhigh = s->freehigh = 0;
	s->mem_unit = 1;
}

static enum trace_next sysinfo_before(struct trace_call *c)
{
	const struct box_view *v = &c->t->view;
	int64_t offset = 0;
	struct sysinfo s;

	if (sysinfo(&s) < 0)
		return TRACE_GO;
	if (box_view_fixes(v, BOX_CLOCK)) {
		trace_clock_offset(c->t, CLOCK_MONOTONIC, &offset);
		s.uptime = (long)((trace_clock_read(c) + offset) / TRACE_CLOCK_SECOND_NS);
	}
	if (box_view_fixes(v, BOX_MEMORY))
		memory_of(&s, c->t);
	if (box_view_fixes(v, BOX_PROCESSORS))
		memset(s.loads, 0, sizeof s.loads);
	if (box_view_fixes(v, BOX_PIDS))
		s.procs = 1;
	return trace_answer(c, trace_write(c, c->args[0], &s, sizeof s) ? 0 : -EFAULT);
}

const struct trace_handler trace_machine_calls[] = {
	{ .nr = SYS_uname, .channel = BOX_KERNEL, .before = uname_before },
	{ .nr = SYS_sched_getaffinity, .channel = BOX_PROCESSORS, .before = getaffinity_before },
	{ .nr = SYS_sched_setaffinity, .channel = BOX_PROCESSORS, .before = setaffinity_before },
	{ .nr = SYS_getcpu, .channel = BOX_PROCESSORS, .before = getcpu_before },
	{ .nr = SYS_sysinfo, .channel = BOX_N_CHANNELS, .before = sysinfo_before },
	{ .nr = -1 },
};
