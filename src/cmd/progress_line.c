/* The words of the changing line: nothing here looks at a clock or a terminal. */
#include <string.h>

#include "cmd/progress.h"
#include "base/banned.h"

enum {
	WINDOW_MS = 5000,  /* a rate is over so long */
	SPACING_MS = 250,  /* samples closer together take each other's place */
	SETTLED_MS = 1000, /* before it nothing is said of rate and time */
	MINUTE = 60,
	HOUR = 3600,
	LEFT_MAX = 360000, /* seconds: longer is not known */
	LINE_MAX_BYTES = 4096,
	NAME_COLUMNS = 18, /* as the plain lines with timings have it */
};

static void forget(struct progress_rate *r, size_t n)
{
	memmove(r->samples, r->samples + n, (r->n - n) * sizeof r->samples[0]);
	r->n -= n;
}

void progress_rate_add(struct progress_rate *r, int64_t now_ms, uint64_t bytes)
{
	if (r->n && bytes < r->samples[r->n - 1].bytes)
		r->n = 0;
	if (r->n > 1 && now_ms - r->samples[r->n - 2].at_ms < SPACING_MS)
		r->n--;
	if (r->n == PROGRESS_SAMPLES)
		forget(r, 1);
	r->samples[r->n].at_ms = now_ms;
	r->samples[r->n++].bytes = bytes;
	while (r->n > 2 && now_ms - r->samples[1].at_ms >= WINDOW_MS)
		forget(r, 1);
}

uint64_t progress_rate_of(const struct progress_rate *r, int64_t now_ms)
{
	int64_t ms = r->n ? now_ms - r->samples[0].at_ms : 0;

	if (ms < SETTLED_MS)
		return 0;
	return (r->samples[r->n - 1].bytes - r->samples[0].bytes) * 1000 / (uint64_t)ms;
}

static void add_left(struct buf *b, uint64_t seconds)
{
	if (seconds < 2 * MINUTE)
		buf_printf(b, ", %u s left", (unsigned)seconds);
	else if (seconds < 2 * HOUR)
		buf_printf(b, ", %u min left", (unsigned)((seconds + MINUTE / 2) / MINUTE));
	else if (seconds < LEFT_MAX)
		buf_printf(b, ", %u h left", (unsigned)((seconds + HOUR / 2) / HOUR));
}

static void add_bytes(struct buf *b, const struct progress_state *s)
{
	uint64_t left = s->bytes > s->bytes_done ? s->bytes - s->bytes_done : 0;

	if (s->items > 1)
		buf_printf(b, " %zu of %zu,", s->items_done, s->items);
	buf_printf(b, " %.1f of %.1f MB", (double)s->bytes_done / 1e6, (double)s->bytes / 1e6);
	if (!s->bytes_per_second)
		return;
	buf_printf(b, ", %.1f MB/s", (double)s->bytes_per_second / 1e6);
	add_left(b, (left + s->bytes_per_second - 1) / s->bytes_per_second);
}

void progress_line(struct buf *out, const struct progress_state *s, unsigned columns)
{
	CLEANUP(buf_done) struct buf b = buf_init(LINE_MAX_BYTES);
	size_t room = columns > 1 ? columns - 1 : 1;

	buf_printf(&b, "  %-*s", s->text ? 0 : NAME_COLUMNS, s->what);
	if (s->bytes && !s->text)
		add_bytes(&b, s);
	else
		buf_printf(&b, " %3lld s", (long long)(s->elapsed_ms / 1000));
	if (s->text)
		buf_printf(&b, "  %.*s", LINE_MAX_BYTES / 2, s->text);
	buf_add(out, b.p, b.n < room ? b.n : room);
}
