/*
 * The services in which makers of confidential hardware hand out certificates and collateral, asked as a guest should: one
 * request at a time on this machine, few tries, waiting for as long as the service says; and a cache of what it answered, so
 * that nothing is asked twice. Answers are material for a parser: whoever asks verifies them before they are kept, and what was
kept before it is taken. Each service has a part of the cache of its own.
 */
#ifndef ASSAY_NET_VENDOR_H
#define ASSAY_NET_VENDOR_H

#include "appraise/bundle_status.h"
#include "net/http.h"

enum {
	VENDOR_TRIES = 4,
	VENDOR_WAIT_MAX_S = 60, /* a service that wants more is not waited for */
	VENDOR_LOCK_WAIT_S = 120,
	VENDOR_SIZE_MAX = 256 << 10,
	VENDOR_TIMEOUT_S = 30,
	/* What a vendor makes anew is asked for again after a day: a list of yesterday may hide a revocation. */
	VENDOR_LIST_AGE_MAX_S = 24 * 3600,
};

struct vendor {
	const char *name;  /* "AMD's service", for messages */
	const char *base;  /* URL, without a slash at the end */
	const char *usual; /* the vendor's own, whose answers have the plain names in the cache */
	bool *gone; /* set when it did not answer; then it is not asked for the next list; or NULL */
	const char *option; /* which takes a file instead: "--certificates"; set by what asks */
	unsigned timeout_s; /* of one answer */
	int cache;          /* its folder; -1: nothing is kept */
	struct bundle_status_at at; /* now, and the roots that answers must lead to */
	void (*say)(const void *ctx, const char *line);  /* progress; NULL: none */
	void (*warn)(const void *ctx, const char *line); /* what is not as it should be; or NULL */
	const void *ctx;
};

/*
 * GET of base and path. *ret is a reply with status 200, owned by the caller. 429 and 503 are tried again after what their
 * Retry-After says, other statuses from 500 on and broken connections after one, two, four seconds. Fails: NOTFOUND for 404,
 * IO when the service refuses or does not answer, LIMIT for an answer beyond VENDOR_SIZE_MAX, USAGE; with a hint that names the option.
 */
bool vendor_ask(
	struct http_reply *ret, const struct vendor *v, const char *path, struct err *e) MUST_CHECK;

/* Opens (and makes) $XDG_CACHE_HOME/assay/collateral, else below $HOME/.cache; -1 when neither is set or it cannot be made. */
int vendor_cache_open(void);
/*
 * What base answered and was kept under that name, as large as an answer may be, at most max_age_s ago (negative: whenever);
 * false when nothing was. out is initialised here.
 */
bool vendor_cache_read(
	const struct vendor *v, const char *name, int64_t max_age_s, struct buf *out);
/* Keeps it; name may have folders. That it cannot be kept harms nobody. */
void vendor_cache_write(const struct vendor *v, const char *name, struct span bytes);

#endif
