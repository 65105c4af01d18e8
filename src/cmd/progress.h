/*
 * What runs, told to a person. On a terminal: one line for the running stage, with bytes, rate, and the time that is left,
 * drawn again in place, cut to the terminal's width, and taken away when the stage is over. Elsewhere nothing changes in
 * place: a plain line says how long each stage took. With --quiet neither.
 *
 * All of it goes to standard error. A terminal's line is drawn by a thread twice a second, so that a stage that says nothing
 * of itself still shows that it runs; everything here may be called from several threads.
 */
#ifndef ASSAY_CMD_PROGRESS_H
#define ASSAY_CMD_PROGRESS_H

#include "base/buf.h"
#include "cmd/verb.h"
#include "net/fetch.h"

/* ---- the line as a value; time is an argument ---- */

enum { PROGRESS_SAMPLES = 16 };

/* Bytes over the last seconds. */
struct progress_rate {
	struct {
		int64_t at_ms;
		uint64_t bytes;
	} samples[PROGRESS_SAMPLES];
	size_t n;
};

/* `bytes` are done at that time; fewer than before (something was thrown away) begin anew. */
void progress_rate_add(struct progress_rate *r, int64_t now_ms, uint64_t bytes);
/* Bytes per second up to now; 0 where nothing can be said yet. */
uint64_t progress_rate_of(const struct progress_rate *r, int64_t now_ms);

struct progress_state {
	const char *what;           /* "fetching" */
	const char *text;           /* stands behind the seconds instead of all below; NULL: none */
	size_t items_done, items;   /* shown from two on */
	uint64_t bytes_done, bytes; /* bytes 0: not known how many, then only the time is shown */
	uint64_t bytes_per_second;  /* 0: unknown, then no time is left either */
	int64_t elapsed_ms;
};

/* "  fetching 12 of 208, 34.1 of 154.2 MB, 5.2 MB/s, 23 s left", at most `columns` - 1 characters. */
void progress_line(struct buf *out, const struct progress_state *s, unsigned columns);

/* ---- on standard error ---- */

struct progress;

struct progress *progress_new(const struct verb_args *args);
/* The changing line goes away; of a stage that did not end nothing is said. */
void progress_free(struct progress *p);
void progress_freep(struct progress **p); /* for CLEANUP */

/* The stage before is over: a plain line says how long it took. NULL: no other follows. Borrows `what`. */
void progress_stage(struct progress *p, const char *what);
/* The running stage ends without a word, and nothing is drawn any more: for a failure that has its own words. */
void progress_end(struct progress *p);
/* For struct fetch_options: ctx is the progress. */
void progress_fetch(void *ctx, const struct fetch_progress *f);
/* On a terminal `text` (printable ASCII, copied) stands behind the seconds of the stage. */
void progress_text(struct progress *p, const char *text);
/* A line that stays, none with --quiet. */
void progress_say(struct progress *p, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Takes the changing line away until it is drawn again: for what others print. */
void progress_clear(struct progress *p);
bool progress_on_terminal(const struct progress *p);

#endif
