#include "sys/par.h"

#include <pthread.h>
#include <sched.h>

#include "base/mem.h"
#include "base/banned.h"

enum { THREADS_MAX = 256 };

struct job {
	bool (*item)(void *ctx, size_t i, struct err *e);
	void *ctx;
	size_t n, next;
	size_t failed_at; /* SIZE_MAX: none */
	struct err err;   /* of failed_at */
	pthread_mutex_t lock;
};

size_t par_cores(void)
{
	cpu_set_t set;
	int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;

	return n > 0 ? (size_t)n : 1;
}

static bool take(struct job *j, size_t *i)
{
	bool got;

	pthread_mutex_lock(&j->lock);
	got = j->next < j->n && j->failed_at == SIZE_MAX;
	if (got)
		*i = j->next++;
	pthread_mutex_unlock(&j->lock);
	return got;
}

static void *work(void *arg)
{
	struct job *j = arg;
	size_t i;

	while (take(j, &i)) {
		struct err e = { 0 };

		if (j->item(j->ctx, i, &e))
			continue;
		pthread_mutex_lock(&j->lock);
		if (i < j->failed_at) {
			j->failed_at = i;
			j->err = e;
		}
		pthread_mutex_unlock(&j->lock);
	}
	return NULL;
}

bool par_for(size_t n, size_t n_threads, bool (*item)(void *ctx, size_t i, struct err *e),
	void *ctx, struct err *e)
{
	struct job j = { .item = item, .ctx = ctx, .n = n, .failed_at = SIZE_MAX };
	pthread_t threads[THREADS_MAX];
	size_t started = 0;

	if (n_threads == 0)
		n_threads = par_cores();
	if (n_threads > n)
		n_threads = n;
	if (n_threads > THREADS_MAX)
		n_threads = THREADS_MAX;
	pthread_mutex_init(&j.lock, NULL);
	/* This thread is one of the workers, so the work gets done even where no thread can be started. */
	while (started + 1 < n_threads && pthread_create(&threads[started], NULL, work, &j) == 0)
		started++;
	work(&j);
	for (size_t i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	pthread_mutex_destroy(&j.lock);
	if (j.failed_at == SIZE_MAX)
		return true;
	*e = j.err;
	return false;
}
