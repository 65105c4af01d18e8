#define ASSAY_MAY_ASK_THE_MACHINE
#include "cmd/progress.h"

#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/banned.h"

enum { COLUMNS = 80, DRAW_MS = 500, TEXT_MAX = 256, LINE_ROOM = 8192 };

struct progress {
	bool quiet, terminal;
	pthread_t drawer;
	bool drawing;         /* the thread runs */
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t wake;
	bool stop;
	struct progress_state state; /* what NULL: no stage runs */
	struct progress_rate rate;
	char text[TEXT_MAX];
	int64_t started_ms;
	size_t drawn; /* characters of the line that stands there */
};

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static unsigned columns(void)
{
	struct winsize w;

	return ioctl(STDERR_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col ? w.ws_col : COLUMNS;
}

/*
 * With the lock held. One write(2), without stdio: a child that is forked while this thread draws must not find a lock
 * of stdio taken.
 */
static void put(struct progress *p, struct str line)
{
	CLEANUP(buf_done) struct buf b = buf_init(LINE_ROOM);

	buf_printf(&b, "\r%.*s", STR_ARG(line));
	if (p->drawn > line.n)
		buf_fill(&b, ' ', p->drawn - line.n);
	if (!line.n)
		buf_u8(&b, '\r');
	if (write(STDERR_FILENO, b.p, b.n) < 0)
		return; /* nobody looks any more */
	p->drawn = line.n;
}

static void clear(struct progress *p)
{
	if (p->drawn)
		put(p, STR(""));
}

static void draw(struct progress *p)
{
	CLEANUP(buf_done) struct buf b = buf_init(LINE_ROOM);
	int64_t now = now_ms();

	if (!p->terminal || !p->state.what)
		return;
	p->state.elapsed_ms = now - p->started_ms;
	p->state.bytes_per_second = progress_rate_of(&p->rate, now);
	progress_line(&b, &p->state, columns());
	put(p, buf_str(&b));
}

static void *draw_on(void *ctx)
{
	struct progress *p = ctx;

	pthread_mutex_lock(&p->lock);
	while (!p->stop) {
		struct timespec until;

		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += DRAW_MS * 1000000L;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		pthread_cond_timedwait(&p->wake, &p->lock, &until);
		if (!p->stop)
			draw(p);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

/* Signals are for the thread that does the work: it waits in calls that they must interrupt. */
static void start_drawing(struct progress *p)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	p->drawing = pthread_create(&p->drawer, NULL, draw_on, p) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

struct progress *progress_new(const struct verb_args *args)
{
	struct progress *p = MEM_NEW(struct progress);

	p->quiet = verb_quiet(args);
	p->terminal = !p->quiet && isatty(STDERR_FILENO);
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->wake, NULL);
	if (p->terminal)
		start_drawing(p);
	return p;
}

void progress_free(struct progress *p)
{
	if (!p)
		return;
	pthread_mutex_lock(&p->lock);
	p->stop = true;
	clear(p);
	pthread_cond_signal(&p->wake);
	pthread_mutex_unlock(&p->lock);
	if (p->drawing)
		pthread_join(p->drawer, NULL);
	pthread_cond_destroy(&p->wake);
	pthread_mutex_destroy(&p->lock);
	free(p);
}

void progress_freep(struct progress **p)
{
	progress_free(*p);
}

bool progress_on_terminal(const struct progress *p)
{
	return p->terminal;
}

void progress_clear(struct progress *p)
{
	pthread_mutex_lock(&p->lock);
	clear(p);
	pthread_mutex_unlock(&p->lock);
}

void progress_stage(struct progress *p, const char *what)
{
	int64_t now = now_ms();

	pthread_mutex_lock(&p->lock);
	clear(p);
	if (p->state.what && !p->quiet)
		fprintf(stderr, "  %-18s %6.2f s\n", p->state.what,
			(double)(now - p->started_ms) / 1000);
	p->state = (struct progress_state){ .what = what };
	p->rate = (struct progress_rate){ 0 };
	p->started_ms = now;
	draw(p);
	pthread_mutex_unlock(&p->lock);
}

void progress_end(struct progress *p)
{
	pthread_mutex_lock(&p->lock);
	clear(p);
	p->state = (struct progress_state){ 0 };
	pthread_mutex_unlock(&p->lock);
}

void progress_fetch(void *ctx, const struct fetch_progress *f)
{
	struct progress *p = ctx;

	pthread_mutex_lock(&p->lock);
	p->state.items_done = f->items_done;
	p->state.items = f->items;
	p->state.bytes_done = f->bytes_done;
	/* All is there: what the stage does now has no bytes to count. */
	p->state.bytes = f->items_done == f->items ? 0 : f->bytes;
	progress_rate_add(&p->rate, now_ms(), f->bytes_done);
	draw(p);
	pthread_mutex_unlock(&p->lock);
}

void progress_text(struct progress *p, const char *text)
{
	pthread_mutex_lock(&p->lock);
	snprintf(p->text, sizeof p->text, "%s", text);
	p->state.text = p->text;
	draw(p);
	pthread_mutex_unlock(&p->lock);
}

void progress_say(struct progress *p, const char *fmt, ...)
{
	va_list ap;

	if (p->quiet)
		return;
	pthread_mutex_lock(&p->lock);
	clear(p);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	draw(p);
	pthread_mutex_unlock(&p->lock);
}
