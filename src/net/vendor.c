#include "net/vendor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/hex.h"
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
		if (e->kind == ERR_USAGE || e->os == EKEYREJECTED)
			return false;
		*again = e->kind == ERR_IO;
		*pause = 1U << (n - 1);
		return instead(v, e);
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

enum { SERVICE_SIZE = 8, SERVICE_TEXT = 2 * SERVICE_SIZE + 1 }; /* bytes of the URL's digest */

/* The usual service's answers lie where they always lay; those of another one below a digest of its URL. */
static bool name_of(char out[static PATH_MAX_HERE], const struct vendor *v, const char *name)
{
	uint8_t digest[SHA256_SIZE];
	char hex[SERVICE_TEXT] = "";

	sha256_of(digest, str_span(str_of(v->base)));
	hex_write(hex, digest, SERVICE_SIZE);
	if (v->usual && strcmp(v->base, v->usual) == 0)
		return snprintf(out, PATH_MAX_HERE, "%s", name) < PATH_MAX_HERE;
	return snprintf(out, PATH_MAX_HERE, "of-%s/%s", hex, name) < PATH_MAX_HERE;
}

/* A file of a time to come says nothing of when it was asked for. */
static bool is_recent(const struct vendor *v, const char *path, int64_t max_age_s)
{
	struct stat st;

	return max_age_s < 0 ||
	       (fstatat(v->cache, path, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		       st.st_mtime <= v->at.at_unix && st.st_mtime >= v->at.at_unix - max_age_s);
}

bool vendor_cache_read(const struct vendor *v, const char *name, int64_t max_age_s, struct buf *out)
{
	char path[PATH_MAX_HERE];
	struct err ignored = { 0 };

	*out = buf_init(0);
	return v->cache >= 0 && name_of(path, v, name) && is_recent(v, path, max_age_s) &&
	       file_read(v->cache, path, VENDOR_SIZE_MAX, out, &ignored);
}

static bool write_below(int folder, const char *path, struct span bytes, struct err *e)
{
	const char *slash = strrchr(path, '/');
	CLEANUP(mem_free)
	char *above = slash ? mem_string(str_make(path, (size_t)(slash - path))) : NULL;

	return folder >= 0 && (!above || file_mkdirs(folder, above, e)) &&
	       file_replace(folder, path, bytes, 0644, e);
}

void vendor_cache_write(const struct vendor *v, const char *name, struct span bytes)
{
	char path[PATH_MAX_HERE];
	struct err ignored = { 0 };

	if (!name_of(path, v, name) || !write_below(v->cache, path, bytes, &ignored))
		say(v, "the answer could not be kept in the cache");
}
