#define ASSAY_MAY_ASK_THE_MACHINE
#include "box/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "box/trace_call.h"
#include "box/trace_clock.h"
#include "box/trace_disturb.h"
#include "box/trace_exec.h"
#include "box/trace_files.h"
#include "box/trace_limits.h"
#include "box/trace_process.h"
#include "box/trace_tsc.h"
#include "base/banned.h"

enum {
	/* Enough to count who is there. */
	COUNTS = PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
		 PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL,
	ANSWERS = COUNTS | PTRACE_O_TRACESECCOMP | PTRACE_O_TRACESYSGOOD,
	SYSCALL_STOP = SIGTRAP | 0x80, /* PTRACE_O_TRACESYSGOOD */
	MS_NS = 1000000,
	STAT_SIZE = 512,
	WAITS_MAX = 3, /* of a second, for a parent that lives to introduce its child */
};

struct tracer *trace_new(const struct box_job *job, struct box_result *result, int log_fd)
{
	struct tracer *t = MEM_NEW(struct tracer);

	t->job = job;
	t->view = job->view;
	t->result = result;
	t->log_fd = log_fd;
	t->answers = job->view.released != BOX_ALL_CHANNELS;
	t->threads = trace_threads_new();
	trace_call_install(t);
	return t;
}

/* ---- processes ---- */

/* "STATE PPID ..." of its /proc/PID/stat; "" when there is none. */
static const char *stat_of(pid_t pid, char text[STAT_SIZE])
{
	char path[32], *end;
	ssize_t n = -1;
	int fd;

	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, text, STAT_SIZE - 1);
		close(fd);
	}
	text[n > 0 ? n : 0] = 0;
	/* "PID (NAME) STATE PPID": the name may hold anything. */
	end = strrchr(text, ')');
	return end && strlen(end) > 4 ? end + 2 : text + strlen(text);
}

static pid_t parent_of(pid_t pid)
{
	char text[STAT_SIZE];
	const char *stat = stat_of(pid, text);

	return *stat ? (pid_t)strtol(stat + 2, NULL, 10) : 0;
}

/* Some that live show no stat to this process, but all can be sent signals. */
static bool has_ended(pid_t pid)
{
	char text[STAT_SIZE];
	const char *stat = stat_of(pid, text);

	return *stat ? *stat == 'Z' || *stat == 'X' : kill(pid, 0) < 0 && errno == ESRCH;
}

static void gone(struct tracer *t, pid_t pid)
{
	struct trace_thread *thread = trace_thread_find(t->threads, pid);

	/* A process that was traced and then inherited from its dead parent ends twice. */
	if (!thread)
		return;
	if (thread->process && thread->process->n_threads == 1)
		trace_clock_end(t, thread->process);
	trace_disturb_forget(thread);
	trace_thread_remove(t->threads, thread);
}

static bool shares(const struct user_regs_struct *r, uint64_t flag)
{
	return r->orig_rax == SYS_clone && (r->rdi & flag);
}

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
	if (!shares(&regs, CLONE_THREAD)) {
		p = trace_process_fork(
			t, shares(&regs, CLONE_PARENT) && p->parent ? p->parent : p, pid);
		p->borrows_memory = regs.orig_rax == SYS_vfork || shares(&regs, CLONE_VM);
	}
	trace_process_join(p, child);
	if (trace_threads_count(t->threads) > t->job->limits.n_processes)
		t->exceeded = BOX_LIMIT_PROCESSES;
	if (!child->waiting) {
		/* Its end may have been seen before its parent's event, when nobody knew it yet. */
		if (has_ended(pid))
			gone(t, pid);
		return;
	}
	trace_disturb_forget(child);
	child->waiting = false;
	if (!trace_disturb_hold(t, child))
		trace_call_resume(child, 0);
}

/*
 * It waits to be introduced by a parent that was killed in the middle of making it: then it has another one already,
 * which is the box's first process or one that asked for orphans (PR_SET_CHILD_SUBREAPER).
 */
static void take_in(struct tracer *t, struct trace_thread *child)
{
	pid_t pid = parent_of(child->pid);
	struct trace_thread *parent = pid > 1 ? trace_thread_find(t->threads, pid) : NULL;

	if (pid != 1 && (!parent || !parent->known || child->n_waits++ < WAITS_MAX)) {
		trace_disturb_wait(t, child);
		return;
	}
	trace_process_join(
		trace_process_fork(t, parent ? parent->process : t->first, child->pid), child);
	child->waiting = false;
	trace_call_resume(child, 0);
}

/* All other threads are gone; the one that called exec has the number of the process from here on. */
static void executed(struct tracer *t, struct trace_thread *thread)
{
	unsigned long former = 0;
	struct trace_thread *other = NULL;

	ptrace(PTRACE_GETEVENTMSG, thread->pid, 0, &former);
	if (former && (pid_t)former != thread->pid)
		other = trace_thread_find(t->threads, (pid_t)former);
	if (other)
		trace_thread_remove(t->threads, other);
	thread->watched = thread->interrupted = false;
	thread->handler = NULL;
	thread->process->borrows_memory = false;
	/* The former owner of the number may have been held back; who has it now runs. */
	trace_disturb_forget(thread);
	trace_exec_begin(t, thread);
}

static bool stops_group(int sig)
{
	return sig == SIGSTOP || sig == SIGTSTP || sig == SIGTTIN || sig == SIGTTOU;
}

static void event_happened(struct tracer *t, struct trace_thread *thread, int event, int sig)
{
	unsigned long message = 0;

	switch (event) {
	case PTRACE_EVENT_SECCOMP:
		trace_call_begin(t, thread);
		return;
	case PTRACE_EVENT_STOP:
		/* The whole group stopped: it stays so until SIGCONT. */
		if (stops_group(sig))
			ptrace(PTRACE_LISTEN, thread->pid, 0, 0);
		else if (thread->started || !trace_disturb_hold(t, thread))
			trace_call_resume(thread, 0);
		thread->started = true;
		return;
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
	case PTRACE_EVENT_CLONE:
		if (ptrace(PTRACE_GETEVENTMSG, thread->pid, 0, &message) == 0)
			introduce(t, thread, (pid_t)message);
		break;
	case PTRACE_EVENT_EXEC:
		executed(t, thread);
		break;
	default:
		break;
	}
	trace_call_resume(thread, 0);
}

static void stopped(struct tracer *t, pid_t pid, int status)
{
	struct trace_thread *thread = trace_thread_find(t->threads, pid);
	int sig = WSTOPSIG(status), event = status >> 16;

	if (!thread)
		thread = trace_thread_add(t->threads, pid);
	if (!thread->known) {
		thread->waiting = thread->started = true;
		trace_disturb_wait(t, thread);
	} else if (event) {
		event_happened(t, thread, event, sig);
	} else if (sig == SYSCALL_STOP) {
		trace_call_end(thread);
	} else if (sig == SIGSEGV && trace_tsc_answer(t, thread)) {
		trace_call_resume(thread, 0);
	} else {
		trace_call_resume(thread, sig);
	}
}

/* ---- a step ---- */

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

static void wake(int sig)
{
	(void)sig; /* only ends waitpid */
}

/* Interrupts waitpid again and again, so that none is missed between a look and the wait after it. 0: not any more. */
static void tick(struct tracer *t, int ms)
{
	const struct itimerval every = { { 0, ms * 1000 }, { 0, ms * 1000 } };
	const struct sigaction on_tick = { .sa_handler = wake };

	if (t->tick_ms == ms)
		return;
	sigaction(SIGALRM, &on_tick, NULL);
	setitimer(ITIMER_REAL, &every, NULL);
	t->tick_ms = ms;
}

/* Both looks take their time where there is much to look at. */
static void look(struct tracer *t)
{
	int64_t now = trace_clock_real(CLOCK_MONOTONIC), took;

	if (now < t->next_look)
		return;
	if (!t->exceeded)
		t->exceeded = trace_limits_memory(t);
	if (!t->exceeded)
		t->exceeded = trace_limits_disk(t);
	took = trace_clock_real(CLOCK_MONOTONIC) - now;
	t->next_look = now + took * 20 + (int64_t)TRACE_LIMITS_EVERY_MS * MS_NS;
}

/* Once a millisecond, since the list may be long; those that are held again wait for the next time. */
static void release_held(struct tracer *t)
{
	int64_t now = t->held ? trace_clock_real(CLOCK_MONOTONIC) : 0;
	struct trace_thread *thread;

	if (!t->held || now < t->next_release)
		return;
	while ((thread = trace_disturb_next(t, now)))
		if (thread->known)
			trace_call_resume(thread, 0);
		else
			take_in(t, thread);
	t->next_release = now + MS_NS;
}

/* To the log, for who reads only that. */
static void tell_limit(const struct tracer *t)
{
	const struct box_limits *l = &t->job->limits;

	if (t->exceeded == BOX_LIMIT_PROCESSES)
		dprintf(t->log_fd, "assay: more than %u processes and threads at one time\n",
			l->n_processes);
	else if (t->exceeded == BOX_LIMIT_MEMORY)
		dprintf(t->log_fd, "assay: more than %llu bytes of memory\n",
			(unsigned long long)l->memory);
	else
		dprintf(t->log_fd, "assay: more than %llu bytes of disk\n",
			(unsigned long long)l->disk);
}

/* Until `first` ends or a limit is exceeded; its status as waitpid gives it. */
static bool follow(struct tracer *t, pid_t first, int *status, struct err *e)
{
	while (!t->exceeded) {
		pid_t pid;

		tick(t, t->held ? 1 : TRACE_LIMITS_EVERY_MS);
		pid = waitpid(-1, status, __WALL);
		if (pid < 0 && errno != EINTR)
			return err_os(e, "cannot wait in the box");
		if (pid > 0 && WIFSTOPPED(*status)) {
			stopped(t, pid, *status);
		} else if (pid > 0) {
			gone(t, pid);
			if (pid == first)
				break;
		}
		release_held(t);
		look(t);
	}
	return true;
}

static bool trace_first(struct tracer *t, pid_t first, struct err *e)
{
	if (ptrace(PTRACE_SEIZE, first, 0, t->answers ? ANSWERS : COUNTS) < 0) {
		err_os(e, "cannot trace the box's processes");
		return err_hint(e,
			"kernel.yama.ptrace_scope is 3, a container's seccomp profile forbids ptrace, or this program is itself traced (strace -f, a debugger)");
	}
	t->first = trace_process_fork(t, NULL, first);
	trace_process_hold(t->first);
	trace_clock_start(t, t->first);
	t->first->now = trace_files_step(t, t->first->now);
	trace_process_join(t->first, trace_thread_add(t->threads, first));
	return true;
}

bool trace_step(struct tracer *t, unsigned step, pid_t first, int go_fd, int *status, struct err *e)
{
	int got = 0;
	bool ok;

	t->step = step;
	if (!trace_first(t, first, e))
		return false;
	if (write(go_fd, "", 1) != 1)
		return err_os(e, "cannot start a command in the box");
	ok = follow(t, first, &got, e);
	/* What a step leaves counts, however fast it was. */
	if (!t->exceeded)
		t->exceeded = trace_limits_disk(t);
	*status = WIFEXITED(got) ? WEXITSTATUS(got) : 128 + WTERMSIG(got);
	if (t->exceeded) {
		tell_limit(t);
		t->result->limit = t->exceeded;
		*status = 128 + SIGKILL;
	}
	end_all(t);
	tick(t, 0);
	if (t->first)
		trace_process_let_go(TAKE(t->first));
	return ok;
}
