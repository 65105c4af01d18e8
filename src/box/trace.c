#define ASSAY_MAY_ASK_THE_MACHINE
#include "box/trace.h"

#include <errno.h>
#include <linux/sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "box/trace_clock.h"
#include "box/trace_exec.h"
#include "box/trace_files.h"
#include "box/trace_process.h"
#include "box/trace_tsc.h"
#include "base/banned.h"

static const struct trace_handler *const tables[] = { trace_clock_calls, trace_wait_calls,
	trace_timer_calls, trace_random_calls, trace_machine_calls, trace_stat_calls,
	trace_folder_calls, trace_open_calls, trace_space_calls, trace_network_calls };

enum {
	OPTIONS = PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
		  PTRACE_O_TRACEEXEC | PTRACE_O_TRACESECCOMP | PTRACE_O_TRACESYSGOOD |
		  PTRACE_O_EXITKILL,
	SYSCALL_STOP = SIGTRAP | 0x80, /* PTRACE_O_TRACESYSGOOD */
};

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

struct tracer *trace_new(const struct box_job *job, struct box_result *result, int log_fd)
{
	struct tracer *t = MEM_NEW(struct tracer);

	t->job = job;
	t->view = job->view;
	t->result = result;
	t->log_fd = log_fd;
	t->threads = trace_threads_new();
	for (size_t i = 0; i < ARRAY_LEN(tables); i++)
		for (const struct trace_handler *h = tables[i]; h->nr >= 0; h++)
			install(t, h);
	return t;
}

/* A thread that is gone meanwhile answers ESRCH; its end will be told by waitpid. */
static void go_on(const struct trace_thread *thread, int sig)
{
	ptrace(thread->watched ? PTRACE_SYSCALL : PTRACE_CONT, thread->pid, 0,
		(void *)(uintptr_t)sig);
}

/* ---- system calls ---- */

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

/* Stopped by the filter, before the call. */
static void call_begins(struct tracer *t, struct trace_thread *thread)
{
	const struct trace_handler *handler = NULL;
	struct trace_call *c = &thread->call;
	struct user_regs_struct regs;
	enum trace_next next;

	if (ptrace(PTRACE_GETREGS, thread->pid, 0, &regs) < 0 || regs.orig_rax >= TRACE_CALLS_MAX) {
		go_on(thread, 0);
		return;
	}
	/* A wait that a signal interrupted goes on; its arguments are in the kernel. */
	if (regs.orig_rax == SYS_restart_syscall) {
		thread->watched = thread->handler != NULL;
		go_on(thread, 0);
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
	go_on(thread, 0);
}

static bool starts_anew(int64_t result)
{
	return result == -ERESTARTSYS || result == -ERESTARTNOINTR || result == -ERESTARTNOHAND ||
	       result == -ERESTART_RESTARTBLOCK;
}

/* Stopped on the way back from a watched call. */
static void call_ends(struct trace_thread *thread)
{
	struct trace_call *c = &thread->call;
	struct user_regs_struct regs, before;

	thread->watched = false;
	if (ptrace(PTRACE_GETREGS, thread->pid, 0, &regs) < 0) {
		go_on(thread, 0);
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
	go_on(thread, 0);
}

/* ---- processes ---- */

/* A new thread goes on when both are known: that it stopped, and who made it. */
static void introduce(struct tracer *t, struct trace_thread *parent, pid_t pid)
{
	struct trace_thread *child = trace_thread_find(t->threads, pid);
	struct trace_process *p = parent->process;
	struct user_regs_struct regs;

	if (!child)
		child = trace_thread_add(t->threads, pid);
	if (child->known)
		return;
	if (ptrace(PTRACE_GETREGS, parent->pid, 0, &regs) < 0)
		memset(&regs, 0, sizeof regs);
	if (regs.orig_rax != SYS_clone || !(regs.rdi & CLONE_THREAD))
		p = trace_process_fork(t,
			regs.orig_rax == SYS_clone && (regs.rdi & CLONE_PARENT) && p->parent
				? p->parent
				: p,
			pid);
	trace_process_join(p, child);
	if (child->waiting) {
		child->waiting = false;
		go_on(child, 0);
	}
}

/* All other threads are gone; the one that called exec has the number of the process from here on. */
static void executed(struct tracer *t, struct trace_thread *thread)
{
	unsigned long former = 0;

	ptrace(PTRACE_GETEVENTMSG, thread->pid, 0, &former);
	if (former && (pid_t)former != thread->pid) {
		struct trace_thread *other = trace_thread_find(t->threads, (pid_t)former);

		if (other)
			trace_thread_remove(t->threads, other);
	}
	thread->watched = false;
	thread->handler = NULL;
	if (thread->process)
		trace_exec_begin(t, thread);
}

static bool stops_group(int sig)
{
	return sig == SIGSTOP || sig == SIGTSTP || sig == SIGTTIN || sig == SIGTTOU;
}

static void stopped(struct tracer *t, pid_t pid, int status)
{
	struct trace_thread *thread = trace_thread_find(t->threads, pid);
	int sig = WSTOPSIG(status), event = status >> 16;
	unsigned long message = 0;

	if (!thread)
		thread = trace_thread_add(t->threads, pid);
	if (!thread->known) {
		thread->waiting = true;
		return;
	}
	switch (event) {
	case 0:
		if (sig == SYSCALL_STOP)
			call_ends(thread);
		else if (sig == SIGSEGV && trace_tsc_answer(t, thread))
			go_on(thread, 0);
		else
			go_on(thread, sig);
		return;
	case PTRACE_EVENT_SECCOMP:
		call_begins(t, thread);
		return;
	case PTRACE_EVENT_STOP:
		/* The whole group stopped: it stays so until SIGCONT. */
		if (stops_group(sig))
			ptrace(PTRACE_LISTEN, pid, 0, 0);
		else
			go_on(thread, 0);
		return;
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
	case PTRACE_EVENT_CLONE:
		if (ptrace(PTRACE_GETEVENTMSG, pid, 0, &message) == 0)
			introduce(t, thread, (pid_t)message);
		break;
	case PTRACE_EVENT_EXEC:
		executed(t, thread);
		break;
	default:
		break;
	}
	go_on(thread, 0);
}

static void gone(struct tracer *t, pid_t pid)
{
	struct trace_thread *thread = trace_thread_find(t->threads, pid);

	/* A process that was traced and then inherited from its dead parent ends twice. */
	if (!thread)
		return;
	if (thread->process && thread->process->n_threads == 1)
		trace_clock_end(t, thread->process);
	trace_thread_remove(t->threads, thread);
}

/* Ends all that is left. Nothing can escape: a process that is about to fork has the signal, and so has its child. */
static void end_all(struct tracer *t)
{
	int status;
	pid_t pid;

	kill(-1, SIGKILL);
	while ((pid = waitpid(-1, &status, __WALL)) > 0 || errno == EINTR) {
		if (pid > 0 && WIFSTOPPED(status))
			ptrace(PTRACE_CONT, pid, 0, SIGKILL);
		else if (pid > 0)
			gone(t, pid);
	}
}

bool trace_step(struct tracer *t, unsigned step, pid_t first, int go_fd, int *status, struct err *e)
{
	struct trace_process *p;
	int got;
	pid_t pid;

	t->step = step;
	if (ptrace(PTRACE_SEIZE, first, 0, OPTIONS) < 0)
		return err_os(e, "cannot trace the box's processes");
	p = trace_process_fork(t, NULL, first);
	trace_clock_start(t, p);
	p->now = trace_files_step(t, p->now);
	trace_process_join(p, trace_thread_add(t->threads, first));
	if (write(go_fd, "", 1) != 1)
		return err_os(e, "cannot start a command in the box");
	for (;;) {
		pid = waitpid(-1, &got, __WALL);
		if (pid < 0 && errno != EINTR)
			return err_os(e, "cannot wait in the box");
		if (pid < 0)
			continue;
		if (WIFSTOPPED(got)) {
			stopped(t, pid, got);
			continue;
		}
		gone(t, pid);
		if (pid == first)
			break;
	}
	*status = WIFEXITED(got) ? WEXITSTATUS(got) : 128 + WTERMSIG(got);
	end_all(t);
	return true;
}
