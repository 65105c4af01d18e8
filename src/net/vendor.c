#include "net/vendor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "net/url.h"
#include "sys/file.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

enum { OK = 200, MISSING = 404, TOO_MANY = 429, SERVER_ERROR = 500, UNAVAILABLE = 503 };
enum { LOCK_TRY_MS = 100, PATH_MAX_HERE = 1024 };

static void wait_ms(uint64_t ms)
{
	struct timespec t = { (time_t)(ms / 1000), (long)(ms % 1000) * 1000000 };

	while (nanosleep(&t, &t) < 0 && errno == EINTR)
		;
}

static void say(const struct vendor *v, const char *line)
{
	if (v->say)
		v->say(v->ctx, line);
}

/* Another assay that asks is waited for. Without a cache there is nothing to meet at, and nobody is waited for. */
static bool lock(int *fd, const struct vendor *v, struct err *e)
{
	if (v->cache < 0)
		return true;
	*fd = openat(v->cache, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (*fd < 0)
		return true;
	for (unsigned i = 0; i < VENDOR_LOCK_WAIT_S * 1000 / LOCK_TRY_MS; i++) {
		if (file_lock_alone(*fd))
			return true;
		if (i == 0)
			say(v, "waiting for another assay, which asks a service");
		wait_ms(LOCK_TRY_MS);
	}
	return err_set(e, ERR_IO, "another assay has been asking a service for %d seconds",
		       VENDOR_LOCK_WAIT_S) ||
	       err_hint(e, "wait until it ends, or end it");
}

static bool instead(const struct vendor *v, struct err *e)
{
	return err_hint(e, "try later, or get the file in another way: %s takes it", v->option);
}

/* Seconds to wait before try number n = 1, 2, ...; a service that wants longer than we wait is left alone. */
static bool pause_for(unsigned *ret, const struct vendor *v, const struct http_reply *r, unsigned n,
	struct err *e)
{
	struct str after = http_header(r, "Retry-After");
	uint64_t s = UINT64_C(1) << (n - 1);

	if (after.p && !str_u64(after, &s, UINT32_MAX))
		s = UINT64_C(1) << (n - 1); /* a date: our clock may differ from theirs */
	if (s > VENDOR_WAIT_MAX_S)
		return err_set(e, ERR_IO, "%s refuses: HTTP %ld, and asks to wait %llu seconds",
			       v->name, r->status, (unsigned long long)s) ||
		       instead(v, e);
	*ret = (unsigned)s;
	return true;
}

static bool judge(bool *again, const struct vendor *v, const struct http_reply *r, const char *path,
	struct err *e)
{
	*again = r->status == TOO_MANY || r->status >= SERVER_ERROR;
	if (r->status == OK)
		return true;
	if (r->status == MISSING)
		return err_set(e, ERR_NOTFOUND, "%s has no '%.300s' (HTTP 404)", v->name, path) ||
		       instead(v, e);
	return err_set(e, ERR_IO, "%s refuses: HTTP %ld to '%.300s'", v->name, r->status, path) ||
	       instead(v, e);
}

/* One try. *again: another one may help, after *pause seconds. */
static bool try_once(struct http_reply *ret, bool *again, unsigned *pause, const struct vendor *v,
	const char *path, unsigned n, struct err *e)
{
	CLEANUP(http_reply_done) struct http_reply r = { 0 };
	char url[URL_SIZE_MAX];

	*again = false;
	if (snprintf(url, sizeof url, "%s%s", v->base, path) >= (int)sizeof url)
		return err_set(e, ERR_LIMIT, "the URL of %s is too long", v->name);
	if (!http_ask(&r, url, VENDOR_SIZE_MAX, v->timeout_s, e)) {
		*again = e->kind == ERR_IO;
		*pause = 1U << (n - 1);
		return e->kind == ERR_USAGE ? false : instead(v, e);
	}
	if (!judge(again, v, &r, path, e)) {
		if (*again && !pause_for(pause, v, &r, n, e))
			*again = false;
		return false;
	}
	*ret = r;
	r = (struct http_reply){ 0 };
	return true;
}

bool vendor_ask(struct http_reply *ret, const struct vendor *v, const char *path, struct err *e)
{
	CLEANUP(file_closep) int fd = -1;
	char line[PATH_MAX_HERE];

	if (!lock(&fd, v, e))
		return false;
	snprintf(line, sizeof line, "asking %s: %s%s", v->name, v->base, path);
	say(v, line);
	for (unsigned n = 1;; n++) {
		unsigned pause = 0;
		bool again;

		if (try_once(ret, &again, &pause, v, path, n, e))
			return true;
		if (!again || n == VENDOR_TRIES)
			return false;
		snprintf(line, sizeof line, "%.400s; again in %u s", e->text, pause);
		say(v, line);
		wait_ms(1000 * (uint64_t)pause);
	}
}

int vendor_cache_open(void)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	char path[4096];
	struct err ignored = { 0 };
	int n;

	if (cache && cache[0] == '/')
		n = snprintf(path, sizeof path, "%s/assay/collateral", cache);
	else if (home && home[0] == '/')
		n = snprintf(path, sizeof path, "%s/.cache/assay/collateral", home);
	else
		return -1;
	if (n >= (int)sizeof path || !file_mkdirs(AT_FDCWD, path, &ignored))
		return -1;
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

bool vendor_cache_read(const struct vendor *v, const char *name, struct buf *out)
{
	struct err ignored = { 0 };

	*out = buf_init(0);
	return v->cache >= 0 && file_read(v->cache, name, VENDOR_SIZE_MAX, out, &ignored);
}

void vendor_cache_write(const struct vendor *v, const char *name, struct span bytes)
{
	const char *slash = strrchr(name, '/');
	CLEANUP(mem_free)
	char *folder = slash ? mem_string(str_make(name, (size_t)(slash - name))) : NULL;
	struct err ignored = { 0 };

	if (v->cache < 0 || (folder && !file_mkdirs(v->cache, folder, &ignored)) ||
		!file_replace(v->cache, name, bytes, 0644, &ignored))
		say(v, "the answer could not be kept in the cache");
}
