/*
 * Who is who in the box: threads by their number, and the processes that they belong to. A process outlives its threads
 * as long as children of it live, so that those can ask what it was; its own parent is forgotten then.
 */
#ifndef ASSAY_BOX_TRACE_PROCESS_H
#define ASSAY_BOX_TRACE_PROCESS_H

#include "box/trace.h"

enum { TRACE_ID_SIZE = 32 };

struct trace_process {
	pid_t pid;
	struct trace_process *
		parent; /* who forked it; NULL for a step's first process, and when all threads ended */
	size_t n_held; /* by threads and children */
	unsigned n_threads;
	int64_t now;                      /* its clock: virtual time since 1970, ns */
	uint8_t id[TRACE_ID_SIZE];        /* names its random stream */
	uint8_t forked_by[TRACE_ID_SIZE]; /* the parent's id when it forked this one */
	uint64_t n_forked;                /* children so far */
	uint64_t n_taken;                 /* bytes taken of the random stream */
	int64_t processor_ns;             /* processor time that it has used, by the clock */
	bool borrows_memory;              /* its parent's, until it executes something */
	bool counted;                     /* its memory, in the look that is under way */
	int64_t counter_ns;               /* how far the time stamp counter is before the clock */
	struct trace_ended *ended;        /* see trace_clock.c */
	struct trace_timer *timers;       /* see trace_timer.c */
	uint64_t processors;              /* that it may run on, as it set them; 0: all */
	uint64_t n_streams;               /* streams made for openings of /dev/urandom */
};

struct trace_thread {
	pid_t pid;
	bool known;   /* its parent's event came: process is set */
	bool started; /* its first stop is over */
	bool waiting; /* its first stop came before that */
	unsigned n_waits;
	struct trace_process *process;
	int64_t held_until; /* by the machine's clock; in the tracer's list of those held */
	struct trace_thread *next_held,
		**held_at; /* what points to this one; NULL: not in the list */
	/* The call that is watched: its exit will be seen. */
	bool watched;
	const struct trace_handler
		*handler; /* whose `after` is called; NULL: only the arguments are restored */
	struct trace_call call;
	bool interrupted; /* the last call by a signal; it may come again */
	uint64_t args[6]; /* as the program gave them */
};

struct trace_threads *trace_threads_new(void);
/* When no thread is left in it; the box itself ends with its process. */
void trace_threads_free(struct trace_threads *all);
size_t trace_threads_count(const struct trace_threads *all);
/* NULL when there is none. */
struct trace_thread *trace_thread_find(const struct trace_threads *all, pid_t pid);
/* In no order. */
void trace_threads_each(const struct trace_threads *all,
	void (*visit)(const struct trace_thread *thread, void *arg), void *arg);
/* A new one, unknown; there must be none of this number. Holds until trace_thread_remove. */
struct trace_thread *trace_thread_add(struct trace_threads *all, pid_t pid);
/* Lets go of its process, too. */
void trace_thread_remove(struct trace_threads *all, struct trace_thread *thread);

/* A process that `parent` forked (NULL: a step's first), with its clock and the next of its children's ids. */
struct trace_process *trace_process_fork(struct tracer *t, struct trace_process *parent, pid_t pid);
/* Held beyond its threads and children, and let go of again. */
void trace_process_hold(struct trace_process *p);
void trace_process_let_go(struct trace_process *p);
/* The thread belongs to the process from now on. */
void trace_process_join(struct trace_process *p, struct trace_thread *thread);

#endif
