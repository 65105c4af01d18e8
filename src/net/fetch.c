#define ASSAY_MAY_ASK_THE_MACHINE
#include "net/fetch.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/mem.h"
#include "net/download.h"
#include "sys/par.h"
#include "base/banned.h"

enum {
	AT_ONCE = 8,
	AT_ONCE_MAX = 32,
	TRIES = 3,
	BACKOFF_MS = 500,
	CONNECT_S = 15,
	LOW_SPEED_BYTES = 1024,
	LOW_SPEED_S = 30,
	UNPINNED_S = 120,
	REPORT_MS = 100,
};

struct job {
	struct store *store;
	struct fetch_item *todo;
	size_t n;
	struct fetch_options options;
	struct download_mirror *mirrors;
	size_t n_mirrors;
	pthread_mutex_t lock; /* of what follows */
	struct transfer *idle[AT_ONCE_MAX];
	size_t n_idle;
	struct fetch_progress progress;
	int64_t reported_ms;
};

static void fill(unsigned *field, unsigned value)
{
	if (!*field)
		*field = value;
}

static struct fetch_options resolve(const struct fetch_options *given)
{
	struct fetch_options o = given ? *given : (struct fetch_options){ 0 };

	fill(&o.at_once, AT_ONCE);
	fill(&o.tries, TRIES);
	fill(&o.backoff_ms, BACKOFF_MS);
	fill(&o.connect_s, CONNECT_S);
	fill(&o.low_speed_bytes, LOW_SPEED_BYTES);
	fill(&o.low_speed_s, LOW_SPEED_S);
	fill(&o.unpinned_s, UNPINNED_S);
	if (o.at_once > AT_ONCE_MAX)
		o.at_once = AT_ONCE_MAX;
	return o;
}

static struct transfer_limits limits_of(const struct fetch_options *o)
{
	return (struct transfer_limits){ o->connect_s, o->low_speed_bytes, o->low_speed_s, 0 };
}

/* A transfer that an earlier download of this job used, whose connections are open, or a new one. */
static struct transfer *borrow_transfer(struct job *j)
{
	struct transfer_limits limits = limits_of(&j->options);
	struct transfer *t = NULL;

	pthread_mutex_lock(&j->lock);
	if (j->n_idle)
		t = j->idle[--j->n_idle];
	pthread_mutex_unlock(&j->lock);
	return t ? t : transfer_new(&limits);
}

static void return_transfer(struct job *j, struct transfer *t)
{
	pthread_mutex_lock(&j->lock);
	j->idle[j->n_idle++] = t;
	pthread_mutex_unlock(&j->lock);
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* With the lock held. */
static void report(struct job *j, bool always)
{
	int64_t now = now_ms();

	if (!j->options.progress || (!always && now - j->reported_ms < REPORT_MS))
		return;
	j->reported_ms = now;
	j->options.progress(j->options.ctx, &j->progress);
}

static void arrived(void *ctx, int64_t n)
{
	struct job *j = ctx;

	pthread_mutex_lock(&j->lock);
	j->progress.bytes_done += (uint64_t)n; /* negative wraps back */
	report(j, false);
	pthread_mutex_unlock(&j->lock);
}

static bool fetch_one(void *ctx, size_t i, struct err *e)
{
	struct job *j = ctx;
	const struct fetch_item *item = &j->todo[i];
	struct download d = {
		.path = item->path,
		.bases = item->bases,
		.also = item->also,
		.max = item->size,
		.at_most = item->at_most,
		.sha256 = item->sha256,
		.store = j->store,
		.options = &j->options,
		.transfer = borrow_transfer(j),
		.mirrors = j->mirrors,
		.n_mirrors = j->n_mirrors,
		.arrived = arrived,
		.ctx = j,
	};
	bool ok = download_run(&d, e);

	return_transfer(j, d.transfer);
	if (!ok)
		return false;
	pthread_mutex_lock(&j->lock);
	j->progress.items_done++;
	report(j, true);
	pthread_mutex_unlock(&j->lock);
	return true;
}

/* The biggest first, so that none is left over at the end; equal objects stand together. */
static int by_size(const void *a, const void *b)
{
	const struct fetch_item *x = a, *y = b;

	if (x->size != y->size)
		return x->size > y->size ? -1 : 1;
	return memcmp(x->sha256, y->sha256, SHA256_SIZE);
}

static bool is_there(const struct store *s, const struct fetch_item *item)
{
	return item->at_most ? store_has(s, item->sha256)
			     : store_has_size(s, item->sha256, item->size);
}

static void plan(struct job *j, const struct fetch_item *items, size_t n)
{
	size_t kept = 0;

	j->todo = mem_array(n, sizeof *j->todo);
	for (size_t i = 0; i < n; i++)
		if (!is_there(j->store, &items[i]))
			j->todo[j->n++] = items[i];
	qsort(j->todo, j->n, sizeof *j->todo, by_size);
	for (size_t i = 0; i < j->n; i++) {
		if (kept && by_size(&j->todo[kept - 1], &j->todo[i]) == 0)
			continue;
		j->progress.bytes += j->todo[i].at_most ? 0 : j->todo[i].size;
		j->todo[kept++] = j->todo[i];
	}
	j->n = j->progress.items = kept;
}

static void add_mirror(struct job *j, const char *uri)
{
	for (size_t i = 0; i < j->n_mirrors; i++)
		if (!strcmp(j->mirrors[i].uri, uri))
			return;
	j->mirrors = mem_grow(j->mirrors, j->n_mirrors + 1, sizeof *j->mirrors);
	j->mirrors[j->n_mirrors].uri = uri;
	j->mirrors[j->n_mirrors++].exhausted = 0;
}

static void add_mirrors(struct job *j, const struct fetch_bases *bases)
{
	for (size_t i = 0; i < bases->n; i++)
		add_mirror(j, bases->uris[i]);
}

bool fetch_all(struct store *s, const struct fetch_item *items, size_t n,
	const struct fetch_options *options, struct err *e)
{
	struct job j = { .store = s, .options = resolve(options) };
	bool ok;

	pthread_mutex_init(&j.lock, NULL);
	plan(&j, items, n);
	for (size_t i = 0; i < j.n; i++) {
		add_mirrors(&j, &j.todo[i].bases);
		add_mirrors(&j, &j.todo[i].also.bases);
	}
	ok = par_for(j.n, j.options.at_once, fetch_one, &j, e);
	while (j.n_idle)
		transfer_free(j.idle[--j.n_idle]);
	pthread_mutex_destroy(&j.lock);
	free(j.todo);
	free(j.mirrors);
	return ok;
}

bool fetch_unpinned(const struct fetch_bases *bases, struct str path, size_t max,
	const struct fetch_options *options, struct buf *out, struct err *e)
{
	struct fetch_options o = resolve(options);
	struct transfer_limits limits = limits_of(&o);
	CLEANUP(buf_done) struct buf b = buf_init(max);
	struct download d = {
		.path = path,
		.bases = *bases,
		.max = max,
		.bytes = &b,
		.options = &o,
	};
	bool ok;

	limits.whole_s = o.unpinned_s;
	d.transfer = transfer_new(&limits);
	ok = download_run(&d, e);
	transfer_free(d.transfer);
	if (!ok)
		return false;
	*out = b;
	b = (struct buf){ 0 };
	return true;
}
