#define ASSAY_MAY_ASK_THE_MACHINE
#include "box/trace_call.h"

#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

#include "base/banned.h"

static const struct trace_handler *const tables[] = { trace_clock_calls, trace_wait_calls,
	trace_timer_calls, trace_random_calls, trace_machine_calls, trace_stat_calls,
	trace_folder_calls, trace_open_calls, trace_space_calls, trace_network_calls };

/* What the kernel answers inside when a signal interrupts a call that will be started anew (include/linux/errno.h). */
enum { ERESTARTSYS = 512, ERESTARTNOINTR = 513, ERESTARTNOHAND = 514, ERESTART_RESTARTBLOCK = 516 };

static void install(struct tracer *t, const struct trace_handler *h)
{
	size_t i = 0;

	if (!box_view_fixes(&t->view, h->channel))
		return;
	while (i < TRACE_CHAIN_MAX && t->by_nr[h->nr][i])
		i++;
	if (i < TRACE_CHAIN_MAX)
		t->by_nr[h->nr][i] = h;
}

void trace_call_install(struct tracer *t)
{
	for (size_t i = 0; i < ARRAY_LEN(tables); i++)
		for (const struct trace_handler *h = tables[i]; h->nr >= 0; h++)
			install(t, h);
}

/* A thread that is gone meanwhile answers ESRCH; its end will be told by waitpid. */
void trace_call_resume(const struct trace_thread *thread, int sig)
{
	ptrace(thread->watched ? PTRACE_SYSCALL : PTRACE_CONT, thread->pid, 0,
		(void *)(uintptr_t)sig);
}

/* x86-64: number in rax, arguments in rdi, rsi, rdx, r10, r8, r9. */
static void args_get(uint64_t args[static 6], const struct user_regs_struct *r)
{
	const uint64_t all[6] = { r->rdi, r->rsi, r->rdx, r->r10, r->r8, r->r9 };

	memcpy(args, all, sizeof all);
}

static void args_set(struct user_regs_struct *r, const uint64_t args[static 6])
{
	r->rdi = args[0];
	r->rsi = args[1];
	r->rdx = args[2];
	r->r10 = args[3];
	r->r8 = args[4];
	r->r9 = args[5];
}

static enum trace_next ask(
	struct tracer *t, struct trace_call *c, const struct trace_handler **handler)
{
	for (size_t i = 0; i < TRACE_CHAIN_MAX; i++) {
		const struct trace_handler *h = t->by_nr[c->nr][i];
		enum trace_next next = h ? h->before(c) : TRACE_GO;

		if (next == TRACE_GO)
			continue;
		*handler = h;
		return next;
	}
	return TRACE_GO;
}

/* What the thread asks. `own` stays when it is what a signal interrupted before. */
static void call_read(
	struct tracer *t, struct trace_thread *thread, const struct user_regs_struct *regs)
{
	struct trace_call *c = &thread->call, last = *c;

	*c = (struct trace_call){
		.t = t,
		.process = thread->process,
		.pid = thread->pid,
		.nr = (long)regs->orig_rax,
		.stack = regs->rsp,
	};
	args_get(c->args, regs);
	c->again = thread->interrupted && last.nr == c->nr &&
		   !memcmp(thread->args, c->args, sizeof c->args);
	if (c->again)
		memcpy(c->own, last.own, sizeof c->own);
	memcpy(thread->args, c->args, sizeof thread->args);
	thread->interrupted = false;
}

void trace_call_begin(struct tracer *t, struct trace_thread *thread)
{
	const struct trace_handler *handler = NULL;
	struct trace_call *c = &thread->call;
	struct user_regs_struct regs;
	enum trace_next next;

	if (ptrace(PTRACE_GETREGS, thread->pid, 0, &regs) < 0 || regs.orig_rax >= TRACE_CALLS_MAX) {
		trace_call_resume(thread, 0);
		return;
	}
	/* A wait that a signal interrupted goes on; its arguments are in the kernel. */
	if (regs.orig_rax == SYS_restart_syscall) {
		thread->watched = thread->handler != NULL;
		trace_call_resume(thread, 0);
		return;
	}
	call_read(t, thread, &regs);
	next = ask(t, c, &handler);
	thread->watched = next != TRACE_DONE &&
			  (next == TRACE_WATCH || memcmp(thread->args, c->args, sizeof c->args));
	thread->handler = next == TRACE_WATCH ? handler : NULL;
	if (next == TRACE_DONE) {
		regs.orig_rax = (unsigned long long)-1;
		regs.rax = (unsigned long long)c->result;
		ptrace(PTRACE_SETREGS, thread->pid, 0, &regs);
	} else if (thread->watched) {
		args_set(&regs, c->args);
		ptrace(PTRACE_SETREGS, thread->pid, 0, &regs);
	}
	trace_call_resume(thread, 0);
}

static bool starts_anew(int64_t result)
{
	return result == -ERESTARTSYS || result == -ERESTARTNOINTR || result == -ERESTARTNOHAND ||
	       result == -ERESTART_RESTARTBLOCK;
}

void trace_call_end(struct trace_thread *thread)
{
	struct trace_call *c = &thread->call;
	struct user_regs_struct regs, before;

	thread->watched = false;
	if (ptrace(PTRACE_GETREGS, thread->pid, 0, &regs) < 0) {
		trace_call_resume(thread, 0);
		return;
	}
	before = regs;
	args_set(&regs, thread->args);
	c->result = (int64_t)regs.rax;
	if (starts_anew(c->result)) {
		if (thread->handler && thread->handler->interrupted)
			thread->handler->interrupted(c);
		/* Only what comes as restart_syscall goes on with the same handler. */
		thread->interrupted = c->result != -ERESTART_RESTARTBLOCK;
		if (thread->interrupted)
			thread->handler = NULL;
	} else if (thread->handler) {
		thread->handler->after(c);
		thread->handler = NULL;
		regs.rax = (unsigned long long)c->result;
	}
	if (memcmp(&before, &regs, sizeof regs) != 0)
		ptrace(PTRACE_SETREGS, thread->pid, 0, &regs);
	trace_call_resume(thread, 0);
}
