#define ASSAY_MAY_ASK_THE_MACHINE
#include "net/download.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "base/mem.h"
#include "net/url.h"
#include "base/banned.h"

enum {
	NOTES_MAX = 400,
	EXHAUSTED_MAX = 3, /* downloads in a row before a mirror is given up */
	BACKOFF_DOUBLINGS_MAX = 6,
};

/* What one mirror came to. */
enum outcome { GOT, NEXT, FAILED };

static void arrived(const struct download *d, int64_t n)
{
	if (d->arrived && n)
		d->arrived(d->ctx, n);
}

/* With what an earlier run of any process has kept of it. */
static bool open_writer(struct download *d, struct err *e)
{
	if (d->writer)
		return true;
	if (!store_write_resume(d->store, d->sha256, &d->writer, &d->at, e))
		return false;
	arrived(d, (int64_t)d->at);
	return true;
}

static bool sink_take(struct sink *s, const void *p, size_t n, struct err *e)
{
	struct download *d = (struct download *)(void *)((char *)s -
							 offsetof(struct download, sink));

	if (!d->sha256) {
		buf_add(d->bytes, p, n);
	} else {
		if (!store_write(d->writer, p, n, e))
			return false;
	}
	d->at += n;
	arrived(d, (int64_t)n);
	return true;
}

static void start_over(struct download *d)
{
	store_write_abort(d->writer);
	d->writer = NULL;
	if (d->bytes)
		d->bytes->n = 0;
	arrived(d, -(int64_t)d->at);
	d->at = 0;
	d->resumed = false;
}

static void note(struct download *d, const char *base, const char *why)
{
	buf_printf(&d->notes, "%s%.100s: %.200s", d->notes.n ? "; " : "", base, why);
}

/* Before try number n = 1, 2, ... */
static void back_off(const struct download *d, unsigned n)
{
	unsigned doublings = n - 1 < BACKOFF_DOUBLINGS_MAX ? n - 1 : BACKOFF_DOUBLINGS_MAX;
	uint64_t ms = (uint64_t)d->options->backoff_ms << doublings;
	struct timespec t = { (time_t)(ms / 1000), (long)(ms % 1000) * 1000000 };

	while (nanosleep(&t, &t) < 0 && errno == EINTR)
		;
}

/* The server says that all is there: is it what was wanted? *again: pieces were joined, the whole may be right. */
static enum outcome judge(struct download *d, const char *base, bool *again, struct err *e)
{
	bool resumed = d->resumed;
	uint8_t got[SHA256_SIZE];
	char why[200];

	if (!d->sha256)
		return GOT;
	if (!d->at_most && d->at != d->max) {
		snprintf(why, sizeof why, "%llu bytes, wanted %llu", (unsigned long long)d->at,
			(unsigned long long)d->max);
	} else {
		if (store_write_finish(TAKE(d->writer), d->sha256, got, e))
			return GOT;
		if (e->kind != ERR_MISMATCH)
			return FAILED;
		snprintf(why, sizeof why, "%.190s", e->text);
	}
	start_over(d);
	*again = resumed;
	err_set(e, ERR_MISMATCH, "%s", why);
	if (!resumed) {
		d->other_bytes = true;
		note(d, base, why);
	}
	return NEXT;
}

/* One try; *again: the same mirror may do better. */
static enum outcome try_once(
	struct download *d, const char *base, const char *url, bool *again, struct err *e)
{
	struct err why = { 0 };
	enum transfer_end end;

	*again = false;
	if (!d->sha256) /* nothing would notice the halves of two files */
		start_over(d);
	else if (!open_writer(d, e))
		return FAILED;
	d->resumed |= d->at > 0;
	if (d->sha256 && !d->at_most && d->at >= d->max &&
		d->resumed) /* all of it was kept: nobody need be asked */
		return judge(d, base, again, e);
	end = transfer_get(d->transfer, url, d->at, d->max, &d->sink, &why);
	if (end == TRANSFER_DONE ||
		(end == TRANSFER_BROKEN && d->sha256 && !d->at_most && d->at == d->max))
		return judge(d, base, again, e);
	*e = why;
	switch (end) {
	case TRANSFER_SINK:
		return FAILED;
	case TRANSFER_NO_RANGE:
		start_over(d);
		*again = true;
		return NEXT;
	case TRANSFER_BROKEN:
		*again = true;
		return NEXT;
	case TRANSFER_TOO_LARGE:
		*again = d->resumed;
		d->too_large |= !d->resumed;
		start_over(d);
		break;
	default:
		d->unreachable |= end == TRANSFER_REFUSED;
	}
	if (!*again)
		note(d, base, why.text);
	return NEXT;
}

static struct download_mirror *mirror_of(const struct download *d, const char *base)
{
	for (size_t i = 0; i < d->n_mirrors; i++)
		if (!strcmp(d->mirrors[i].uri, base))
			return &d->mirrors[i];
	return NULL;
}

static enum outcome ask_mirror(struct download *d, const char *base, struct str path, struct err *e)
{
	struct download_mirror *m = mirror_of(d, base);
	CLEANUP(mem_free) char *url = NULL;

	if (m && m->exhausted >= EXHAUSTED_MAX) {
		d->unreachable = true;
		note(d, base, "given up, it failed for other files");
		return NEXT;
	}
	if (!url_join(&url, base, path, e))
		return FAILED;
	for (unsigned n = 0; n < d->options->tries; n++) {
		enum outcome o;
		bool again;

		if (n)
			back_off(d, n);
		o = try_once(d, base, url, &again, e);
		if (!again && m)
			m->exhausted = 0;
		if (o != NEXT || !again)
			return o;
	}
	if (m)
		m->exhausted++;
	d->unreachable = true;
	note(d, base, e->text);
	return NEXT;
}

static bool nobody_has_it(const struct download *d, struct err *e)
{
	enum err_kind kind = d->other_bytes || (d->too_large && d->sha256) ? ERR_MISMATCH
			     : d->too_large                                ? ERR_LIMIT
			     : d->unreachable                              ? ERR_IO
									   : ERR_NOTFOUND;

	err_set(e, kind, "cannot fetch '%.*s': %.*s", STR_ARG(d->path),
		STR_ARG(buf_str(&d->notes)));
	switch (kind) {
	case ERR_NOTFOUND:
		return err_hint(e,
			"the archive may have moved on: name a mirror that still has it with "
			"--mirror URL, or pin what it has now with assay lock --update");
	case ERR_IO:
		return err_hint(e, "check the network, or name another mirror with --mirror URL");
	default:
		return err_hint(e, "this mirror gives wrong bytes: name another with --mirror URL");
	}
}

bool download_run(struct download *d, struct err *e)
{
	enum outcome o = NEXT;
	bool ok;

	if (d->bases.n == 0 && d->also.bases.n == 0) {
		err_set(e, ERR_USAGE, "cannot fetch '%.*s': no mirror is known", STR_ARG(d->path));
		return err_hint(e, "name one with --mirror URL");
	}
	d->sink.write = sink_take;
	d->notes = buf_init(NOTES_MAX);
	for (size_t i = 0; i < d->bases.n && o == NEXT; i++)
		o = ask_mirror(d, d->bases.uris[i], d->path, e);
	for (size_t i = 0; i < d->also.bases.n && o == NEXT; i++)
		o = ask_mirror(d, d->also.bases.uris[i], d->also.path, e);
	/* What came is gone on with by the next run; wrong bytes have been dropped where they were seen. */
	if (o != GOT)
		store_write_keep(TAKE(d->writer));
	if (o == FAILED)
		err_wrap(e, "cannot fetch '%.*s'", STR_ARG(d->path));
	ok = o == GOT || (o == NEXT && nobody_has_it(d, e));
	buf_done(&d->notes);
	return ok;
}
