#define ASSAY_MAY_ASK_THE_MACHINE
#include "box/trace_tsc.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>

#include "box/trace_clock.h"
#include "base/banned.h"

/* Intel SDM volume 2, RDTSC and RDTSCP. */
static const uint8_t rdtsc[] = { 0x0f, 0x31 }, rdtscp[] = { 0x0f, 0x01, 0xf9 };

bool trace_tsc_forbid(void)
{
	return prctl(PR_SET_TSC, PR_TSC_SIGSEGV, 0, 0, 0) == 0;
}

bool trace_tsc_answer(struct tracer *t, struct trace_thread *thread)
{
	struct trace_call c = { .t = t, .process = thread->process, .pid = thread->pid };
	uint8_t code[sizeof rdtscp] = { 0 };
	struct user_regs_struct regs;
	siginfo_t info;
	int64_t offset = 0;
	uint64_t value;
	bool p;

	/* A general protection fault has no address. */
	if (!box_view_fixes(&t->view, BOX_CLOCK) ||
		ptrace(PTRACE_GETSIGINFO, thread->pid, 0, &info) < 0 || info.si_code != SI_KERNEL ||
		ptrace(PTRACE_GETREGS, thread->pid, 0, &regs) < 0)
		return false;
	/* The shorter may be the last of a page. */
	if (!trace_read(&c, regs.rip, code, sizeof code) &&
		!trace_read(&c, regs.rip, code, sizeof rdtsc))
		return false;
	p = !memcmp(code, rdtscp, sizeof rdtscp);
	if (!p && memcmp(code, rdtsc, sizeof rdtsc) != 0)
		return false;
	trace_clock_offset(t, CLOCK_MONOTONIC, &offset);
	/* It moves by itself: how often the loader reads it must not show in the clock. */
	trace_clock_settle(t, c.process);
	c.process->counter_ns += TRACE_CLOCK_QUERY_NS;
	value = (uint64_t)(c.process->now + offset + c.process->counter_ns);
	regs.rax = value & 0xffffffff;
	regs.rdx = value >> 32;
	if (p)
		regs.rcx = 0; /* the first processor */
	regs.rip += p ? sizeof rdtscp : sizeof rdtsc;
	return ptrace(PTRACE_SETREGS, thread->pid, 0, &regs) == 0;
}
