/*
 * One GET of one URL into a sink, by libcurl: at most `max` bytes in all, at most five redirects (http and https only),
 * given up when it does not connect or is too slow. How it ended is an answer, not an error: the caller decides whether
 * to try again, elsewhere, or not at all.
 */
#ifndef ASSAY_NET_TRANSFER_H
#define ASSAY_NET_TRANSFER_H

#include "base/err.h"
#include "tree/content.h"

enum { TRANSFER_REDIRECTS_MAX = 5 };

enum transfer_end {
	TRANSFER_DONE,      /* the server says that this was all */
	TRANSFER_MISSING,   /* HTTP 4xx, or no such file */
	TRANSFER_BROKEN,    /* no answer, broke off, too slow, HTTP 5xx: worth another try */
	TRANSFER_TOO_LARGE, /* more than max bytes, announced or sent */
	TRANSFER_REFUSED,   /* redirected in circles or to what we do not ask, no HTTP: final */
	TRANSFER_NO_RANGE,  /* from > 0, but the server begins at 0 */
	TRANSFER_SINK,      /* the sink failed; *why is its error */
};

struct transfer_limits {
	unsigned connect_s;
	unsigned low_speed_bytes, low_speed_s; /* less per second, for so long */
	unsigned whole_s; /* for all of it; 0: by the size that is wanted, from two minutes on */
};

/* A handle that keeps its connections for the next transfer; one thread at a time. */
struct transfer;
struct transfer *transfer_new(const struct transfer_limits *limits);
void transfer_free(struct transfer *t);

/* From byte `from` on; what reaches the sink is never more than max - from. *why says, in one line, what went wrong. */
enum transfer_end transfer_get(struct transfer *t, const char *url, uint64_t from, uint64_t max,
	struct sink *to, struct err *why);

#endif
