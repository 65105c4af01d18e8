/*
 * What is kept of processes that ended: no more than those alive can ask for.
 */
#include "box/trace_process.h"

#include "test.h"

enum { GENERATIONS = 5000 };

/* Each makes one child and ends: only the last two are there at any time. */
static void generations(void)
{
	static const uint8_t seed[BOX_SEED_SIZE];
	struct tracer t = { .view = { .seed = seed }, .threads = trace_threads_new() };
	struct trace_process *first = trace_process_fork(&t, NULL, 1), *p = first;
	struct trace_thread *thread = trace_thread_add(t.threads, 1);
	unsigned n_kept = 0;

	trace_process_hold(first);
	trace_process_join(first, thread);
	for (int pid = 2; pid < GENERATIONS; pid++) {
		struct trace_thread *next = trace_thread_add(t.threads, pid);
		struct trace_process *child = trace_process_fork(&t, p, pid);

		trace_process_join(child, next);
		trace_thread_remove(t.threads, thread);
		n_kept += p->parent != NULL || child->parent != p;
		thread = next;
		p = child;
	}
	CHECK(n_kept == 0 && first->n_held == 1);
	trace_thread_remove(t.threads, thread);
	trace_process_let_go(first);
	CHECK(trace_threads_count(t.threads) == 0);
	trace_threads_free(t.threads);
}

int main(void)
{
	generations();
	return test_end();
}
