/*
 * The tracer, seen by those who answer system calls for it. The box's first process traces all below it with ptrace. A
 * seccomp filter stops a thread at the few calls that stand in the tables of handlers; everything else runs at full
 * speed. At each exec the vDSO is hidden, so that programs of every kind make real system calls for the time.
 *
 * A handler sees a call before the kernel does and answers it, changes it, or waits for its result. Each trace_NAME.c
 * exports one table, trace_NAME_calls; trace.c knows them all.
 *
 * Rules of ptrace that everything here relies on: a stopped thread stays as it is until it is let go, unless it is
 * killed; then every request answers ESRCH and reading its memory fails. So no failure here is an error of the box: what
 * cannot be read is answered with EFAULT, as the kernel would.
 */
#ifndef ASSAY_BOX_TRACE_H
#define ASSAY_BOX_TRACE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/user.h>

#include "box/box.h"

enum {
	TRACE_CALLS_MAX = 512,         /* numbers of system calls lie below */
	TRACE_CHAIN_MAX = 8,           /* handlers of one call */
	TRACE_STEP_FIRST_NS = 1000000, /* where in its second a step starts */
	TRACE_RED_ZONE = 128,          /* below the stack pointer, x86-64 ABI 3.2.2 */
};

struct trace_process; /* trace_process.h */
struct trace_thread;
struct trace_threads;
struct trace_files;

/* One box. Modules keep here what they remember from call to call. */
struct tracer {
	const struct box_job *job;
	struct box_view view; /* with all defaults */
	struct box_result *result;
	int log_fd;
	unsigned step; /* the running command, from 0 */
	int64_t seen;  /* the last whole second that a step\'s first process has seen, ns */
	bool answers;  /* not when everything is released: then it only counts */
	struct trace_threads *threads;
	struct trace_files *files;   /* trace_files.h; from when the root is made */
	struct trace_process *first; /* of the running step; held until the step ends */
	enum box_limit exceeded;
	uint64_t disk_before; /* in writable binds, when the box began; bytes */
	int64_t next_look;    /* at the limits, by the machine's clock */
	int tick_ms;
	struct trace_thread *held; /* see trace_disturb.c */
	int64_t next_release;      /* of those held, by the machine's clock */
	uint64_t n_disturbed;
	struct map *notes; /* undeclared inputs, told already */
	struct map *execs; /* what was executed how often, see trace_random.c */
	const struct trace_handler *by_nr[TRACE_CALLS_MAX][TRACE_CHAIN_MAX];
};

/* A system call of a stopped thread. Handlers change it in place. */
struct trace_call {
	struct tracer *t;
	struct trace_process *process;
	pid_t pid; /* the thread */
	long nr;
	uint64_t args
		[6]; /* what differs after `before` is given to the kernel, and taken back when the call returns */
	int64_t result; /* DONE: the answer, negative errno; in `after`: the kernel's, may be replaced */
	uint64_t stack;   /* the thread's stack pointer, see trace_scratch */
	uint64_t scratch; /* how far down trace_scratch went; 0: not used */
	uint64_t own
		[4]; /* for the handler: from `before` to `after`, and to a `before` that comes again */
	bool again; /* the same call, started anew */
};

enum trace_next {
	TRACE_GO,    /* let the kernel do it; the next handler of the same call is asked */
	TRACE_WATCH, /* let the kernel do it and call the handler's `after` when it has returned */
	TRACE_DONE,  /* do not let the kernel do it; `result` is the answer */
};

/*
 * Stops only calls with (args[arg] & mask) == value; `differs`: with args[arg] != value; `high`: with args[arg] >= value.
 * mask 0: no condition.
 */
struct trace_when {
	unsigned arg;
	bool differs, high;
	uint64_t mask, value;
};

#define TRACE_NOT_NULL(n)                                              \
	{                                                              \
		.arg = (n), .differs = true, .mask = ~0ULL, .value = 0 \
	}

struct trace_handler {
	long nr;                  /* system call; -1 ends a table */
	enum box_channel channel; /* not installed when it is released; BOX_N_CHANNELS: always */
	enum trace_next (*before)(struct trace_call *);
	/*
	 * NULL unless `before` answers TRACE_WATCH. Not called when the thread died, nor when a signal interrupted the call
	 * and the kernel starts it anew: then `before` comes again, with `again` set.
	 */
	void (*after)(struct trace_call *);
	/* May be NULL: a signal interrupted the call, which is started anew or answers EINTR. */
	void (*interrupted)(struct trace_call *);
	struct trace_when when[2]; /* both must hold, */
	bool either;               /* or one of them */
};

extern const struct trace_handler trace_clock_calls[], trace_wait_calls[], trace_timer_calls[],
	trace_random_calls[], trace_machine_calls[], trace_stat_calls[], trace_folder_calls[],
	trace_open_calls[], trace_space_calls[], trace_network_calls[];

/* Memory of the calling process. False: EFAULT. */
bool trace_read(const struct trace_call *c, uint64_t at, void *to, size_t n);
bool trace_write(const struct trace_call *c, uint64_t at, const void *from, size_t n);
/* A terminated string of at most size - 1 bytes; false also when it is longer. */
bool trace_text(const struct trace_call *c, uint64_t at, char *to, size_t size);
/*
 * Copies n bytes below the thread's red zone and gives their address, for arguments that are put in place of others;
 * they hold until the call returns. Repeated use in one call goes further down. 0: EFAULT.
 */
uint64_t trace_scratch(struct trace_call *c, const void *bytes, size_t n);
/* A duplicate of the process's descriptor, which the caller closes; -1 with errno. */
int trace_fd(const struct trace_call *c, int fd);

/* The call is answered with a negative errno (or a value). */
static inline enum trace_next trace_answer(struct trace_call *c, int64_t result)
{
	c->result = result;
	return TRACE_DONE;
}

/*
 * An undeclared input: "network", "connect to 192.0.2.1 port 80". The first time it goes to the log as a line
 * "assay: undeclared input: network: connect to 192.0.2.1 port 80" and into the result.
 */
void trace_note(struct tracer *t, const char *kind, const char *what);

/* ---- for box_init.c ---- */

/* Borrows all. The view is the job's with defaults. */
struct tracer *trace_new(const struct box_job *job, struct box_result *result, int log_fd);

/*
 * Traces the process `first`, a child that waits to be let go by one byte through go_fd, and everything that comes of it
 * until it ends; then kills what is left and reaps it. Returns the exit code, or 128 + signal.
 */
bool trace_step(struct tracer *t, unsigned step, pid_t first, int go_fd, int *status,
	struct err *e) MUST_CHECK;

#endif
