#include "box/trace_process.h"

#include <string.h>

#include "base/mem.h"
#include "box/trace_clock.h"
#include "box/trace_random.h"
#include "base/banned.h"

enum { BUCKETS_MIN = 256 };

/* Chained buckets by number, never more than one thread a bucket on average. */
struct entry {
	struct trace_thread thread; /* first: freed by its address */
	struct entry *next;
};

struct trace_threads {
	struct entry **buckets;
	size_t n_buckets; /* a power of two */
	size_t n;
};

static struct entry **bucket_of(const struct trace_threads *all, pid_t pid)
{
	return &all->buckets[(size_t)pid & (all->n_buckets - 1)];
}

struct trace_threads *trace_threads_new(void)
{
	struct trace_threads *all = MEM_NEW(struct trace_threads);

	all->n_buckets = BUCKETS_MIN;
	all->buckets = mem_array(all->n_buckets, sizeof *all->buckets);
	return all;
}

void trace_threads_free(struct trace_threads *all)
{
	if (!all)
		return;
	mem_free(&all->buckets);
	mem_free(&all);
}

size_t trace_threads_count(const struct trace_threads *all)
{
	return all->n;
}

struct trace_thread *trace_thread_find(const struct trace_threads *all, pid_t pid)
{
	struct entry *e = *bucket_of(all, pid);

	while (e && e->thread.pid != pid)
		e = e->next;
	return e ? &e->thread : NULL;
}

void trace_threads_each(const struct trace_threads *all,
	void (*visit)(const struct trace_thread *thread, void *arg), void *arg)
{
	for (size_t i = 0; i < all->n_buckets; i++)
		for (const struct entry *e = all->buckets[i]; e; e = e->next)
			visit(&e->thread, arg);
}

static void grow(struct trace_threads *all)
{
	struct trace_threads old = *all;

	all->n_buckets *= 2;
	all->buckets = mem_array(all->n_buckets, sizeof *all->buckets);
	for (size_t i = 0; i < old.n_buckets; i++)
		for (struct entry *e = old.buckets[i], *next; e; e = next) {
			struct entry **to = bucket_of(all, e->thread.pid);

			next = e->next;
			e->next = *to;
			*to = e;
		}
	mem_free(&old.buckets);
}

struct trace_thread *trace_thread_add(struct trace_threads *all, pid_t pid)
{
	struct entry *e = MEM_NEW(struct entry), **to;

	if (all->n == all->n_buckets)
		grow(all);
	to = bucket_of(all, pid);
	e->thread.pid = pid;
	e->next = *to;
	*to = e;
	all->n++;
	return &e->thread;
}

void trace_process_let_go(struct trace_process *p)
{
	while (p && --p->n_held == 0) {
		struct trace_process *parent = p->parent;

		mem_free(&p);
		p = parent;
	}
}

void trace_process_hold(struct trace_process *p)
{
	p->n_held++;
}

static void leave(struct trace_thread *thread)
{
	struct trace_process *p = thread->process;

	thread->process = NULL;
	if (!p)
		return;
	/* Nobody asks the dead who made them; a chain of those whose parents ended would never be freed. */
	if (--p->n_threads == 0)
		trace_process_let_go(TAKE(p->parent));
	trace_process_let_go(p);
}

void trace_thread_remove(struct trace_threads *all, struct trace_thread *thread)
{
	struct entry **at = bucket_of(all, thread->pid), *e;

	while (&(*at)->thread != thread)
		at = &(*at)->next;
	e = *at;
	*at = e->next;
	all->n--;
	leave(thread);
	mem_free(&e);
}

struct trace_process *trace_process_fork(struct tracer *t, struct trace_process *parent, pid_t pid)
{
	struct trace_process *p = MEM_NEW(struct trace_process);

	p->pid = pid;
	p->parent = parent;
	trace_random_fork(t, p);
	if (parent) {
		parent->n_held++;
		trace_clock_settle(t, parent);
		p->now = parent->now;
		p->processors = parent->processors;
	}
	return p;
}

void trace_process_join(struct trace_process *p, struct trace_thread *thread)
{
	p->n_held++;
	p->n_threads++;
	leave(thread);
	thread->process = p;
	thread->known = true;
}
